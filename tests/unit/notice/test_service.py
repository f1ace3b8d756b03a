from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from paperless_kernel.base.clock import KST
from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.notice.model import (
    Channel,
    FactKind,
    Line,
    Network,
    Reason,
    Recipient,
    State,
)

KT, SKT = "01011112222", "01033334444"
KT_LINE = Line(number=KT, network=Network.KT)
SKT_LINE = Line(number=SKT, network=Network.SKT)
Build = Callable[..., Any]


def test_kt_before_skt_at_once_inside_the_window(world: Any) -> None:
    world.set_lines(1, SKT_LINE, KT_LINE)
    campaign = world.approved(1)
    done = world.notices.dispatch_due(world.machine)
    assert (done.sent, done.waiting, done.unknown) == (1, 0, 0)
    status = world.one(campaign)
    assert status.state is State.ACCEPTED
    assert status.sent_to == "KT ***-****-2222"
    assert [v.network for v in status.verdicts] == [Network.KT, Network.SKT]
    (message,) = world.ledger.handset()
    assert message["number"] == KT
    assert "http://127.0.0.1:8765/n/" in message["text"]
    assert world.notices.collect_reports(world.machine) == 1
    assert world.one(campaign).state is State.DELIVERED
    assert world.tags().count("notice:notice:accepted") == 1


def test_the_line_of_today_counts_not_the_one_on_the_list(world: Any) -> None:
    world.set_lines(1, SKT_LINE)
    listed = replace(
        world.draft([1]).recipients[0], listed_number=SKT, listed_network="SKT"
    )
    campaign = world.approved(1, recipients=(listed,))
    world.set_lines(1, Line(number="01099990000", network=Network.LGU))
    world.notices.dispatch_due(world.machine)
    status = world.one(campaign)
    assert status.listed == "SKT ***-****-4444"
    assert status.sent_to == "LG U+ ***-****-0000"
    assert [m["number"] for m in world.ledger.handset()] == ["01099990000"]


def test_an_skt_mvno_gets_a_letter_instead(world: Any) -> None:
    world.set_lines(1, replace(SKT_LINE, mvno=True))
    campaign = world.approved(1)
    done = world.notices.dispatch_due(world.machine)
    assert (done.sent, done.ineligible) == (0, 1)
    status = world.one(campaign)
    assert (status.state, status.reason) == (State.INELIGIBLE, Reason.SKT_MVNO)
    assert world.ledger.handset() == []
    with pytest.raises(NotFoundError):
        world.notices.letter(world.stranger, status.id)
    assert world.notices.letters(world.stranger) == ()
    (letter,) = world.notices.letters(world.sender)
    assert letter.pdf.startswith(b"%PDF-")
    assert world.notices.letters(world.sender) == ()
    assert world.notices.letter(world.sender, status.id) == letter
    assert world.one(campaign).state is State.PRINTED


def test_a_letter_for_somebody_who_can_be_reached_is_refused(world: Any) -> None:
    world.set_lines(1, KT_LINE)
    campaign = world.approved(1)
    world.notices.dispatch_due(world.machine)
    with pytest.raises(NotAllowedError):
        world.notices.letter(world.sender, world.one(campaign).id)


def test_nothing_goes_before_a_second_person_approves(world: Any) -> None:
    world.set_lines(1, KT_LINE)
    made = world.notices.create_campaign(world.both, world.draft([1]), key="c")
    assert world.notices.dispatch_due(world.machine).sent == 0
    with pytest.raises(NotAllowedError, match="second person"):
        world.notices.approve(world.both, made.id)
    with pytest.raises(NotAllowedError):
        world.notices.approve(world.sender, made.id)
    approved = world.notices.approve(world.approver, made.id)
    assert world.notices.approve(world.approver, made.id) == approved
    assert world.tags().count("notice:campaign:approved") == 1
    assert world.notices.dispatch_due(world.machine).sent == 1


def test_outside_the_window_nothing_is_asked_and_nothing_goes(world: Any) -> None:
    campaign = world.approved(1)
    world.lines_path.unlink()  # a question would fail
    world.clock.move_to(dt.datetime(2026, 11, 23, 18, 0, tzinfo=KST))
    done = world.notices.dispatch_due(world.machine)
    assert (done.sent, done.waiting) == (0, 1)
    assert done.next_open == dt.datetime(2026, 11, 24, 10, tzinfo=KST)
    assert world.one(campaign).state is State.WAITING
    world.set_lines(1, KT_LINE)
    world.clock.move_to(done.next_open)
    assert world.notices.dispatch_due(world.machine).sent == 1


def test_after_the_last_claim_rcs_waits_for_the_next_day(world: Any) -> None:
    world.approved(1)
    world.lines_path.unlink()  # a question would fail: lines are asked when it goes
    world.clock.move_to(dt.datetime(2026, 11, 23, 17, 57, tzinfo=KST))
    done = world.notices.dispatch_due(world.machine)
    assert (done.sent, done.waiting) == (0, 1)
    assert done.next_open == dt.datetime(2026, 11, 24, 10, tzinfo=KST)
    world.set_lines(1, KT_LINE)
    world.clock.move_to(done.next_open)
    assert world.notices.dispatch_due(world.machine).sent == 1


