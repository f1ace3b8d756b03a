from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.config import Settings
from paperless_kernel.office import FOUNDER, open_office
from paperless_kernel.scan.model import Service, ServiceModel

PASSWORD = "long enough"
ADMIN = ("--login", "admin")
MANAGER = ("--login", "manager")

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def box(home: Path) -> str:
    """A box of real paper that was received and opened; return its seal."""
    secret = home.with_name("passphrase").read_bytes
    with open_office(Settings(home=str(home)), passphrase=secret) as office:
        users = {
            login: office.access.add_user(
                FOUNDER,
                login=login,
                name="사람",
                roles=frozenset({role}),
                password=PASSWORD,
            )
            for login, role in (
                ("manager", Role.SCAN_MANAGER),
                ("courier", Role.COURIER),
            )
        }
        manager = users["manager"].actor()
        today = dt.date(2026, 1, 1)
        office.scan.record_contract(
            manager,
            tenant="t-one",
            number="C-1",
            since=today,
            until=dt.date(2099, 12, 31),
            consignor="하나상사",
            consignee="시험 기록원",
        )
        order = office.scan.place_order(
            manager, key="o", tenant="t-one", number="O-1", contract="C-1"
        )
        office.scan.supply_boxes(manager, key="s", tenant="t-one", seals=["S-1", "S-2"])
        for seal in ("S-1", "S-2"):
            found = office.scan.receive_box(
                manager, key=seal, tenant="t-one", seal=seal, sheets=1, order=order.id
            )
            office.scan.open_box(manager, found.id, seal=seal, counted=1)
        office.scan.enter_workshop(
            manager, id="bank-1", holder="하나은행", model=ServiceModel.SUBSCRIBED
        )
    return "S-1"


def test_paper_that_was_not_scanned_may_not_go(run: Run, rows: Run, box: str) -> None:
    said = rows("scan", "may-destroy", box, *MANAGER)
    assert said["answer"] == "no"
    assert not said["demo paper"]
    assert any("제31조의6" in one["article"] for one in said["reasons"])
    plain = run("scan", "may-destroy", box, *MANAGER)
    assert "제31조의6" in plain.output
    how = ("--person", "courier", "--witness", "manager", "--device", "P-5")
    done = run("scan", "shred", box, *how, *MANAGER)
    assert done.exit_code == 7
    assert "not a designated centre" in done.output
    carried = run("scan", "shred", box, *how, "--login", "courier")
    assert "not a designated centre" in carried.output  # the box was found
    same = ("--person", "courier", "--witness", "courier", "--device", "P-5")
    assert run("scan", "shred", box, *same, *MANAGER).exit_code == 3
    assert run("scan", "shred", "S-9", *how, *MANAGER).exit_code == 5
    nobody = ("--person", "nobody", "--witness", "manager", "--device", "P-5")
    assert run("scan", "shred", box, *nobody, *MANAGER).exit_code == 5


@dataclass(frozen=True)
class Held:
    """A page file in memory."""

    name: str
    data: bytes

    def read(self) -> bytes:
        return self.data


def _page() -> bytes:
    noise = np.random.default_rng(7).normal(235, 12, (877, 620))
    for line in range(60, 800, 40):
        noise[line : line + 9, 60:540] = 40
    out = io.BytesIO()
    Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8)).save(
        out, "JPEG", dpi=(204, 204)
    )
    return out.getvalue()


