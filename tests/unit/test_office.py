"""An office opens as its keeper, beside it, or not at all; a crash is put right."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from paperless_kernel.access.model import Plan
from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import (
    BusyError,
    ConflictError,
    InputError,
    KeyLockedError,
    NotFoundError,
    StorageError,
    UnavailableError,
)
from paperless_kernel.base.events import Event
from paperless_kernel.base.facility import (
    TRIAL_MARK,
    TRIAL_MARK_EN,
    Facility,
    FacilityKind,
)
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.config import Settings, load
from paperless_kernel.founding import DATABASES, JOURNALS, make_office
from paperless_kernel.office import FOUNDER, Office, open_office
from paperless_kernel.trust.anchors import Anchor
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.notes import check_note
from paperless_kernel.trust.report import PartName
from paperless_kernel.trust.verify import inspect
from paperless_kernel.vault.model import (
    Applicant,
    CertificateRequest,
    Deposit,
    DepositFile,
    Recipient,
)

SECRET = b"a passphrase for tests"


def settings_of(folder: Path) -> Settings:
    return load({}, home=str(folder))


def found(folder: Path, kind: str = "office") -> bool:
    return make_office(
        settings_of(folder), name="시험 사무소", kind=kind, passphrase=lambda: SECRET
    )


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("founded") / "office"
    assert found(folder)
    return folder


@pytest.fixture
def settings(founded: Path, tmp_path: Path) -> Settings:
    return settings_of(Path(shutil.copytree(founded, tmp_path / "office")))


def opened(settings: Settings, **how: bool) -> Office:
    return open_office(settings, passphrase=lambda: SECRET, **how)


def logged(office: Office, name: str) -> int:
    """Entries under the newest checkpoint of a log."""
    note = office.journals[name].newest()
    if note is None:
        return 0
    return check_note(note, [office.keeper.vkey(name)]).size


def fact(office: Office, number: int = 1) -> Event:
    return Event(
        tag="access:test:done",
        id=office.ids.new(),
        subject="s",
        at=office.clock.now(),
        actor="a",
        body={"n": number},
    )


def test_a_second_founding_changes_nothing(settings: Settings) -> None:
    before = (settings.folder / "office.json").read_bytes()
    assert found(settings.folder) is False
    assert (settings.folder / "office.json").read_bytes() == before


def test_founding_goes_on_where_a_crash_stopped_it(
    settings: Settings, founded: Path
) -> None:
    keys = (founded / "keys" / "root.crt").read_bytes()
    (settings.folder / "office.json").unlink()
    (settings.folder / "vault.db").write_bytes(b"")
    (settings.folder / "keys.new").mkdir()
    assert found(settings.folder)
    assert (settings.folder / "keys" / "root.crt").read_bytes() == keys
    opened(settings).close()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"mine\.txt"):
        found(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_a_short_passphrase_makes_no_office(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="8"):
        make_office(
            settings_of(tmp_path / "o"),
            name="n",
            kind="office",
            passphrase=lambda: b"short",
        )
    assert not (tmp_path / "o" / "office.json").exists()


def test_no_office(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="paperless init"):
        opened(settings_of(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_it_opens_as_the_keeper(settings: Settings) -> None:
    with opened(settings) as office:
        assert office.is_keeper
        assert not office.is_demo
        assert office.root_fingerprint.startswith("sha256:")
        assert set(office.databases) == set(DATABASES)
        assert office.snapshot().trial
    with opened(settings) as again:  # the lock was let go
        assert again.is_keeper


def test_a_wrong_passphrase_opens_nothing_and_locks_nobody_out(
    settings: Settings,
) -> None:
    with pytest.raises(KeyLockedError, match="passphrase"):
        open_office(settings, passphrase=lambda: b"not the passphrase")
    opened(settings).close()


def test_a_second_command_is_told_to_wait(settings: Settings) -> None:
    with opened(settings), pytest.raises(BusyError, match="another paperless"):
        opened(settings)


def test_a_reader_stands_beside_the_keeper(settings: Settings) -> None:
    with opened(settings) as keeper, open_office(settings, reader=True) as reader:
        assert not reader.is_keeper
        assert reader.root_fingerprint == keeper.root_fingerprint
        assert reader.keeper.vkey("vault") == keeper.keeper.vkey("vault")
        assert {each.journal for each in reader.snapshot().journals} == {*JOURNALS}
        with pytest.raises(UnavailableError, match="paperless serve"):
            reader.keeper.sign(KeyPurpose.VAULT, b"x")


def test_a_listening_keeper_is_asked(settings: Settings) -> None:
    with opened(settings) as keeper:
        keeper.listen()
        with opened(settings) as other:
            assert not other.is_keeper
            assert other.keeper.mac("x", [b"1"]) == keeper.keeper.mac("x", [b"1"])
            with pytest.raises(BusyError):
                other.listen()  # it would take the keeper's place and leave none
            assert keeper.socket.exists()
        with pytest.raises(BusyError, match="paperless serve"):
            opened(settings, alone=True)
    assert not keeper.socket.exists()


def test_entries_a_crash_left_unnumbered_get_their_place(settings: Settings) -> None:
    with opened(settings) as office:
        journal = office.journals["access"]
        with journal.db.begin() as tx:
            journal.append(tx, fact(office))
        size = logged(office, "access")
    with open_office(settings, reader=True) as reader:
        assert logged(reader, "access") == size  # a reader numbers nothing
    with opened(settings) as office:
        assert logged(office, "access") == size + 1
        office.journals["access"].check(office.keeper.vkey("access"))
    with opened(settings) as office:
        assert logged(office, "access") == size + 1


def test_a_newer_office_is_refused_in_one_line(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.folder / "scan.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = 'scan_9999'")
        db.commit()
    with pytest.raises(StorageError, match="newer") as caught:
        opened(settings)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "x"}', '{"a": 1}'])
def test_damaged_facts_are_told(settings: Settings, text: str) -> None:
    (settings.folder / "office.json").write_text(text)
    with pytest.raises(StorageError, match=r"office\.json is damaged"):
        opened(settings)


def test_only_a_demo_has_a_clock_that_jumps(settings: Settings) -> None:
    admin = Actor(id="a", roles=frozenset({Role.SYSTEM_ADMIN}))
    with opened(settings) as office:
        ahead = office.clock.now() + dt.timedelta(days=3)
        with pytest.raises(ConflictError, match="demo"):
            office.jump(admin, key="k", to=ahead, reason="r")
    facts = json.loads((settings.folder / "office.json").read_text())
    (settings.folder / "office.json").write_text(json.dumps(facts | {"kind": "demo"}))
    with opened(settings) as office:
        assert office.jump(admin, key="k", to=ahead, reason="r")
        assert office.clock.now() >= ahead
        assert office.jump(admin, key="k", to=ahead, reason="r") is None
    with opened(settings) as office:
        assert office.clock.now() >= ahead  # it stays where it was moved to


def certified(office: Office, title: str) -> tuple[str, str]:
    """Deposit a document, certify it; return page 1 and the verdict's standing."""
    tenant = office.access.join(
        FOUNDER, key="t", name="가나상사", number="110111-0000001", plan=Plan.BASIC
    )
    who = Actor(id="c", roles=frozenset({Role.CUSTOMER_ADMIN}), tenant=tenant.id)
    machine = Actor(id="m", roles=frozenset({Role.MACHINE}))
    page = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(page)
    receipt = office.vault.deposit(
        machine,
        Deposit(
            key=title,
            tenant=tenant.id,
            files=(
                DepositFile(
                    name="a.pdf",
                    data=page.getvalue(),
                    title=title,
                    kind="계약서",
                    keywords=(),
                ),
            ),
            retention_class="general",
        ),
    )
    certificate = office.vault.certify(
        who,
        CertificateRequest(
            key=title,
            document_id=receipt.document_ids[0],
            applicant=Applicant(name=tenant.name, identity=tenant.number, company=True),
            purpose="법원 제출용",
            recipients=(Recipient(name="견본 법원"),),
        ),
    )
    anchors = [Anchor(fingerprint=office.root_fingerprint)]
    report = inspect(certificate.pdf, anchors=anchors, at=office.clock.now())
    assert report.exit_code == 0
    first = pypdfium2.PdfDocument(certificate.pdf)[0].get_textpage().get_text_range()
    return first, report.part(PartName.STANDING).text.en + report.verdict.en


@pytest.mark.slow
def test_only_a_facility_record_takes_the_trial_mark_away(settings: Settings) -> None:
    admin = Actor(id="a", roles=frozenset({Role.SYSTEM_ADMIN}))
    with opened(settings) as office:
        page, said = certified(office, "먼저")
        assert TRIAL_MARK in page
        assert TRIAL_MARK_EN in said
        today = kst_date(office.clock.now())
        for kind, number in (
            (FacilityKind.WORKSHOP, "제2026-작업장호"),  # of another business
            (FacilityKind.CENTRE, "제2026-센터호"),
        ):
            page, said = certified(office, f"{kind} 전")
            assert TRIAL_MARK in page
            office.access.enter_facility(
                admin,
                Facility(
                    kind=kind,
                    holder="가상의 기관",
                    number=number,
                    since=today,
                    until=today + dt.timedelta(days=30),
                ),
            )
        page, said = certified(office, "다음")
        assert TRIAL_MARK not in page
        assert "제2026-센터호" in page
        assert TRIAL_MARK_EN not in said
        assert "제2026-센터호" in said or "2026" in said
