from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.access.model import Plan
from paperless_kernel.base.ids import Role
from paperless_kernel.config import Settings
from paperless_kernel.office import FOUNDER, open_office

PASSWORD = "long enough"
Run = Callable[..., Any]


def by(login: str) -> tuple[str, str]:
    return "--login", login


@pytest.fixture(scope="module")
def people(home: Path) -> None:
    secret = home.with_name("passphrase").read_bytes
    roles = {
        "chief": Role.SCAN_MANAGER,
        "driver": Role.COURIER,
        "guard": Role.COURIER,
        "writer": Role.SCAN_OPERATOR,
    }
    with open_office(Settings(home=str(home)), passphrase=secret) as office:
        tenant = office.access.join(
            FOUNDER, key="c", name="하나상사", number="110111-1", plan=Plan.BASIC
        )
        for login, role in roles.items():
            office.access.add_user(
                FOUNDER,
                login=login,
                name=f"사람 {login}",
                roles=frozenset({role}),
                password=PASSWORD,
            )
        office.access.add_user(
            FOUNDER,
            login="customer",
            name="고객",
            roles=frozenset({Role.CUSTOMER_USER}),
            password=PASSWORD,
            tenant=tenant.id,
        )


@pytest.fixture
def ordered(people: None, rows: Run) -> str:
    parties = ("--consignor", "하나상사", "--consignee", "시험 기록원")
    days = ("--since", "2020-01-01", "--until", "2099-12-31")
    made = rows("scan", "contract", "하나상사", "처리-1", *days, *parties, *by("chief"))
    assert made["covers"] == "carry, scan, store, destroy"
    order = rows(
        "scan",
        "order",
        "하나상사",
        "의뢰-1",
        "--contract",
        "처리-1",
        "--plain",
        *by("chief"),
    )
    assert order["service"] == "plain"
    assert order in rows("scan", "orders", *by("chief"))
    seals = ("PK1:SEAL:S-1", "S-2")
    rows("scan", "supply", "하나상사", *seals, *by("driver"))
    rows("scan", "supply", "하나상사", *seals, *by("driver"))
    return str(order["order"])


def test_a_box_goes_from_the_customer_to_its_bin_by_label(
    ordered: str, run: Run, rows: Run, tmp_path: Path
) -> None:
    box = rows(
        *("scan", "pack", f"PK1:ORDER:{ordered}", "PK1:SEAL:S-1", "--sheets", "12"),
        *("--binding", "binder", "--banded", *by("driver")),
    )
    assert (box["state"], box["paper"]) == ("packed", "a4, good, binder, banded")
    label = f"PK1:BOX:{box['box']}"
    photo = tmp_path / "seal.jpg"
    photo.write_bytes(b"\xff\xd8\xff a seal")
    assert rows("scan", "photograph", label, str(photo), *by("driver"))["kept"]
    leave = ("scan", "carry", label, "--vehicle", "80바1234", "--signed", "김고객")
    refused = run(*leave, "--second", "driver", *by("driver"))
    assert refused.exit_code != 0
    assert "Two different people" in refused.output
    gone = rows(*leave, "--second", "guard", *by("driver"))
    assert rows(*leave, "--second", "guard", *by("driver")) == gone
    come = ("scan", "arrive", gone["transport"], "--counted", "1", "--signed", "이작업")
    done = rows(*come, "PK1:SEAL:S-1", *by("writer"))
    assert done["state"] == "arrived"
    opened = rows(
        "scan", "open", label, "--seal", "S-1", "--counted", "11", *by("writer")
    )
    assert opened["state"] == "stopped"
    assert rows("scan", "boxes", "--stopped", *by("chief"))[0]["reason"]
    cleared = rows("scan", "clear", label, "--agreed", "서한 3", *by("chief"))
    assert (cleared["state"], cleared["counted"]) == ("opened", 11)
    rows("scan", "prepare", label, *by("writer"))

    rows("scan", "bins", "PK1:BIN:A-01", "A-02", *by("chief"))
    stored = rows("scan", "store", label, "--bin", "PK1:BIN:A-01", *by("writer"))
    assert (stored["place"], stored["bin"]) == ("warehouse", "A-01")
    assert rows("scan", "store", label, "--bin", "A-02", *by("writer"))["bin"] == "A-02"
    asked = rows("scan", "ask", box["box"], "--reason", "소송", *by("customer"))
    again = rows("scan", "ask", box["box"], "--reason", "소송", *by("customer"))
    assert asked == again
    assert len(rows("scan", "requests", "--waiting", *by("customer"))) == 1
    fetched = rows(
        *("scan", "fetch", asked["request"], "--vehicle", "80바1234"),
        *("--second", "guard", "--signed", "김고객", *by("driver")),
    )
    assert fetched["fetched"]
    assert rows("scan", "where", box["box"], *by("customer"))["place"] == "customer"
    back = ("scan", "put-back", label, "--bin", "A-01", "--counted", "11")
    assert rows(*back, *by("driver"))["bin"] == "A-01"
    assert rows(*back, *by("driver"))["bin"] == "A-01"

    told = [line["told"] for line in rows("scan", "story", "S-1", *by("chief"))]
    assert told[0].startswith("개인정보 처리위탁")
    assert told[-1] == "창고 A-01 칸에 넣었습니다."
    english = rows("scan", "story", "S-1", "--lang", "en", *by("chief"))
    assert english[-1]["told"] == "Stored in bin A-01 of the warehouse."
    assert len(rows("scan", "transports", *by("driver"))) == 1


