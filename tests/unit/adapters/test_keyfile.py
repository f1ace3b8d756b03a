from __future__ import annotations

import base64
import datetime as dt
import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData

from paperless_kernel.adapters.keeper_socket import KeeperServer, RemoteKeeper
from paperless_kernel.adapters.keyfile import KeyFiles, make_keys
from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.errors import (
    EvidenceError,
    InputError,
    KeyLockedError,
    NotFoundError,
    UnavailableError,
)
from paperless_kernel.base.events import Event
from paperless_kernel.base.ids import Ids, SystemRandom
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal, add_journal
from paperless_kernel.store.keeper import (
    KEY_OPENED,
    KeeperSigner,
    KeeperStamper,
    LocalKeeper,
)
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.notes import check_note
from paperless_kernel.trust.signatures import check_cms, sign_cms
from paperless_kernel.trust.timestamps import check_token

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
PASSPHRASE = b"correct horse battery"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "keys"
    clock = FixedClock(NOW)
    make_keys(
        folder, name="시험", passphrase=PASSPHRASE, clock=clock, random=SystemRandom()
    )
    return folder


@pytest.fixture
def keeper(folder: Path, tmp_path: Path) -> Iterator[LocalKeeper]:
    db = Database(tmp_path / "access.db")
    metadata = MetaData()
    add_journal(metadata)
    metadata.create_all(db.engine)
    clock, random = FixedClock(NOW), SystemRandom()
    yield LocalKeeper(
        keys=KeyFiles(folder, lambda: PASSPHRASE),
        journals={"access": Journal(db, "access")},
        origin="paperless-kernel/test",
        policy="2.25.1",
        clock=clock,
        ids=Ids(clock, random),
        random=random,
    )
    db.close()


@pytest.fixture(params=["here", "by socket"])
def either(
    request: pytest.FixtureRequest, keeper: LocalKeeper, folder: Path
) -> Iterator[LocalKeeper | RemoteKeeper]:
    """The same suite on the keeper itself and on one asked over its socket."""
    if request.param == "here":
        yield keeper
        return
    path = Path(f"keeper-{os.getpid()}.sock")
    server = KeeperServer(path, keeper)
    server.start()
    public = KeyFiles(folder, lambda: b"never asked")
    asking = RemoteKeeper(path, public, "paperless-kernel/test")
    yield asking
    asking.close()
    server.close()


def test_no_file_is_readable_by_others_and_no_key_is_in_the_clear(folder: Path) -> None:
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0
    for file in folder.glob("*.key"):
        assert b"ENCRYPTED PRIVATE KEY" in file.read_bytes()


def test_a_wrong_passphrase_opens_nothing(folder: Path) -> None:
    keys = KeyFiles(folder, lambda: b"wrong")
    for ask in (keys.log_key, keys.master, lambda: keys.signer(KeyPurpose.SCAN)):
        with pytest.raises(KeyLockedError):
            ask()


def test_keys_are_made_once(folder: Path) -> None:
    before = (folder / "root.crt").read_bytes()
    clock = FixedClock(NOW)
    make_keys(
        folder, name="x", passphrase=b"another one", clock=clock, random=SystemRandom()
    )
    assert (folder / "root.crt").read_bytes() == before


def test_a_short_passphrase_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        make_keys(
            tmp_path / "keys",
            name="x",
            passphrase=b"short",
            clock=FixedClock(NOW),
            random=SystemRandom(),
        )
    assert list(tmp_path.iterdir()) == []


def test_the_revocation_list_is_renewed_before_it_ends(folder: Path) -> None:
    keys = KeyFiles(folder, lambda: PASSPHRASE)
    assert not keys.renew_crl(NOW + dt.timedelta(days=30))
    before = keys.crl()
    assert keys.renew_crl(NOW + dt.timedelta(days=330))
    assert keys.crl() != before
    (folder / "root.crl").write_bytes(before)


