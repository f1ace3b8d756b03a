from __future__ import annotations

import datetime as dt
import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Role
from paperless_kernel.scan.people.model import CheckItem, CheckKind, Display
from paperless_kernel.scan.quality.target import target_page

TODAY = dt.date(2026, 11, 23)


def _check(world: Any, kind: CheckKind = CheckKind.CCTV, **more: Any) -> Any:
    values: dict[str, Any] = {
        "key": f"c-{kind}",
        "kind": kind,
        "on": TODAY,
        "items": [CheckItem(name="카메라 1", good=True)],
    }
    return world.scan.check_workshop(world.manager, **values | more)


def test_a_scanner_keeps_its_name(world: Any) -> None:
    world.tested("A")
    world.tested("A")
    with pytest.raises(ConflictError, match="another name"):
        world.scan.register_device(world.manager, device="A", model="X", serial="1")
    with pytest.raises(InputError):
        world.scan.register_device(world.manager, device="", model="X", serial="1")
    with pytest.raises(NotAllowedError):
        world.scan.register_device(world.author, device="B", model="X", serial="1")
    ((one, until),) = world.scan.devices(world.manager)
    assert (one.id, until) == ("A", dt.date(2026, 12, 23))
    tags = [entry.tag for entry in world.journal.entries()]
    assert tags == ["scan:device:registered", "scan:device:tested"]


def test_a_test_needs_values_and_a_scanner(world: Any) -> None:
    world.tested("A")
    values: dict[str, Any] = {
        "key": "t",
        "device": "A",
        "measured": [("dpi", 300)],
        "passed": True,
    }
    for wrong in (
        {"measured": []},
        {"measured": [("dpi", 1), ("dpi", 2)]},
        {"page": "no digest"},
        {"note": "x" * 201},
    ):
        with pytest.raises(InputError):
            world.scan.test_device(world.author, **values | wrong)
    with pytest.raises(NotFoundError):
        world.scan.test_device(world.author, **values | {"device": "B"})
    with pytest.raises(NotAllowedError):
        world.scan.test_device(world.inspector, **values)
    made = world.scan.test_device(world.author, **values | {"page": "ab" * 32})
    assert made in world.scan.device_tests(world.manager, "A")
    entry = list(world.journal.entries(tag="scan:device:tested"))[-1]
    assert entry.body["measured"] == {"dpi": 300}


def test_a_target_page_is_measured_by_its_marks(world: Any, draw: Any) -> None:
    page = target_page()
    seen = world.scan.measure_target(world.author, page)
    assert (seen.passed, seen.note) == (True, "")
    assert abs(dict(seen.measured)["dpi_x"] - 3000) < 20
    assert len(seen.page) == 64
    with Image.open(io.BytesIO(page)) as whole:
        soft = cv2.GaussianBlur(np.asarray(whole), (0, 0), 4)
    worse = world.scan.measure_target(world.author, draw.encoded(soft))
    assert not worse.passed
    assert "lines_" in worse.note
    with pytest.raises(InputError):  # a page of text is no target page
        world.scan.measure_target(world.author, draw.encoded(draw.drawn(1)))
    with pytest.raises(InputError):
        world.scan.measure_target(world.author, b"no picture", name="x.jpg")
    with pytest.raises(NotAllowedError):
        world.scan.measure_target(world.inspector, page)


def test_a_retired_scanner_stays_in_the_list(world: Any) -> None:
    world.tested("A")
    first = world.scan.retire_device(world.manager, device="A")
    assert first.retired_on == TODAY
    assert world.scan.retire_device(world.manager, device="A") == first
    with pytest.raises(NotFoundError):
        world.scan.retire_device(world.manager, device="B")


def test_a_check_is_entered_once_with_its_day(world: Any) -> None:
    made = _check(world)
    assert _check(world) == made
    assert made.good
    assert made.papers_until == dt.date(2028, 11, 23)
    assert world.scan.checks(world.manager) == (made,)
    (entry,) = world.journal.entries(tag="scan:workshop:checked")
    assert (entry.body["items"], entry.body["bad"]) == (1, 0)


def test_a_check_of_nothing_or_of_tomorrow_is_refused(world: Any) -> None:
    twice = [CheckItem(name="a", good=True), CheckItem(name="a", good=False)]
    for wrong in (
        {"items": []},
        {"items": twice},
        {"items": [CheckItem(name=" ", good=True)]},
        {"items": [CheckItem(name="a", good=True, note="x" * 201)]},
        {"on": dt.date(2026, 11, 24)},
        {"displays": [Display(name="d", size_mm=400, pitch_um=200, bits=24)]},
    ):
        with pytest.raises(InputError):
            _check(world, **wrong)
    with pytest.raises(NotFoundError, match="w-2"):
        _check(world, workshop="w-2")
    with pytest.raises(NotAllowedError):
        world.scan.check_workshop(
            world.author, key="c", kind=CheckKind.CCTV, on=TODAY, items=twice[:1]
        )