def test_a_repeat_is_the_first_and_another_content_is_refused(world: Any) -> None:
    draft = world.draft([1])
    first = world.notices.create_campaign(world.sender, draft, key="c")
    assert world.notices.create_campaign(world.sender, draft, key="c") == first
    assert len(world.notices.statuses(world.sender, first.id)) == 1
    with pytest.raises(ConflictError):
        world.notices.create_campaign(
            world.sender, replace(draft, title="다른 안내"), key="c"
        )
    assert world.notices.numbers().campaigns == 1


def test_who_may_look_and_at_what(world: Any) -> None:
    campaign = world.approved(1)
    status = world.one(campaign)
    office = Actor(id="desk", roles=frozenset({Role.CALL_DESK}))
    for who in (world.sender, world.approver, world.machine, office):
        assert [each.id for each in world.notices.campaigns(who)] == [campaign]
        assert world.notices.campaign(who, campaign).id == campaign
        assert world.notices.statuses(who, campaign) == (status,)
        assert world.notices.status(who, status.id) == status


def test_another_customer_s_notices_are_not_there(world: Any) -> None:
    campaign = world.approved(1)
    notice = world.one(campaign).id
    assert world.notices.campaigns(world.stranger) == ()
    for look in (world.notices.campaign, world.notices.statuses):
        with pytest.raises(NotFoundError):
            look(world.stranger, campaign)
        with pytest.raises(NotFoundError):
            look(world.sender, "2.25.404")
    with pytest.raises(NotFoundError):
        world.notices.status(world.stranger, notice)
    boss = Actor(id="b", roles=frozenset({Role.NOTICE_APPROVER}), tenant="t-two")
    with pytest.raises(NotFoundError):
        world.notices.approve(boss, campaign)


def test_who_has_nothing_to_do_with_notices_sees_none(world: Any) -> None:
    campaign = world.approved(1)
    notice = world.one(campaign).id
    courier = Actor(id="c", roles=frozenset({Role.COURIER}))
    with pytest.raises(NotAllowedError):
        world.notices.campaigns(courier)
    for look, what in (
        (world.notices.campaign, campaign),
        (world.notices.statuses, campaign),
        (world.notices.status, notice),
    ):
        with pytest.raises(NotAllowedError):
            look(courier, what)


def test_wrong_input_changes_nothing(world: Any) -> None:
    good = world.draft([1])
    one: Recipient = good.recipients[0]
    for wrong in (
        replace(good, recipients=()),
        replace(good, recipients=(one, one)),
        replace(good, recipients=(replace(one, ci="abc"),)),
        replace(good, template="no places"),
        replace(good, deadline=world.clock.now() - dt.timedelta(days=1)),
        replace(good, deadline=world.clock.now() + dt.timedelta(days=900)),
        replace(good, recipients=(replace(one, listed_number="12"),)),
    ):
        with pytest.raises(InputError):
            world.notices.create_campaign(world.sender, wrong, key="c")
    missing = replace(good, recipients=(replace(one, document="none"),))
    with pytest.raises(NotFoundError):
        world.notices.create_campaign(world.sender, missing, key="c")
    assert world.tags() == []
    assert world.notices.dispatch_due(world.machine).sent == 0


def test_only_those_who_may(world: Any) -> None:
    with pytest.raises(NotAllowedError):
        world.notices.create_campaign(world.approver, world.draft([1]), key="c")
    with pytest.raises(NotAllowedError):
        world.notices.create_campaign(world.stranger, world.draft([1]), key="c")
    for act in ("dispatch_due", "recover", "collect_reports"):
        with pytest.raises(NotAllowedError):
            getattr(world.notices, act)(world.sender)


def test_what_rcs_cannot_reach_goes_by_mms_in_the_window(build: Build) -> None:
    world = build(no_rcs=(KT,))
    world.set_lines(1, KT_LINE)
    campaign = world.approved(1)
    assert world.notices.dispatch_due(world.machine).sent == 1
    assert world.ledger.handset() == []
    world.clock.move_to(dt.datetime(2026, 11, 23, 19, 0, tzinfo=KST))
    done = world.notices.dispatch_due(world.machine)
    assert (done.sent, done.waiting) == (0, 1)
    assert world.one(campaign).state is State.UNDELIVERED
    world.clock.move_to(done.next_open)
    assert world.notices.dispatch_due(world.machine).sent == 1
    assert world.notices.dispatch_due(world.machine).sent == 0
    status = world.one(campaign)
    assert [a.channel for a in status.attempts] == [Channel.RCS, Channel.MMS]
    assert status.state is State.DELIVERED
    assert [m["channel"] for m in world.ledger.handset()] == ["MMS"]
    assert world.tags().count("notice:notice:accepted") == 1
    assert world.tags().count("notice:attempt:accepted") == 1


