"""The demo as a newcomer types it: once, again, at a bad hour, on real scans."""

from __future__ import annotations

import collections
import datetime as dt
import hashlib
import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.adapters.calendars import load_calendar
from paperless_kernel.base.calendar import Calendar
from paperless_kernel.base.clock import kst_date, kst_instant
from paperless_kernel.config import load
from paperless_kernel.demo.people import OFFICE_NAME, PASSPHRASE, actor, settle
from paperless_kernel.founding import JOURNALS, make_office
from paperless_kernel.office import open_office

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
EACH_RUN = {"access:key:opened", "vault:document:opened", "vault:holdings:audited"}
"""What a second run does again, and must write down again."""
PDF_CHECKERS = {"qpdf", "page-validation", "pdfsig", "pyHanko"}


def facts(home: Path) -> dict[str, int]:
    """How often each fact stands in the journals."""
    found: collections.Counter[str] = collections.Counter()
    for name in JOURNALS:
        db = sqlite3.connect(f"file:{home / name}.db?mode=ro", uri=True)
        found.update(dict(db.execute("SELECT tag, count(*) FROM entry GROUP BY tag")))
        db.close()
    return {tag: count for tag, count in found.items() if tag not in EACH_RUN}


def blanks(home: Path) -> int:
    """Sides flagged blank and delivered all the same."""
    db = sqlite3.connect(f"file:{home / 'scan.db'}?mode=ro", uri=True)
    query = "SELECT count(*) FROM page WHERE blank AND state = 'accepted'"
    ((count,),) = db.execute(query)
    db.close()
    return int(count)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def accepted(outcome: dict[str, Any]) -> Iterator[str]:
    """Every file judged, after asserting that nobody refused it."""
    for each in outcome["files"]:
        name = Path(each["file"]).name
        if name.endswith(".xlsx"):
            assert each["exit_code"] == 4, each
            assert "not a proof" in each["verdict"]
        else:
            assert each["exit_code"] == 0, each
        assert set(each["checkers"].values()) <= {"accepted", "not installed"}, each
        if name.endswith(".pdf"):
            assert set(each["checkers"]) == PDF_CHECKERS
        yield name


def test_the_small_demo_tells_its_story(told: Any) -> None:
    outcome = told.json
    # Nothing but the reminder that the carriers are simulated.
    assert all("CARRIER SIMULATOR" in line for line in told.stderr.splitlines())
    assert outcome["good"] is True
    assert (outcome["sheets"], outcome["sides"]) == (4, 6)
    assert outcome["blank"]
    assert blanks(told.home) == 1
    assert outcome["set_aside"] == []
    assert outcome["refused"] == []
    assert len(outcome["documents"]) == 2
    assert outcome["notices"] == ["read", "read", "printed"]
    assert outcome["audit_clean"] is True
    assert outcome["audit_documents"] == 2
    assert [each["why"].split()[0] for each in outcome["jumps"]][-1] == "the"
    names = sorted(accepted(outcome))
    assert sum(name.endswith(".note") for name in names) == len(JOURNALS)
    assert {"certificate-of-original.pdf", "certificate-of-original.acr"} <= {*names}


def test_the_blurred_page_was_rejected_and_scanned_again(told: Any) -> None:
    there = facts(told.home)
    assert there["scan:page:rejected"] == 1
    assert there["scan:page:replaced"] == 1
    assert there["scan:page:captured"] == 7  # six sides and one again


