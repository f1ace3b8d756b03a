from __future__ import annotations

import csv
import datetime as dt
import io
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image

from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.config import Settings
from paperless_kernel.office import FOUNDER, Office, open_office
from paperless_kernel.scan.model import PageState

PASSWORD = "long enough"
PEOPLE = {
    "operator": Role.SCAN_OPERATOR,
    "second": Role.SCAN_OPERATOR,
    "inspector": Role.SCAN_INSPECTOR,
    "manager": Role.SCAN_MANAGER,
}
AUTHOR, SECOND, INSPECTOR = (
    ("--login", name) for name in ("operator", "second", "inspector")
)

Run = Callable[..., Any]


@dataclass(frozen=True)
class Held:
    name: str
    data: bytes

    def read(self) -> bytes:
        return self.data


def _page(seed: int, code: str = "", dpi: int = 204) -> bytes:
    page = np.full((877, 620), 245, np.uint8)
    chance = np.random.default_rng(seed)
    letters = np.array(list("abcdefghkmnprstuvz0123456789    "))
    for line in range(20):
        text = "".join(chance.choice(letters, 40))
        at = (60, 160 + line * 33)
        cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 30, 1, cv2.LINE_AA)
    if code:
        made = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128)
        bars = np.array(zxingcpp.write_barcode_to_image(made, scale=2))[:80]
        page[10 : 10 + bars.shape[0], 40 : 40 + bars.shape[1]] = bars
    out = io.BytesIO()
    Image.fromarray(page).save(out, "JPEG", dpi=(dpi, dpi))
    return out.getvalue()


def _staffed(office: Office, rules: Path) -> dict[str, Actor]:
    """Users, registered rules, appointments and education; the actors by login."""
    admin = office.access.log_in("admin", PASSWORD)
    day = dt.date(2026, 1, 5)
    found = {}
    office.scan.register_regulation(
        admin, key="rules", rules=tomllib.loads(rules.read_text("utf-8"))
    )
    for login, role in PEOPLE.items():
        office.access.add_user(
            FOUNDER,
            login=login,
            name="사람",
            roles=frozenset({role}),
            password=PASSWORD,
        )
        found[login] = office.access.log_in(login, PASSWORD)
        office.scan.appoint(
            admin,
            key=login,
            role=role,
            person=found[login].id,
            id_checked_on=day,
            pledge_signed_on=day,
            since=day,
        )
    office.scan.educate(
        admin,
        key="course",
        persons=tuple(one.id for one in found.values()),
        course="교육",
        on=day,
        hours=12,
        official=True,
    )
    return found


@pytest.fixture(scope="module")
def batch(home: Path, repository: Path) -> str:
    """A closed batch of three documents: two with codes, one held."""
    secret = home.with_name("passphrase").read_bytes
    with open_office(Settings(home=str(home)), passphrase=secret) as office:
        rules = repository / "data" / "rules" / "regulation-trial.toml"
        people = _staffed(office, rules)
        scan, manager, author = office.scan, people["manager"], people["operator"]
        scan.register_device(manager, device="scanner 7", model="SIM", serial="7")
        scan.test_device(
            author, key="t", device="scanner 7", measured=[("dpi", 300)], passed=True
        )
        scan.record_contract(
            manager,
            tenant="t-one",
            number="C-1",
            since=dt.date(2026, 1, 1),
            until=dt.date(2099, 12, 31),
            consignor="하나상사",
            consignee="작업장",
        )
        scan.supply_boxes(manager, key="s", tenant="t-one", seals=("S-1",))
        order = scan.place_order(
            manager, key="o", tenant="t-one", number="의뢰-1", contract="C-1"
        )
        box = scan.receive_box(
            manager, key="r", tenant="t-one", seal="S-1", sheets=3, order=order.id
        )
        scan.open_box(manager, box.id, seal="S-1", counted=3)
        scan.prepare_box(author, key="p", box=box.id)
        made = scan.start_batch(
            author,
            key="b",
            box=box.id,
            sheets=3,
            device="scanner 7",
            settings="300 dpi",
            every=1,
        )
        files = [_page(1, "T-0001"), _page(2), _page(3, dpi=200)]
        named = [Held(f"{n}.jpg", one) for n, one in enumerate(files)]
        scan.capture(author, made.id, named)
        scan.close_batch(author, made.id)
    return made.id