@pytest.mark.parametrize("faults", [{"drop_after": 1000}, {"fail_before": 1000}])
def test_an_unknown_outcome_is_kept_and_settled(
    build: Build, faults: dict[str, int]
) -> None:
    world = build(lose_reports=1000, **faults)
    world.set_lines(1, KT_LINE)
    campaign = world.approved(1)
    done = world.notices.dispatch_due(world.machine)
    assert (done.sent, done.unknown) == (0, 1)
    assert world.one(campaign).state is State.UNKNOWN
    # While the lease runs nobody touches it.
    assert world.notices.recover(world.machine) == 0
    world.ledger.faults = replace(world.ledger.faults, drop_after=0, fail_before=0)
    world.clock.advance(dt.timedelta(seconds=31))
    assert world.notices.recover(world.machine) == 1
    status = world.one(campaign)
    assert status.state is State.ACCEPTED
    assert len(world.ledger.handset()) == 1
    how = [f.detail["how"] for f in status.facts if f.kind is FactKind.ACCEPTED]
    assert how == ["inquiry" if "drop_after" in faults else "answer"]


def test_a_receipt_settles_a_lost_answer(build: Build) -> None:
    world = build(drop_after=1000)
    world.set_lines(1, KT_LINE)
    campaign = world.approved(1)
    world.notices.dispatch_due(world.machine)
    assert world.notices.collect_reports(world.machine) == 1
    assert world.one(campaign).state is State.DELIVERED
    assert world.notices.recover(world.machine, alone=True) == 1
    assert world.notices.dispatch_due(world.machine).unknown == 0


def test_busy_is_given_back_and_goes_later_under_the_same_key(build: Build) -> None:
    world = build(busy=1000)
    world.set_lines(1, KT_LINE)
    campaign = world.approved(1)
    assert world.notices.dispatch_due(world.machine).sent == 0
    assert world.one(campaign).state is State.HANDED
    world.ledger.faults = replace(world.ledger.faults, busy=0)
    world.clock.advance(dt.timedelta(seconds=1))
    world.notices.dispatch_due(world.machine)
    assert world.one(campaign).state is State.DELIVERED
    assert len(world.one(campaign).attempts) == 1
    assert len(world.ledger.handset()) == 1


def test_repeated_and_wrong_reports_do_no_harm(build: Build) -> None:
    world = build(repeat_reports=1000, wrong_reports=1000)
    world.set_lines(1, KT_LINE)
    campaign = world.approved(1)
    world.notices.dispatch_due(world.machine)
    world.notices.collect_reports(world.machine)
    assert world.notices.collect_reports(world.machine) == 0
    kinds = [fact.kind for fact in world.one(campaign).facts]
    assert kinds.count(FactKind.DELIVERED) == 1


def test_numbers_add_up(world: Any) -> None:
    world.set_lines(1, KT_LINE)
    world.set_lines(2, replace(SKT_LINE, mvno=True))
    world.approved(1, 2, 3)
    assert world.notices.numbers().waiting == 3
    world.notices.dispatch_due(world.machine)
    world.notices.collect_reports(world.machine)
    numbers = world.notices.numbers()
    assert (numbers.notices, numbers.sent, numbers.delivered) == (3, 1, 1)
    assert (numbers.ineligible, numbers.waiting, numbers.unknown) == (2, 0, 0)
    assert numbers.by_network == {"KT": 1}
    assert numbers.by_reason == {"skt-mvno": 1, "no-line": 1}


def test_no_ci_and_no_number_in_the_journal_or_in_plain_rows(world: Any) -> None:
    world.set_lines(1, KT_LINE)
    world.approved(1)
    world.notices.dispatch_due(world.machine)
    secret = world.draft([1]).recipients[0].ci.encode()
    for journal in (world.journal, world.access):
        for entry in journal.entries():
            for private in (secret, KT.encode(), "홍길동".encode()):
                assert private not in entry.raw
    with world.db.begin() as tx:
        tx.exec_driver_sql("SELECT 1")
    world.db.close()
    for file in world.db.path.parent.glob("notice.db*"):
        data = file.read_bytes()
        assert secret not in data
        assert KT.encode() not in data


def test_each_opening_of_a_ci_is_journaled(world: Any) -> None:
    world.set_lines(1, KT_LINE)
    world.approved(1)
    world.notices.dispatch_due(world.machine)
    opened = list(world.access.entries(tag="access:key:opened"))
    assert [entry.body["purpose"].split()[0] for entry in opened] == ["route"]


def test_two_hundred_and_one_make_two_batches(world: Any) -> None:
    people = {
        person: Line(number=f"0101000{person:04d}", network=Network.KT)
        for person in range(201)
    }
    world.people = {
        world.draft([person]).recipients[0].ci: [line]
        for person, line in people.items()
    }
    world.set_lines(0, people[0])
    campaign = world.approved(*people)
    assert world.notices.dispatch_due(world.machine).sent == 201
    assert len({m["number"] for m in world.ledger.handset()}) == 201
    assert world.tags().count("notice:batch:committed") == 2
    assert len(world.notices.statuses(world.sender, campaign)) == 201
