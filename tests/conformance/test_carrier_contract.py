"""What every carrier behind our contract must do; run on the simulator's process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import httpx
import pytest

from paperless_kernel.adapters.carrier import HttpCarrier
from paperless_kernel.adapters.handset import Handset
from paperless_kernel.adapters.processes import Child
from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.errors import (
    BusyError,
    ConflictError,
    InputError,
    NotFoundError,
)
from paperless_kernel.notice.model import Channel, Message, Network

pytestmark = [pytest.mark.enable_socket]
SIMULATOR = "paperless_kernel.adapters.carrier_simulator"
AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    ledger = tmp_path_factory.mktemp("carrier") / "handsets.db"
    with Child(SIMULATOR, ("--ledger", str(ledger), "--demo")) as running:
        yield running


def connect(url: str, network: Network, *, demo: bool = True) -> HttpCarrier:
    client = httpx.Client(base_url=url, timeout=5)
    return HttpCarrier(network, client, FixedClock(AT), demo=demo)


@pytest.fixture
def carrier(
    process: Child,
) -> Iterator[HttpCarrier]:
    made = connect(process.url, Network.SKT)
    yield made
    made.close()


def messages(name: str, count: int, to: str = "01011112222") -> list[Message]:
    return [
        Message(
            ref=f"{name}-{n}",
            to=to,
            channel=Channel.MMS,
            sender="021112222",
            title="안내",
            text="본문 http://127.0.0.1/n/abc",
        )
        for n in range(count)
    ]


def test_each_message_gets_an_answer_with_its_ref(carrier: HttpCarrier) -> None:
    batch = messages("each", 200)
    answers = carrier.send(batch, "each")
    assert [a.ref for a in answers] == [m.ref for m in batch]
    assert all(a.accepted and a.carrier_id for a in answers)
    assert len({a.carrier_id for a in answers}) == 200
    assert all(a.at >= AT for a in answers)


def test_the_same_key_sends_once_and_answers_alike(
    carrier: HttpCarrier, process: Child
) -> None:
    batch = messages("once", 3, "01022223333")
    first = carrier.send(batch, "once")
    assert carrier.send(batch, "once") == first
    assert len(Handset(process.url, "01022223333").messages()) == 3


def test_the_same_key_with_another_batch_is_refused(carrier: HttpCarrier) -> None:
    carrier.send(messages("kept", 2), "kept")
    with pytest.raises(ConflictError):
        carrier.send(messages("kept", 1), "kept")


def test_more_than_the_limit_is_refused_whole(carrier: HttpCarrier) -> None:
    with pytest.raises(InputError):
        carrier.send(messages("many", 201), "many")
    assert carrier.inquiry(["many-0"]) == ()


def test_a_number_that_is_none_is_refused_alone(carrier: HttpCarrier) -> None:
    good, bad = messages("good", 1), messages("bad", 1, "12")
    assert [a.accepted for a in carrier.send(good + bad, "mixed")] == [True, False]


def test_reports_come_by_cursor_and_repeat_until_asked_further(
    carrier: HttpCarrier,
) -> None:
    carrier.send(messages("report", 2), "report")
    first = carrier.reports("")
    assert carrier.reports("").reports[:1] == first.reports[:1]
    carrier.ack(first.cursor)
    later = carrier.reports(first.cursor)
    assert not {r.id for r in later.reports} & {r.id for r in first.reports}
    assert {r.ref for r in first.reports} >= {"report-0", "report-1"}


def test_inquiry_leaves_out_what_was_never_taken(carrier: HttpCarrier) -> None:
    carrier.send(messages("asked", 1), "asked")
    assert [a.ref for a in carrier.inquiry(["asked-0", "never"])] == ["asked-0"]


def test_what_reached_a_handset_cannot_be_cancelled(carrier: HttpCarrier) -> None:
    carrier.send(messages("late", 1), "late")
    assert carrier.cancel(["late-0", "never"]) == ()


def test_networks_do_not_see_each_other(carrier: HttpCarrier, process: Child) -> None:
    carrier.send(messages("mine", 1), "mine")
    other = connect(process.url, Network.KT)
    assert other.inquiry(["mine-0"]) == ()
    other.close()


def test_a_phone_shows_its_newest_link_and_code(
    carrier: HttpCarrier, process: Child
) -> None:
    phone = Handset(process.url, "01077778888")
    with pytest.raises(NotFoundError):
        phone.link()
    carrier.send(messages("phone", 1, "01077778888"), "phone")
    assert phone.link() == "http://127.0.0.1/n/abc"


def test_it_says_so_outside_a_demo(
    process: Child, caplog: pytest.LogCaptureFixture
) -> None:
    real = connect(process.url, Network.KT, demo=False)
    assert caplog.text == ""
    for name in ("first", "second"):
        real.send(messages(name, 1), name)
    real.close()
    assert caplog.text.count("CARRIER SIMULATOR IN USE for KT") == 1


def test_it_is_quiet_in_a_demo(
    carrier: HttpCarrier, caplog: pytest.LogCaptureFixture
) -> None:
    carrier.send(messages("quiet", 1), "quiet")
    assert caplog.text == ""


def test_where_nothing_answers_nothing_was_taken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    nobody = connect("http://127.0.0.1:9", Network.KT, demo=False)
    with pytest.raises(BusyError):
        nobody.send(messages("nobody", 1), "nobody")
    nobody.close()
    assert "SIMULATOR" not in caplog.text