def test_the_invoice_rated_again_gives_the_same(
    told: Any, run: Callable[..., Any], tmp_path: Path
) -> None:
    home = shutil.copytree(told.home, tmp_path / "office")
    listed = run(home, "billing", "invoices", "--json")
    (invoice,) = json.loads(listed.stdout)
    assert invoice["total"] == told.json["invoices"][0]["total"] > 0
    again = run(home, "billing", "verify-invoice", invoice["invoice"], "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["total"] == invoice["total"]
    lines = run(home, "billing", "explain", invoice["invoice"], "--json")
    said = json.loads(lines.stdout)
    assert all(line["why"] for line in said)


def test_a_second_run_changes_nothing(
    told: Any, run: Callable[..., Any], tmp_path: Path
) -> None:
    home = shutil.copytree(told.home, tmp_path / "office")
    before, files = facts(home), digests(home)
    began = time.monotonic()
    done = run(home, "demo", "--small", "--json")
    seconds = time.monotonic() - began
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert seconds < 60
    outcome, first = json.loads(done.stdout), told.json
    for key in outcome.keys() - {"folder", "files"}:
        assert outcome[key] == first[key], key
    assert [Path(each["file"]).name for each in outcome["files"]] == [
        Path(each["file"]).name for each in first["files"]
    ]
    assert facts(home) == before
    after = digests(home)
    changed = {name for name in {*files, *after} if files.get(name) != after.get(name)}
    ours = {name for name in changed if not name.endswith((".db", "-wal", "-shm"))}
    # Openings and the audit are facts of these two logs, so their notes move on.
    notes = f"out/{told.out.name}/checkpoints"
    assert ours == {f"{notes}/access.note", f"{notes}/vault.note", "carrier.url"}


def holiday_eve(calendar: Calendar, after: dt.date) -> dt.date:
    """The next working day before a public holiday on a weekday."""
    day = after
    while True:
        day = calendar.open_on_or_after(day + dt.timedelta(days=1))
        tomorrow = day + dt.timedelta(days=1)
        if tomorrow.weekday() < 5 and not calendar.is_open(tomorrow):
            return day


def test_it_works_at_23_on_the_eve_of_a_holiday(
    run: Callable[..., Any], tmp_path: Path, repository: Path
) -> None:
    home = tmp_path / "office"
    settings = load({}, home=str(home))
    make_office(settings, name=OFFICE_NAME, kind="demo", passphrase=lambda: PASSPHRASE)
    calendar = load_calendar(repository / "data" / "holidays")
    with open_office(settings, passphrase=lambda: PASSPHRASE) as office:
        settle(office)
        eve = holiday_eve(calendar, kst_date(office.clock.now()))
        night = kst_instant(eve) + dt.timedelta(hours=23)
        assert office.jump(actor(office, "admin"), key="eve", to=night, reason="test")
    opens = calendar.open_on_or_after(eve + dt.timedelta(days=1))
    assert opens > eve + dt.timedelta(days=1)
    done = run(home, "demo", "--small", "--json")
    assert done.returncode == 0, (done.stdout, done.stderr)
    outcome = json.loads(done.stdout)
    window = outcome["jumps"][1]
    assert window["from"].startswith(f"{eve} 23:")
    assert window["to"] == f"{opens} 10:00:00 KST"
    assert outcome["notices"] == ["read", "read", "printed"]
    assert outcome["good"] is True
    assert list(accepted(outcome))
    db = sqlite3.connect(home / "handsets.db")
    sent = {row[0] for row in db.execute("SELECT at FROM taken")}
    db.close()
    morning = f"{kst_instant(opens) + dt.timedelta(hours=10):%Y-%m-%dT}"
    assert sent
    assert all(at.startswith(morning) for at in sent), (sent, morning)


def test_real_scans_pass_through(
    run: Callable[..., Any], shared: Path, tmp_path: Path
) -> None:
    folder = shared / "scans"
    home = tmp_path / "office"
    done = run(home, "demo", "--pages", str(folder), "--json")
    assert done.returncode == 0, (done.stdout, done.stderr)
    outcome = json.loads(done.stdout)
    assert outcome["good"] is True
    assert list(accepted(outcome))
    assert all(why for _, why in outcome["refused"])
    db = sqlite3.connect(home / "scan.db")
    rows = db.execute("SELECT source, blank, state, findings FROM page").fetchall()
    boxes = db.execute("SELECT state FROM box").fetchall()
    db.close()
    pages = {source: (blank, state, found) for source, blank, state, found in rows}
    pictures = [
        each
        for each in folder.iterdir()
        if each.suffix in {".jpg", ".png", ".tif"}
        and each.name not in {name for name, _ in outcome["refused"]}
    ]
    for picture in pictures:
        digest = hashlib.sha256(picture.read_bytes()).hexdigest()
        blank, state, found = pages[digest]
        assert bool(blank) == (picture.name == "flatbed-empty.png"), picture
        if state == "set-aside":
            assert "reject" in found, picture
        if picture.name == "flatbed-empty.png":
            assert state == "accepted"
    aside = sum(state == "set-aside" for _, state, _ in pages.values())
    assert outcome["blank"]
    assert outcome["sides"] == len(pictures)
    assert len(outcome["set_aside"]) == aside < 3
    # A side that stays on paper only keeps its paper: the box goes back.
    assert boxes == [("returned",)] if aside else [("shredded",)]
