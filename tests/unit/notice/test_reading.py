from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    EvidenceError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
    UnavailableError,
)
from paperless_kernel.notice.model import FactKind, GivenDocument, Line, Network, State

KT = "01011112222"


@pytest.fixture
def sent(world: Any) -> Any:
    world.set_lines(1, Line(number=KT, network=Network.KT))
    world.campaign = world.approved(1)
    world.notices.dispatch_due(world.machine)
    world.notices.collect_reports(world.machine)
    return world


def enter(world: Any) -> tuple[str, str]:
    token = world.token(KT)
    cookie = world.notices.reading.open(token, "phone")
    world.notices.reading.consent(token, cookie, "ko")
    return token, cookie


def test_the_whole_way_to_a_read_document(sent: Any) -> None:
    reading = sent.notices.reading
    token = sent.token(KT)
    landing = reading.landing(token)
    assert (landing.name, landing.line) == ("홍*동", "***-****-2222")
    assert sent.one(sent.campaign).state is State.DELIVERED
    token, cookie = enter(sent)
    reading.confirm(token, cookie, sent.code(KT))
    assert sent.one(sent.campaign).state is State.IDENTIFIED
    with pytest.raises(NotYetError):
        reading.document(token, cookie)
    reading.read(token, cookie)
    document = reading.document(token, cookie)
    assert document.pages[0].width == 1080
    assert "자동차세" in document.pages[0].text
    status = sent.one(sent.campaign)
    assert status.state is State.READ
    detail = {fact.kind: fact.detail for fact in status.facts}
    assert detail[FactKind.IDENTIFIED]["grade"] == "possession"
    assert detail[FactKind.READ]["document_sha256"] == document.sha256
    reading.read(token, cookie)
    assert sent.tags().count("notice:notice:read") == 1
    assert sent.notices.numbers().read == 1


def test_looking_changes_nothing(sent: Any) -> None:
    before = sent.tags()
    for _ in range(3):
        sent.notices.reading.landing(sent.token(KT))
    assert sent.tags() == before


def test_a_strange_link_or_cookie_opens_nothing(sent: Any) -> None:
    reading, token = sent.notices.reading, sent.token(KT)
    for wrong in (token[:-1], token + "A", "", "../x"):
        with pytest.raises(NotFoundError):
            reading.landing(wrong)
    with pytest.raises(NotYetError):
        reading.visit(token, "0" * 64)
    with pytest.raises(NotYetError):
        reading.document(token, "")


def test_steps_cannot_be_skipped(sent: Any) -> None:
    reading, token = sent.notices.reading, sent.token(KT)
    cookie = reading.open(token, "phone")
    for step in (reading.send_code, reading.read, reading.document):
        with pytest.raises(NotYetError):
            step(token, cookie)
    with pytest.raises(NotYetError):
        reading.confirm(token, cookie, "000000")


def test_a_session_belongs_to_one_notice(sent: Any) -> None:
    sent.set_lines(2, Line(number="01055556666", network=Network.KT))
    sent.approved(2, key="c-2")
    sent.notices.dispatch_due(sent.machine)
    token, cookie = enter(sent)
    sent.notices.reading.confirm(token, cookie, sent.code(KT))
    with pytest.raises(NotYetError):
        sent.notices.reading.read(sent.token("01055556666"), cookie)


def test_five_wrong_tries_end_a_code_and_three_codes_a_day(sent: Any) -> None:
    reading = sent.notices.reading
    token, cookie = enter(sent)
    right = sent.code(KT)
    wrong = "000000" if right != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(InputError, match=f"남은 횟수 {left}"):
            reading.confirm(token, cookie, wrong)
    with pytest.raises(InputError, match="만료"):
        reading.confirm(token, cookie, right)
    reading.send_code(token, cookie)
    reading.send_code(token, cookie)
    with pytest.raises(NotAllowedError):
        reading.send_code(token, cookie)
    reading.confirm(token, cookie, sent.code(KT))


