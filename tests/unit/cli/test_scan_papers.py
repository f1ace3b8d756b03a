from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pikepdf import Pdf

from paperless_kernel.base.ids import Role
from paperless_kernel.config import Settings
from paperless_kernel.office import FOUNDER, open_office

PASSWORD = "long enough"
Run = Callable[..., Any]
CHIEF = ("--login", "chief")
DRIVER = ("--login", "driver")


@pytest.fixture(scope="module")
def boxes(home: Path) -> list[str]:
    """Two packed boxes under one order; return their ids."""
    secret = home.with_name("passphrase").read_bytes
    roles = {
        "chief": Role.SCAN_MANAGER,
        "driver": Role.COURIER,
        "guard": Role.COURIER,
    }
    with open_office(Settings(home=str(home)), passphrase=secret) as office:
        users = {
            login: office.access.add_user(
                FOUNDER,
                login=login,
                name=f"사람 {login}",
                roles=frozenset({role}),
                password=PASSWORD,
            ).actor()
            for login, role in roles.items()
        }
        office.scan.record_contract(
            users["chief"],
            tenant="t-one",
            number="C-1",
            since=dt.date(2026, 1, 1),
            until=dt.date(2099, 12, 31),
            consignor="하나상사",
            consignee="시험 기록원",
        )
        order = office.scan.place_order(
            users["chief"], key="o", tenant="t-one", number="O-1", contract="C-1"
        )
        office.scan.supply_boxes(
            users["driver"], key="s", tenant="t-one", seals=["S-1", "S-2"]
        )
        return [
            office.scan.pack_box(
                users["driver"], key=seal, order=order.id, seal=seal, sheets=9
            ).id
            for seal in ("S-1", "S-2")
        ]


def pages(file: Path) -> int:
    with Pdf.open(io.BytesIO(file.read_bytes())) as paper:
        return len(paper.pages)


def test_labels_orders_and_stories_are_written_whole(
    rows: Run, boxes: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "x.pdf"
    label = f"PK1:BOX:{boxes[1]}"
    for command in (
        ("labels", "box", boxes[0], label, *DRIVER),
        ("labels", "seal", "S-1", "PK1:SEAL:S-2", "--stock", "a4-24", *DRIVER),
        ("work-order", "O-1", *CHIEF),
        ("story-paper", "PK1:SEAL:S-1", *CHIEF),
        ("story-paper", label, *CHIEF),
    ):
        said = rows("scan", *command, "--out", str(out))

        assert said == {"file": str(out), "bytes": out.stat().st_size}
        assert pages(out) == 1
        out.unlink()


def test_a_couriers_link_is_given_once_a_day_and_prints_its_sheet(
    rows: Run, run: Run, boxes: list[str], tmp_path: Path
) -> None:
    asked = ("scan", "courier-link", *boxes, "--vehicle", "82가 1234")
    link = rows(*asked, "--second", "guard", *DRIVER)

    assert rows(*asked, "--second", "guard", *DRIVER) == link
    assert link["boxes"] == 2
    assert link["address"].startswith("http://127.0.0.1:8867/c/")
    refused = run(*asked, "--second", "nobody", *DRIVER)
    assert refused.exit_code == 5
    assert "nobody here has the login nobody" in refused.output
    alone = run(*asked, "--second", "driver", "--key", "k", *DRIVER)
    assert alone.exit_code == 3
    assert "Two different people" in alone.output
    out = tmp_path / "sheet.pdf"
    rows("scan", "hand-over-sheet", link["number"], "--out", str(out), *DRIVER)
    assert pages(out) == 1


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (("labels", "seal", "PK1:BOX:2.25.1", *DRIVER), 3, "a box's label"),
        (("labels", "box", "2.25.1", *DRIVER), 5, "no box stands under 2.25.1"),
        (("hand-over-sheet", "2.25.1", *DRIVER), 5, "no hand-over 2.25.1"),
        (("work-order", "O-9", *CHIEF), 5, "no work order O-9"),
        (("story-paper", "S-9", *CHIEF), 5, "no box stands under S-9"),
        (("destruction-paper", "S-1", *CHIEF), 8, "not destroyed here"),
        (("print-copy", "2.25.1", *CHIEF), 5, "no document 2.25.1"),
        (("print-copy", "2.25.1", *DRIVER), 7, "may not do scan.print"),
    ],
)
def test_what_cannot_be_printed_is_said_and_no_file_is_left(
    run: Run,
    boxes: list[str],
    tmp_path: Path,
    command: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    out = tmp_path / "x.pdf"

    done = run("scan", *command, "--out", str(out))

    assert done.exit_code == code, done.output
    assert said in done.output
    assert not out.exists()