def test_signatures_hold_and_are_the_right_purposes(
    either: LocalKeeper | RemoteKeeper,
) -> None:
    cms = sign_cms(b"paper", KeeperSigner(either, KeyPurpose.VAULT), detached=True)
    facts = check_cms(cms, b"paper")
    assert facts.chain[0] == either.certificates(KeyPurpose.VAULT)[0]
    with pytest.raises(EvidenceError):
        check_cms(cms, b"Paper")


def test_tokens_are_dated_by_the_offices_clock(
    either: LocalKeeper | RemoteKeeper,
) -> None:
    token = KeeperStamper(either, SystemRandom()).stamp(sha256(b"paper"), "sha256")
    assert check_token(token, sha256(b"paper"), "sha256").gen_time == NOW
    with pytest.raises(EvidenceError):
        check_token(token, sha256(b"Paper"), "sha256")


def test_a_box_opens_under_its_name_and_context_and_is_journaled(
    either: LocalKeeper | RemoteKeeper, keeper: LocalKeeper
) -> None:
    box = either.seal("tenant:1", b"secret", b"doc")
    opened = either.unseal("tenant:1", box, b"doc", actor="kim", purpose="campaign")
    assert opened == b"secret"
    for name, context in (("tenant:2", b"doc"), ("tenant:1", b"other")):
        with pytest.raises(EvidenceError):
            either.unseal(name, box, context, actor="kim", purpose="campaign")
    (entry,) = keeper._journals["access"].entries(tag=KEY_OPENED)
    assert (entry.actor, entry.body["purpose"]) == ("kim", "campaign")
    assert b"secret" not in entry.raw


def test_macs_differ_by_name(either: LocalKeeper | RemoteKeeper) -> None:
    first, second = either.mac("ci", [b"a", b"b"])
    assert len(first) == 32
    assert first != second
    assert either.mac("otp", [b"a"]) != (first,)
    assert either.mac("ci", [b"a"]) == (first,)


def test_a_sequenced_journal_has_a_note_anybody_can_check(
    either: LocalKeeper | RemoteKeeper, keeper: LocalKeeper
) -> None:
    journal = keeper._journals["access"]
    with pytest.raises(NotFoundError):
        either.sequence("access")
    event = Event(tag="access:a:b", id="1", subject="s", at=NOW, actor="a")
    with journal.db.begin() as tx:
        journal.append(tx, event)
    note = either.sequence("access")
    checkpoint = check_note(note, [either.vkey("access")])
    assert (checkpoint.size, checkpoint.root) == (1, journal.root_of(1))
    with pytest.raises(NotFoundError):
        either.sequence("nothing")


def test_a_keeper_that_is_not_there_is_one_clear_line(folder: Path) -> None:
    asked = RemoteKeeper(Path("nowhere.sock"), KeyFiles(folder, lambda: b""), "x")
    with pytest.raises(UnavailableError, match="paperless serve"):
        asked.mac("ci", [b"a"])


def test_a_clock_behind_the_last_checkpoint_gets_no_token(keeper: LocalKeeper) -> None:
    journal, clock = keeper._journals["access"], keeper._clock
    assert isinstance(clock, FixedClock)
    with journal.db.begin() as tx:
        journal.append(
            tx, Event(tag="access:a:b", id="1", subject="s", at=NOW, actor="a")
        )
    keeper.sequence("access")
    stamper = KeeperStamper(keeper, SystemRandom())
    clock.move_to(NOW - dt.timedelta(minutes=1))
    with pytest.raises(UnavailableError, match="set the machine's clock right"):
        stamper.stamp(sha256(b"paper"), "sha256")
    clock.move_to(NOW)
    assert stamper.stamp(sha256(b"paper"), "sha256")


@pytest.fixture
def server(keeper: LocalKeeper) -> Iterator[Path]:
    path = Path(f"keeper-{os.getpid()}.sock")
    serving = KeeperServer(path, keeper)
    serving.start()
    yield path
    serving.close()