def test_only_the_newest_code_and_only_once_and_for_three_minutes(sent: Any) -> None:
    reading = sent.notices.reading
    token, cookie = enter(sent)
    first = sent.code(KT)
    sent.clock.advance(dt.timedelta(seconds=1))
    reading.send_code(token, cookie)
    second = sent.code(KT)
    if first != second:
        with pytest.raises(InputError):
            reading.confirm(token, cookie, first)
    reading.confirm(token, cookie, second)
    with pytest.raises(InputError):
        reading.confirm(token, cookie, second)
    reading.send_code(token, cookie)
    sent.clock.advance(dt.timedelta(minutes=3))
    with pytest.raises(InputError, match="만료"):
        reading.confirm(token, cookie, sent.code(KT))


def test_a_session_and_a_deadline_end(sent: Any) -> None:
    reading = sent.notices.reading
    token, cookie = enter(sent)
    sent.clock.advance(dt.timedelta(minutes=11))
    with pytest.raises(NotYetError):
        reading.visit(token, cookie)
    sent.clock.advance(dt.timedelta(days=10))
    assert reading.landing(token).expired
    with pytest.raises(NotAllowedError, match="기한"):
        reading.open(token, "phone")


def test_a_changed_document_is_not_shown_and_not_called_read(sent: Any) -> None:
    reading = sent.notices.reading
    token, cookie = enter(sent)
    reading.confirm(token, cookie, sent.code(KT))
    kept = sent.documents.kept["doc-1"]
    sent.documents.kept["doc-1"] = GivenDocument(
        data=kept.data + b" ", title=kept.title, owner=kept.owner
    )
    with pytest.raises(EvidenceError):
        reading.read(token, cookie)
    assert sent.one(sent.campaign).state is State.IDENTIFIED


def test_a_code_that_cannot_be_sent_says_so(sent: Any) -> None:
    sent.ledger.faults = type(sent.ledger.faults)(busy=1000)
    token = sent.token(KT)
    cookie = sent.notices.reading.open(token, "phone")
    with pytest.raises(UnavailableError):
        sent.notices.reading.consent(token, cookie, "en")
    sent.ledger.faults = type(sent.ledger.faults)()
    sent.notices.reading.send_code(token, cookie)
    sent.notices.reading.confirm(token, cookie, sent.code(KT))


def test_who_declines_gets_no_further_notice_of_this_sender(sent: Any) -> None:
    sent.notices.reading.decline(sent.token(KT))
    assert sent.one(sent.campaign).state is State.DECLINED
    again = sent.approved(1, key="c-2")
    sent.notices.dispatch_due(sent.machine)
    assert sent.one(again).reason == "refused"
    other = sent.draft([1], tenant="t-two")
    sent.documents.kept["doc-1"] = replace(sent.documents.kept["doc-1"], owner="t-two")
    made = sent.notices.create_campaign(sent.stranger, other, key="x")
    assert made.tenant == "t-two"


def test_nobody_sends_another_customers_document(sent: Any) -> None:
    other = sent.draft([1], tenant="t-two")
    with pytest.raises(NotFoundError, match="for you to send"):
        sent.notices.create_campaign(sent.stranger, other, key="x")


def test_codes_and_tokens_are_nowhere_in_plain(sent: Any) -> None:
    token, cookie = enter(sent)
    code = sent.code(KT)
    sent.db.close()
    data = b"".join(
        file.read_bytes() for file in sent.db.path.parent.glob("notice.db*")
    )
    for secret in (token, cookie, f"|{code}", f'"{code}"'):
        assert secret.encode() not in data


def test_a_link_is_opened_twenty_times_an_hour_and_no_more(sent: Any) -> None:
    reading, token = sent.notices.reading, sent.token(KT)
    for _ in range(20):
        reading.open(token, "phone")
    before = sent.tags()
    with pytest.raises(NotAllowedError, match="자주"):
        reading.open(token, "phone")
    assert sent.tags() == before
    sent.set_lines(2, Line(number="01055556666", network=Network.KT))
    sent.approved(2, key="c-2")
    sent.notices.dispatch_due(sent.machine)
    reading.open(sent.token("01055556666"), "phone")
    sent.clock.advance(dt.timedelta(hours=1))
    reading.open(token, "phone")
