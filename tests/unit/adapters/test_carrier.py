"""The HTTP adapter over the simulator's application, in one process, no socket."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from paperless_kernel.adapters.carrier import HttpCarrier
from paperless_kernel.adapters.carrier_ledger import Faults, Ledger
from paperless_kernel.adapters.carrier_simulator import create_simulator, read_faults
from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.errors import (
    BusyError,
    ConflictError,
    InputError,
    UnavailableError,
)
from paperless_kernel.notice.model import Channel, Message, Network

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
Make = Callable[..., tuple[HttpCarrier, Ledger]]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    opened: list[Ledger] = []

    def build(**faults: object) -> tuple[HttpCarrier, Ledger]:
        ledger = Ledger(tmp_path / f"{len(opened)}.db", Faults(**faults))  # type: ignore[arg-type]
        opened.append(ledger)
        client = TestClient(create_simulator(ledger), raise_server_exceptions=True)
        return HttpCarrier(Network.KT, client, FixedClock(AT)), ledger

    yield build
    for ledger in opened:
        ledger.close()


def message(ref: str, to: str = "01011112222") -> Message:
    return Message(
        ref=ref, to=to, channel=Channel.RCS, sender="02", title="t", text="x"
    )


def test_a_lost_answer_is_unknown_and_a_repeat_sends_nothing_again(make: Make) -> None:
    carrier, ledger = make(drop_after=1000)
    with pytest.raises(UnavailableError, match="not known"):
        carrier.send([message("a")], "k")
    with pytest.raises(UnavailableError):
        carrier.send([message("a")], "k")
    assert [row["ref"] for row in ledger.handset()] == ["a"]
    assert [found.ref for found in carrier.inquiry(["a", "b"])] == ["a"]


def test_without_dedup_or_after_the_key_died_it_sends_twice(make: Make) -> None:
    """The negative control: the oracle does notice doubles."""
    carrier, ledger = make(dedup=False)
    carrier.send([message("a")], "k")
    carrier.send([message("a")], "k")
    assert len(ledger.handset()) == 2


def test_busy_is_surely_not_taken(make: Make) -> None:
    carrier, ledger = make(busy=1000)
    with pytest.raises(BusyError):
        carrier.send([message("a")], "k")
    assert ledger.handset() == []


def test_a_500_before_taking_is_unknown_too(make: Make) -> None:
    carrier, ledger = make(fail_before=1000)
    with pytest.raises(UnavailableError):
        carrier.send([message("a")], "k")
    assert ledger.handset() == []


def test_a_key_for_other_content_is_refused(make: Make) -> None:
    carrier, ledger = make()
    carrier.send([message("a")], "k")
    with pytest.raises(ConflictError):
        carrier.send([message("b")], "k")
    assert len(ledger.handset()) == 1


def test_rcs_unreachable_is_reported_and_not_on_the_phone(make: Make) -> None:
    carrier, ledger = make(no_rcs=("01011112222",))
    assert carrier.send([message("a")], "k")[0].accepted
    assert [r.delivered for r in carrier.reports("").reports] == [False]
    assert ledger.handset() == []


def test_repeated_lost_and_wrong_reports(make: Make) -> None:
    carrier, _ = make(repeat_reports=1000, wrong_reports=1000)
    carrier.send([message("a")], "k")
    assert [r.ref for r in carrier.reports("").reports] == [
        "a",
        "a",
        "nobody-sent-this",
    ]
    silent, _ = make(lose_reports=1000)
    silent.send([message("a")], "k")
    assert silent.reports("").reports == ()


def test_a_dead_relay_took_nothing() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    def hang(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    for handler, error in ((refuse, BusyError), (hang, UnavailableError)):
        client = httpx.Client(
            transport=httpx.MockTransport(handler), base_url="http://relay"
        )
        with pytest.raises(error):
            HttpCarrier(Network.KT, client, FixedClock(AT)).send([message("a")], "k")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"results": [{}]}', b"\xff"])
def test_an_unreadable_answer_is_unknown(body: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    client = httpx.Client(transport=transport, base_url="http://relay")
    with pytest.raises(UnavailableError):
        HttpCarrier(Network.KT, client, FixedClock(AT)).send([message("a")], "k")


def test_too_many_or_none_are_malformed(make: Make) -> None:
    carrier, _ = make()
    for batch in ([], [message(str(n)) for n in range(201)]):
        with pytest.raises(InputError):
            carrier.send(batch, "k")


def test_the_ledger_cannot_be_rewritten(make: Make) -> None:
    carrier, ledger = make()
    carrier.send([message("a")], "k")
    for line in ("UPDATE taken SET number='0'", "DELETE FROM report"):
        with pytest.raises(Exception, match="append-only"):
            ledger._db.execute(line)


def test_unknown_faults_are_refused() -> None:
    assert read_faults("") == Faults()
    assert read_faults('{"no_rcs": ["1"]}') == Faults(no_rcs=("1",))
    with pytest.raises(ValueError, match="unknown faults"):
        read_faults('{"explode": 1}')