def test_displays_are_judged_by_their_article(world: Any) -> None:
    good = Display(name="1번", size_mm=350, pitch_um=250, bits=24)
    bad = Display(name="2번", size_mm=349, pitch_um=251, bits=16)
    made = _check(world, CheckKind.DISPLAYS, items=[], displays=[good, bad])
    assert [item.good for item in made.items] == [True, False]
    assert "349 mm, 251 µm pitch, 16 bits (제16조" in made.items[1].note
    assert not made.good


def test_the_manual_has_all_its_contents(world: Any) -> None:
    items = [CheckItem(name=f"항목 {n}", good=True) for n in range(1, 12)]
    assert _check(world, CheckKind.MANUAL, items=items).good
    with pytest.raises(InputError, match="제7조"):
        _check(world, CheckKind.MANUAL, key="m", items=items[:-1])


def test_due_days_come_from_the_notice_and_the_registered_rules(world: Any) -> None:
    with pytest.raises(NotYetError, match="제6조"):
        world.scan.due_checks(world.manager)
    world.staffed()
    due = {one.kind: one for one in world.scan.due_checks(world.manager)}
    assert due[CheckKind.CCTV].due == dt.date(2026, 4, 2)
    assert due[CheckKind.CCTV].overdue
    assert due[CheckKind.YEARLY].due == dt.date(2027, 1, 2)
    assert not due[CheckKind.YEARLY].overdue
    assert CheckKind.MANUAL not in due
    _check(world)
    due = {one.kind: one for one in world.scan.due_checks(world.manager)}
    assert due[CheckKind.CCTV].due == dt.date(2027, 2, 23)
    assert not due[CheckKind.CCTV].overdue


def test_waived_cameras_are_not_due_and_unstated_checks_have_no_day(
    world: Any,
) -> None:
    values = world.regulation["values"] | {"cctv_waiver": "창구에 늘 직원이 있다"}
    world.regulation |= {"process": "distributed", "values": values, "checks": {}}
    world.staffed()
    due = {one.kind: one for one in world.scan.due_checks(world.manager)}
    assert CheckKind.CCTV not in due
    assert due[CheckKind.DISPLAYS].due is None
    assert not due[CheckKind.DISPLAYS].overdue


def test_an_empty_workshop_lacks_everything(world: Any) -> None:
    items = world.scan.readiness(world.manager)
    assert not any(item.done for item in items)
    assert all(item.todo and item.article for item in items)
    areas = [item.area for item in items]
    assert (areas.count("regulation"), areas.count("manual")) == (21, 11)
    assert areas.count("people") == 4


def test_a_workshop_becomes_ready(world: Any) -> None:
    world.staffed()
    lacking = {item.area for item in world.scan.readiness(world.manager) if item.todo}
    assert lacking == {"manual", "facility", "people"}
    world.scan.appoint(
        world.manager,
        key="admin",
        role=Role.SYSTEM_ADMIN,
        person="u-admin",
        id_checked_on=TODAY,
        pledge_signed_on=TODAY,
        since=TODAY,
    )
    (item,) = [
        one
        for one in world.scan.readiness(world.manager)
        if one.area == "people" and not one.done
    ]
    assert (item.name, item.article) == ("system-admin", "제13조")
    world.scan.educate(
        world.manager,
        key="admin-course",
        persons=["u-admin"],
        course="교육",
        on=TODAY,
        hours=8,
    )
    manual = [CheckItem(name=f"항목 {n}", good=True) for n in range(1, 12)]
    _check(world, CheckKind.MANUAL, items=manual)
    for kind in (CheckKind.CCTV, CheckKind.ID_PAPERS, CheckKind.YEARLY):
        _check(world, kind)
    poor = Display(name="1번", size_mm=300, pitch_um=250, bits=24)
    _check(world, CheckKind.DISPLAYS, items=[], displays=[poor])
    left = [one for one in world.scan.readiness(world.manager) if not one.done]
    assert [one.name for one in left] == ["registration of the workshop", "displays"]
    assert "put right" in left[1].todo
    good = Display(name="1번", size_mm=350, pitch_um=250, bits=24)
    _check(world, CheckKind.DISPLAYS, key="again", items=[], displays=[good])
    world.facilities[FacilityKind.WORKSHOP] = Facility(
        kind=FacilityKind.WORKSHOP,
        holder="시험",
        number="W-1",
        since=TODAY,
        until=TODAY,
    )
    assert all(one.done for one in world.scan.readiness(world.manager))