@pytest.fixture(scope="module")
def passed(home: Path, box: str) -> str:
    """A batch of one plain page that passed; return its id."""
    secret = home.with_name("passphrase").read_bytes
    author = Actor(id="u-author", roles=frozenset({Role.SCAN_OPERATOR}))
    inspector = Actor(id="u-inspector", roles=frozenset({Role.SCAN_INSPECTOR}))
    manager = Actor(id="u-manager", roles=frozenset({Role.SCAN_MANAGER}))
    with open_office(Settings(home=str(home)), passphrase=secret) as office:
        scan = office.scan
        order = scan.place_order(
            manager,
            key="plain",
            tenant="t-one",
            number="O-plain",
            contract="C-1",
            service=Service.PLAIN,
        )
        scan.supply_boxes(manager, key="s3", tenant="t-one", seals=["S-3"])
        found = scan.receive_box(
            manager, key="S-3", tenant="t-one", seal="S-3", sheets=1, order=order.id
        )
        scan.open_box(manager, found.id, seal="S-3", counted=1)
        scan.prepare_box(author, key="p", box=found.id)
        batch = scan.start_batch(
            author, key="b", box=found.id, sheets=1, device="d", settings="s"
        )
        (page,) = scan.capture(author, batch.id, [Held("page.jpg", _page())])
        scan.close_batch(author, batch.id)
        if page.verdict == "hold":
            scan.accept_page(inspector, page.id)
        (document,) = scan.documents(author, batch.id)
        scan.index(author, document.id, title="계약", kind="계약서")
        scan.pass_document(inspector, document.id)
    return str(batch.id)


def test_a_batch_is_sealed_handed_over_and_gone(
    run: Run, rows: Run, passed: str, tmp_path: Path
) -> None:
    assert run("scan", "hand-over", passed, *MANAGER).exit_code == 8
    made = rows("scan", "seal", passed, "--time-inside", *MANAGER)
    assert made["state"] == "sealed"
    (receipt,) = rows("scan", "hand-over", passed, *MANAGER)
    assert receipt["receipt"]
    assert rows("scan", "hand-over", passed, *MANAGER) == []
    hot = tmp_path / "hot"
    hot.mkdir()
    found = rows("scan", "residue", "--folder", str(hot), *MANAGER)
    assert (found["answer"], found["batches erased"]) == ("clean", 1)
    (hot / "page.jpg").write_bytes(_page())
    done = run("scan", "residue", "--folder", str(hot), *MANAGER)
    assert done.exit_code == 13
    assert "page.jpg" in done.output
    said = rows("scan", "may-destroy", "S-3", *MANAGER)
    assert any("plain scan" in one["why"] for one in said["reasons"])


def test_paper_is_held_released_and_given_back(rows: Run, box: str) -> None:
    said = rows("scan", "hold-paper", "S-2", "--agreed", "letter 7", *MANAGER)
    assert said["paper"] == "held"
    (wish,) = [
        one
        for one in rows("scan", "may-destroy", "S-2", *MANAGER)["reasons"]
        if "letter 7" in one["why"]
    ]
    assert "return" in wish["what to do"]
    again = ("--agreed", "letter 8", "--release")
    assert rows("scan", "hold-paper", "S-2", *again, *MANAGER)["paper"] == "released"
    protocol = ("--protocol", "VAL-1")
    made = rows("scan", "approve-copies", "S-2", *protocol, *MANAGER)
    assert made["protocol"] == "VAL-1"
    back = rows("scan", "return", "S-2", "--person", "courier", *MANAGER)
    assert back["state"] == "returned"


def test_a_workshop_gets_its_key(run: Run, rows: Run, box: str) -> None:
    made = rows("scan", "workshop-key", "bank-1", "--algorithm", "rsa3072", *ADMIN)
    assert made["subject"] == "하나은행"
    assert made["fingerprint"].startswith("sha256:")
    assert (
        rows("scan", "workshop-key", "bank-1", "--algorithm", "rsa3072", *ADMIN) == made
    )
    assert run("scan", "workshop-key", "bank-1", *ADMIN).exit_code == 6
    assert run("scan", "workshop-key", "bank-9", *ADMIN).exit_code == 5
    assert run("scan", "workshop-key", "bank-1", *MANAGER).exit_code == 7


def test_an_office_at_rest_is_clean(
    run: Run, rows: Run, box: str, tmp_path: Path
) -> None:
    found = rows("scan", "residue", "--folder", str(tmp_path), *MANAGER)
    assert found["answer"] == "clean"
    nowhere = str(tmp_path / "nowhere")
    assert run("scan", "residue", "--folder", nowhere, *MANAGER).exit_code == 3
    assert run("scan", "seal", "no-batch", *MANAGER).exit_code == 5
    assert run("scan", "hand-over", "no-batch", *MANAGER).exit_code == 5