def told(path: Path, line: bytes) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(20)
        peer.connect(str(path))
        peer.sendall(line)
        with peer.makefile("rb") as lines:
            return dict(json.loads(lines.readline() or b"{}"))


def question(verb: str, **named: object) -> bytes:
    return json.dumps({"verb": verb, **named}).encode() + b"\n"


PING = question("mac", name="ping", messages=[])


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 200_000 + b"\n",
        b'{"a":' * 200_000 + b"\n",
        b"null\n",
        b"\n",
        question("mac", name="x", messages=5),
        question("nothing"),
    ],
)
def test_a_line_that_is_no_question_is_answered_as_one(
    server: Path, line: bytes
) -> None:
    assert told(server, line)["error"] == "input"
    assert told(server, PING) == {"answer": []}


def test_an_endless_line_is_cut_off(server: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(20)
        peer.connect(str(server))
        with pytest.raises(ConnectionError):
            peer.sendall(b"A" * 64 * 2**20)
    assert told(server, PING) == {"answer": []}


def test_a_peer_that_hangs_up_hurts_nobody(server: Path) -> None:
    waiting = []
    for _ in range(200):  # more than listen's default lets wait
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        peer.connect(str(server))
        peer.sendall(b'{"verb":' if len(waiting) % 2 else PING)
        waiting.append(peer)
    for peer in waiting:
        peer.close()
    assert told(server, PING) == {"answer": []}


@pytest.mark.parametrize("actor", [5, None, "", "  ", ["kim"]])
def test_nobody_opens_a_box_without_a_name(
    server: Path, keeper: LocalKeeper, actor: object
) -> None:
    box = base64.b64encode(keeper.seal("x", b"secret", b"")).decode()
    ask = {"name": "x", "box": box, "context": "", "purpose": "p"}
    refused = told(server, question("unseal", actor=actor, **ask))
    assert refused["error"] == "input"
    assert list(keeper._journals["access"].entries(tag=KEY_OPENED)) == []
    opened = told(server, question("unseal", actor="kim", **ask))
    assert base64.b64decode(opened["answer"]) == b"secret"


def test_a_large_campaign_s_marks_come_in_parts(
    server: Path, keeper: LocalKeeper, folder: Path
) -> None:
    asking = RemoteKeeper(server, KeyFiles(folder, lambda: b""), "x")
    many = [str(n).encode() for n in range(25_000)]
    assert asking.mac("ci", many) == keeper.mac("ci", many)
    with pytest.raises(InputError, match="smaller parts"):
        asking.seal("x", b"0" * 16 * 2**20, b"")
    asking.close()


@pytest.fixture
def forgetful() -> Iterator[tuple[Path, list[bytes]]]:
    """A keeper that hangs up once before its answer, and then answers."""
    path = Path(f"forgetful-{os.getpid()}.sock")
    asked: list[bytes] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            for answer in (b'{"answer": ', b'{"answer": []}\n'):
                peer, _ = listener.accept()
                with peer, peer.makefile("rwb") as lines:
                    asked.append(lines.readline())
                    lines.write(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield path, asked
    path.unlink()


def test_what_may_be_asked_twice_is_asked_again(
    forgetful: tuple[Path, list[bytes]], folder: Path
) -> None:
    path, asked = forgetful
    asking = RemoteKeeper(path, KeyFiles(folder, lambda: b""), "x")
    asking.ping()
    assert len(asked) == 2
    assert asked[0] == asked[1]
    asking.close()


def test_what_counts_is_asked_once(
    forgetful: tuple[Path, list[bytes]], folder: Path
) -> None:
    path, asked = forgetful
    asking = RemoteKeeper(path, KeyFiles(folder, lambda: b""), "x")
    with pytest.raises(UnavailableError):
        asking.sign(KeyPurpose.VAULT, b"paper")
    assert len(asked) == 1
    asking.ping()
    asking.close()