def test_a_vehicle_with_a_box_missing_is_cleared_by_number(
    ordered: str, run: Run, rows: Run
) -> None:
    rows("scan", "pack", "의뢰-1", "S-2", "--sheets", "3", *by("driver"))
    gone = rows(
        *("scan", "carry", "S-2", "--vehicle", "1", "--second", "guard"),
        *("--signed", "김고객", *by("driver")),
    )
    number = str(gone["transport"])
    nobody = run("scan", "arrive", number, "--counted", "0", *by("writer"))
    assert "signed" in nobody.output
    done = rows(
        "scan", "arrive", number, "--counted", "0", "--signed", "이", *by("writer")
    )
    assert "missing: S-2" in done["reason"]
    run("scan", "clear", number, "--agreed", "서한 4", *by("writer"))
    assert rows("scan", "transports", *by("chief"))[0]["state"] == "stopped"
    cleared = rows("scan", "clear", number, "--agreed", "서한 4", *by("chief"))
    assert cleared["state"] == "arrived"


def test_a_tray_and_a_workshop_by_command(
    people: None, ordered: str, run: Run, rows: Run
) -> None:
    listed = rows(
        *("scan", "workshop", "bank-1", "--holder", "하나은행", "--model", "built"),
        *by("chief"),
    )
    assert listed[0]["holder"] == "하나은행"
    assert "--holder" in run("scan", "workshop", "bank-2", *by("chief")).output
    rows(
        *("scan", "order", "하나상사", "의뢰-2", "--contract", "처리-1", "--plain"),
        *("--process", "distributed", *by("chief")),
    )
    tray = rows("scan", "tray", "의뢰-2", "창구 1", "--sheets", "2", *by("writer"))
    assert (tray["state"], tray["seal"]) == ("opened", "창구 1")
    refused = run("scan", "receive", "의뢰-2", "S-2", "--sheets", "1", *by("writer"))
    assert "분산형공정" in refused.output


def test_what_is_no_label_is_refused(ordered: str, run: Run) -> None:
    wrong = run("scan", "pack", "PK1:BIN:A-01", "S-2", "--sheets", "1", *by("driver"))
    assert "work order" in wrong.output
    wrong = run("scan", "where", "no such", *by("customer"))
    assert wrong.exit_code != 0
    missing = run("scan", "supply", "nobody", "S-7", *by("driver"))
    assert "no customer" in missing.output
