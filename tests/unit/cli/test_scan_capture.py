from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from paperless_kernel.access.model import Plan
from paperless_kernel.base.clock import SystemClock, kst_date
from paperless_kernel.base.ids import Role
from paperless_kernel.config import Settings
from paperless_kernel.office import FOUNDER, open_office

PASSWORD = "long enough"
WRITER = ("--login", "writer")
CHIEF = ("--login", "chief")
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def box(home: Path, repository: Path) -> str:
    """An opened, prepared box of ten sheets of an order for plain scans."""
    secret = home.with_name("passphrase").read_bytes
    with open_office(Settings(home=str(home)), passphrase=secret) as office:
        tenant = office.access.join(
            FOUNDER, key="c", name="하나상사", number="110111-1", plan=Plan.BASIC
        )
        people = {}
        for login, role in (
            ("writer", Role.SCAN_OPERATOR),
            ("chief", Role.SCAN_MANAGER),
            ("driver", Role.COURIER),
        ):
            made = office.access.add_user(
                FOUNDER,
                login=login,
                name="사람",
                roles=frozenset({role}),
                password=PASSWORD,
            )
            people[login] = office.access.log_in(login, PASSWORD)
            assert made.login == login
        scan, today = office.scan, kst_date(SystemClock().now())
        scan.record_contract(
            people["chief"],
            tenant=tenant.id,
            number="처리-1",
            since=today,
            until=today,
            consignor="하나상사",
            consignee="작업장",
        )
        scan.supply_boxes(people["driver"], key="s", tenant=tenant.id, seals=("S-1",))
        order = scan.place_order(
            people["chief"],
            key="o",
            tenant=tenant.id,
            number="의뢰-1",
            contract="처리-1",
            service="plain",
        )
        received = scan.receive_box(
            people["driver"],
            key="r",
            tenant=tenant.id,
            seal="S-1",
            sheets=40,
            order=order.id,
        )
        scan.open_box(people["driver"], received.id, seal="S-1", counted=40)
        scan.prepare_box(people["writer"], key="p", box=received.id)
    return "S-1"


def page(seed: int, dpi: int = 204) -> bytes:
    sheet = np.full((877, 620), 245, np.uint8)
    letters = np.random.default_rng(seed).choice(list("abcdeghiklmno0123 "), (12, 30))
    for line, text in enumerate(letters):
        place = (60, 80 + line * 60)
        cv2.putText(sheet, "".join(text), place, 0, 0.8, 30, 1, cv2.LINE_AA)
    out = io.BytesIO()
    Image.fromarray(sheet).save(out, "JPEG", dpi=(dpi, dpi))
    return out.getvalue()


def started(rows: Run, box: str, key: str, sheets: int, *more: str) -> str:
    given = ("--sheets", str(sheets), "--device", "SIM", "--settings", "204 dpi")
    made = rows("scan", "batch", box, *given, "--key", key, *more, *WRITER)
    assert (made["state"], made["service"]) == ("capturing", "plain")
    return str(made["batch"])


