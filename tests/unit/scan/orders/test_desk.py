from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.model import Process, Service, ServiceModel
from paperless_kernel.scan.orders import tables
from paperless_kernel.scan.orders.model import Contract, Task
from paperless_kernel.scan.orders.records import order_of

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def recorded(world: Any, **more: Any) -> Contract:
    values = {
        "tenant": "t-one",
        "number": "처리위탁-7",
        "since": FIRST,
        "until": LAST,
        "consignor": "하나상사",
        "consignee": "작업장",
    }
    contract: Contract = world.scan.record_contract(world.manager, **values | more)
    return contract


def placed(world: Any, **more: Any) -> Any:
    values = {"key": "o", "tenant": "t-one", "number": "1", "contract": "처리위탁-7"}
    return world.scan.place_order(world.manager, **values | more)


def test_a_contract_has_parties_scope_and_term(world: Any) -> None:
    made = recorded(world, tasks=[Task.SCAN, Task.CARRY])
    assert made.tasks == (Task.CARRY, Task.SCAN)
    assert recorded(world, tasks=[Task.SCAN, Task.CARRY]) == made
    assert world.scan.contracts(world.manager, "t-one") == (made,)
    assert world.tags() == ["scan:contract:recorded"]
    (entry,) = world.journal.entries(tag="scan:contract:recorded")
    assert entry.body["tasks"] == ["carry", "scan"]
    assert "하나상사" not in str(entry.body)