def test_a_batch_is_indexed_inspected_and_exported(
    batch: str, run: Run, rows: Run, tmp_path: Path
) -> None:
    one, two, three = rows("scan", "documents", batch, *AUTHOR)
    assert {each["state"] for each in (one, two, three)} == {"captured"}

    given = tmp_path / "list.csv"
    given.write_text('key,title,kind,amount\nT-0001,입금 1,전표,"1,000"\n', "utf-8")
    matched = rows("scan", "list-match", batch, str(given), *AUTHOR)
    assert [each["match"] for each in matched] == ["indexed", "no-key", "no-key"]

    loan = (
        *("--title", "약정서", "--kind", "loan-agreement"),
        *("--field", "loan-number=123-45-678901", "--field", "branch=001"),
        *("--field", "agreed-on=2026-11-20"),
    )
    index = ("scan", "index", two["document"], *loan)
    assert rows(*index, "--field", "amount=7", *AUTHOR)["waits"] == "second"
    held = rows(*index, "--field", "amount=8", *SECOND)
    assert (held["waits"], held["differing"]) == ("resolution", "amount")
    assert rows(*index, "--field", "amount=8", *AUTHOR)["state"] == "indexed"
    plain = ("--title", "공문 3", "--kind", "공문", "--keyword", "총무")
    assert rows("scan", "index", three["document"], *plain, *AUTHOR)["keywords"]

    *others, page = rows("scan", "held", batch, *AUTHOR)
    assert "2000" in page["measured"]
    decide = ("scan", "inspect")
    for other in others:  # a code at the very edge may look like a streak
        rows(*decide, "accept", other["page"], *INSPECTOR)
    accepted = rows(*decide, "accept", page["page"], *INSPECTOR)
    assert accepted["state"] == PageState.ACCEPTED
    note = ("--note", "잘못 눌렀음")
    back = rows(*decide, "undo", page["page"], *note, *INSPECTOR)
    assert back["state"] == PageState.WAITING
    rows(*decide, "accept", page["page"], *INSPECTOR)

    wrong = ("--reason", "other", "--note", "제목이 다름")
    found = rows("scan", "reject-document", three["document"], *wrong, *INSPECTOR)
    assert found["state"] == "captured"
    rows("scan", "index", three["document"], *plain, *AUTHOR)
    passed = rows("scan", "pass", "--batch", batch, *INSPECTOR)
    assert {each["state"] for each in passed} == {"passed"}

    out = tmp_path / "slips.csv"
    made = rows("scan", "data", batch, "--kind", "전표", "--out", str(out), *AUTHOR)
    assert made["documents"] == 1
    (row,) = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))
    assert (row["amount"], row["amount-source"]) == ("1000", "list")
    assert row["slip-number"] == "T-0001"


def test_commands_refuse_with_their_reason(
    batch: str, run: Run, tmp_path: Path
) -> None:
    for arguments, said in (
        (("sampling", batch, *INSPECTOR), "제48조"),
        (("sampling", batch, *AUTHOR), "may not do"),
        (("inspect", "reject", "2.25.1", *INSPECTOR), "제50조"),
        (("reject-document", "2.25.1", *INSPECTOR), "제50조"),
        (("pass", *INSPECTOR), "Name documents"),
        (("index", "2.25.1", "--title", "x", "--kind", "y", "--field", "z"), "--login"),
        (
            ("data", batch, "--kind", "전표", "--out", "x.txt", *AUTHOR),
            "a .csv or a .parquet",
        ),
        (("suggest", "2.25.1", *AUTHOR), "was scanned here"),
    ):
        done = run("scan", *arguments)
        assert done.exit_code != 0
        assert said in done.output


def test_classes_are_listed(batch: str, rows: Run) -> None:
    found = {each["name"]: each for each in rows("scan", "classes", *AUTHOR)}
    assert found["근저당권설정계약서"]["paper"] == "registrable-contract"
    assert "amount*:won" in found["여신거래약정서"]["fields"]


def test_ocr_says_what_is_missing(
    batch: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run("scan", "ocr", batch, *AUTHOR)
    assert done.exit_code != 0
    assert "apt install tesseract-ocr" in done.output


def test_an_offices_own_classes_are_listed_beside_ours(
    batch: str, home: Path, run: Run, rows: Run
) -> None:
    own = home / "document-classes.toml"
    own.write_text(
        'version = "w"\n[class.own]\nname = "자체 서식"\njob = "창구"\n', "utf-8"
    )
    try:
        names = {each["name"] for each in rows("scan", "classes", *AUTHOR)}
        own.write_text('version = "w"\n[class.own]\nname = "x"\n', "utf-8")
        done = run("scan", "classes", *AUTHOR)
    finally:
        own.unlink()
    assert {"자체 서식", "계약서"} <= names
    assert done.exit_code != 0
    assert "job is missing" in done.output