def test_a_folder_becomes_a_batch_and_mistakes_are_mended(
    box: str, run: Run, rows: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in (1, 2, 4):
        dpi = 100 if number == 2 else 204
        (folder / f"{number}.jpg").write_bytes(page(number, dpi))
    (folder / "notes.txt").write_text("x")
    batch = started(rows, box, "b-1", 4)
    for _ in range(2):
        seen = rows("scan", "capture", batch, str(folder), *WRITER)
        assert (seen["sides"], seen["way"], seen["left out"]) == (
            3, "folder", "notes.txt",
        )  # fmt: skip
        assert seen["longest gap ms"] >= 0
    refused = run("scan", "close", batch, *WRITER)
    assert "3 sheets scanned, 4 counted" in refused.stderr
    assert "nothing stands at sheet 4;" in refused.stderr
    missed = tmp_path / "missed.jpg"
    missed.write_bytes(page(3))
    insert = ("scan", "insert", batch, str(missed), "--after", "2", *WRITER)
    (made,) = rows(*insert)
    assert rows(*insert) == [made]
    assert made["place"] == "2.5"
    assert rows("scan", "close", batch, *WRITER)["checked"] is True
    assert rows("scan", "check-batch", batch, *WRITER)["state"] == "closed"
    listed = rows("scan", "pages", batch, *WRITER)
    assert [row["place"] for row in listed] == ["1", "2", "2.5", "3"]
    assert rows("scan", "batches", box, *WRITER)[0]["batch"] == batch
    nowhere = run("scan", "rescan", batch, "9", str(missed), *WRITER)
    assert "No page stands at 9" in nowhere.stderr


def test_a_duplex_stack_is_paired(
    box: str, run: Run, rows: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for at, number in enumerate((1, 3, 4, 2)):  # two fronts; the backs turned over
        (folder / f"{at}.jpg").write_bytes(page(number))
    batch = started(rows, box, "b-2", 2, "--sides", "2")
    turned = ("--pairing", "turned")
    rows("scan", "capture", batch, str(folder), *turned, *WRITER)
    listed = rows("scan", "pages", batch, *WRITER)
    assert [(row["sheet"], row["side"]) for row in listed] == [
        (1, 1), (1, 2), (2, 1), (2, 2),
    ]  # fmt: skip
    again = run("scan", "capture", batch, str(folder), *WRITER)
    assert "holds another page" in again.stderr
    (folder / "9.jpg").write_bytes(page(9))
    odd = run("scan", "capture", batch, str(folder), *turned, *WRITER)
    assert "no fronts and backs" in odd.stderr


def test_slips_lead_rescanned_sheets_into_place(
    box: str, home: Path, run: Run, rows: Run, tmp_path: Path
) -> None:
    folder, stack = tmp_path / "in", tmp_path / "stack"
    folder.mkdir()
    stack.mkdir()
    batch = started(rows, box, "b-3", 2)
    for number in (1, 2):
        (folder / f"{number}.jpg").write_bytes(page(number))
    rows("scan", "capture", batch, str(folder), *WRITER)
    assert rows("scan", "rescan-slips", batch, *WRITER) == []
    secret = home.with_name("passphrase").read_bytes
    with open_office(Settings(home=str(home)), passphrase=secret) as office:
        office.access.add_user(
            FOUNDER,
            login="inspector",
            name="사람",
            roles=frozenset({Role.SCAN_INSPECTOR}),
            password=PASSWORD,
        )
        who = office.access.log_in("inspector", PASSWORD)
        for each in office.scan.pages(who, batch):
            office.scan.reject_page(who, each.id, _folded())
    out = tmp_path / "slips.pdf"
    slips = rows("scan", "rescan-slips", batch, "--out", str(out), *WRITER)
    assert [slip["reasons"] for slip in slips] == ["folded", "folded"]
    with pypdfium2.PdfDocument(out) as paper:
        for number, slip in enumerate(paper, 1):
            drawn = slip.render(scale=150 / 72).to_pil().convert("L")
            drawn.save(stack / f"{number}a.jpg", dpi=(150, 150))
            (stack / f"{number}b.jpg").write_bytes(page(10 + number))
    for _ in range(2):
        made = rows("scan", "rescan-stack", batch, str(stack), *WRITER)
        assert [(row["sheet"], row["version"]) for row in made] == [(1, 2), (2, 2)]


def _folded() -> Any:
    from paperless_kernel.scan.model import RejectReason  # noqa: PLC0415

    return RejectReason.FOLDED


def test_separators_are_written_and_wrong_calls_refused(
    box: str, run: Run, rows: Run, tmp_path: Path
) -> None:
    sheet = tmp_path / "separator.png"
    made = rows("scan", "separator", "--kind", "계약서", "--out", str(sheet), *WRITER)
    with Image.open(made["file"]) as drawn:
        assert drawn.size == (2480, 3508)
    neither = run("scan", "capture", "2.25.1", *WRITER)
    assert "a folder, or a scanner" in neither.stderr
    both = run("scan", "capture", "2.25.1", str(tmp_path), "--device", "x", *WRITER)
    assert "not both" in both.stderr
    setting = run(
        *("scan", "capture", "2.25.1", "--device", "x", "--set", "depth", *WRITER)
    )
    assert "NAME=VALUE" in setting.stderr
    label = run("scan", "capture", "PK1:BOX:2.25.1", str(tmp_path), *WRITER)
    assert label.exit_code != 0
    courier = run("scan", "capture", "2.25.1", str(tmp_path), "--login", "driver")
    assert courier.exit_code != 0


@pytest.mark.outside
def test_a_scanner_feeds_a_batch_until_it_is_empty_or_jams(
    box: str,
    need: Callable[[str], str],
    run: Run,
    rows: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need("scanimage")
    (tmp_path / "dll.conf").write_text("test\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))
    assert rows("scan", "scanners")[0]["device"] == "test:0"
    batch = started(rows, box, "b-4", 10)
    feed = (
        *("scan", "capture", batch, "--device", "test:0", "--resolution", "204"),
        *("--mode", "Gray", "--source", "Automatic Document Feeder"),
    )
    jam = run(*feed, "--set", "read-return-value=SANE_STATUS_JAMMED", *WRITER)
    assert jam.exit_code != 0
    assert "jammed" in jam.stderr
    assert rows("scan", "pages", batch, *WRITER) == []
    seen = rows(*feed, "--set", "test-picture=Grid", *WRITER)
    assert (seen["sides"], seen["way"], seen["longest gap ms"]) == (10, "scanner", 0)
    assert rows("scan", "close", batch, *WRITER)["checked"] is True