@pytest.mark.parametrize(
    "more",
    [
        {"since": LAST, "until": FIRST},
        {"number": " "},
        {"consignor": ""},
        {"consignee": ""},
        {"tasks": []},
        {"tenant": ""},
    ],
)
def test_a_contract_that_lacks_something_is_refused(
    world: Any, more: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        recorded(world, **more)
    assert world.tags() == []


def test_a_contract_does_not_change(world: Any) -> None:
    recorded(world)
    for more in (
        {"until": dt.date(2026, 6, 30)},
        {"tasks": [Task.SCAN]},
        {"consignor": "다른상사"},
    ):
        with pytest.raises(ConflictError):
            recorded(world, **more)


def test_a_contract_of_an_older_office_is_completed_once(world: Any) -> None:
    recorded(world)
    with world.db.begin() as tx:  # as an office of the first version wrote it
        tx.execute(update(tables.contract).values(consignor="", consignee=""))
    with pytest.raises(NotAllowedError, match="names no parties"):
        placed(world)
    with pytest.raises(ConflictError):
        recorded(world, until=dt.date(2027, 6, 30))
    recorded(world)
    assert placed(world).contract == "처리위탁-7"


def test_an_order_is_placed_once(world: Any) -> None:
    recorded(world)
    made = placed(world, service=Service.PLAIN, lossless=True)
    assert placed(world, service=Service.PLAIN, lossless=True) == made
    assert (made.model, made.process) == (ServiceModel.DELEGATED, Process.CENTRAL)
    assert world.scan.order(world.manager, made.id) == made
    assert world.scan.orders(world.manager, "t-one") == (made,)
    assert world.scan.orders(world.manager, "t-two") == ()
    assert world.tags().count("scan:order:placed") == 1
    with pytest.raises(ConflictError):
        placed(world, service=Service.TRUSTED)
    with pytest.raises(ConflictError, match="placed before"):
        placed(world, key="o-2")
    with pytest.raises(NotFoundError, match="제40조"):
        world.scan.order(world.manager, "2.25.0")


def test_an_order_stands_under_a_contract_in_force(world: Any) -> None:
    with pytest.raises(NotFoundError, match="처리위탁"):
        placed(world)
    recorded(world, tasks=[Task.STORE])
    with pytest.raises(NotAllowedError, match="not scan"):
        placed(world)
    recorded(world, number="8")
    with pytest.raises(InputError):
        placed(world, contract="8", number="")
    world.clock.move_to(dt.datetime(2026, 12, 31, 15, 0, tzinfo=dt.UTC))
    with pytest.raises(NotAllowedError, match="2027-01-01"):
        placed(world, contract="8")


def test_in_whose_name_is_a_workshop_that_fits_the_model(world: Any) -> None:
    recorded(world)
    shop = world.scan.enter_workshop(
        world.manager, id="bank-1", holder="하나은행", model=ServiceModel.BUILT
    )
    assert world.scan.workshops(world.manager) == (shop,)
    order = placed(world, model=ServiceModel.BUILT, workshop="bank-1")
    assert order.workshop == "bank-1"
    with pytest.raises(InputError, match="name it"):
        placed(world, key="2", number="2", model=ServiceModel.BUILT)
    with pytest.raises(InputError, match="name a workshop that fits"):
        placed(
            world,
            key="3",
            number="3",
            model=ServiceModel.SUBSCRIBED,
            workshop="bank-1",
        )
    with pytest.raises(NotFoundError, match="bank-2"):
        placed(world, key="4", number="4", workshop="bank-2")


def test_a_workshop_is_registered_later_and_then_stands(world: Any) -> None:
    values: dict[str, Any] = {
        "id": "bank-1",
        "holder": "하나은행",
        "model": ServiceModel.BUILT,
    }
    enter = world.scan.enter_workshop
    enter(world.manager, **values)
    day = dt.date(2026, 3, 2)
    for _ in range(2):
        shop = enter(
            world.manager, **values, registration="제2026-3호", registered_on=day
        )
    assert world.scan.workshops(world.manager) == (shop,)
    entries = list(world.journal.entries(tag="scan:workshop:entered"))
    assert [entry.body["registration"] for entry in entries] == ["", "제2026-3호"]
    assert "하나은행" not in str([entry.body for entry in entries])
    with pytest.raises(ConflictError):
        enter(world.manager, **values | {"holder": "다른은행"})
    with pytest.raises(ConflictError):
        enter(world.manager, **values)
    with pytest.raises(InputError, match="number and a day"):
        enter(world.manager, **values, registration="제2026-3호")
    with pytest.raises(InputError):
        enter(world.manager, **values | {"holder": ""})
    with pytest.raises(NotAllowedError):
        enter(world.courier, **values)


def test_the_order_says_which_service_a_batch_is(world: Any) -> None:
    batch = world.started(2, service=Service.PLAIN)
    assert batch.service is Service.PLAIN
    with world.db.read() as tx:
        order = order_of(tx, batch.box)
    assert order is not None
    assert order.service is Service.PLAIN


def test_another_customers_order_takes_no_box(world: Any) -> None:
    order = world.agreed()
    with pytest.raises(InputError, match="not the customer's"):
        world.scan.receive_box(
            world.courier, key="r", tenant="t-two", seal="S-1", sheets=1, order=order.id
        )


def test_a_key_stands_for_one_order(world: Any) -> None:
    world.opened(2)
    other = world.agreed(lossless=True)
    with pytest.raises(ConflictError, match="used before"):
        world.scan.receive_box(
            world.courier,
            key="r-S-1",
            tenant="t-one",
            seal="S-1",
            sheets=2,
            order=other.id,
        )


def test_only_the_manager_orders(world: Any) -> None:
    recorded(world)
    for actor in (world.courier, world.author, world.inspector):
        with pytest.raises(NotAllowedError):
            world.scan.place_order(
                actor, key="o", tenant="t-one", number="1", contract="처리위탁-7"
            )
        with pytest.raises(NotAllowedError):
            world.scan.record_contract(
                actor,
                tenant="t-one",
                number="9",
                since=FIRST,
                until=LAST,
                consignor="a",
                consignee="b",
            )
    assert world.scan.orders(world.courier) == ()
    with pytest.raises(NotAllowedError):
        world.scan.contracts(world.courier, "t-one")
    customer = Actor(id="c", roles=frozenset({Role.CUSTOMER_USER}), tenant="t-one")
    with pytest.raises(NotAllowedError):
        world.scan.orders(customer)
