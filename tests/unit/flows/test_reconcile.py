"""What the vault holds and billing counted, as a scan's numbers are held against it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.base.errors import NotAllowedError
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.flows.reconcile import outside_of

_SPEC = importlib.util.spec_from_file_location(
    "usage_rooms", Path(__file__).parent / "test_usage.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_ROOMS = sys.modules["usage_rooms"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_ROOMS)
rooms, MACHINE = _ROOMS.rooms, _ROOMS.MACHINE


def asked(rooms: Any, actor: Actor) -> Any:
    return outside_of(actor, vault=rooms.journals["vault"], billing=rooms.billing)


def test_receipts_name_the_bytes_held_and_bills_the_sides_counted(rooms: Any) -> None:
    rooms.write(
        "vault:package:deposited",
        "p-1",
        bytes="9",
        documents=[{"id": "v-1", "sha256": "f00d"}, {"id": "v-2", "sha256": "beef"}],
    )
    for document, sides, service in (("d-1", 3, "trusted"), ("d-2", 1, "plain")):
        rooms.write(
            "scan:document:sealed", document, sides=sides, service=service, batch="b"
        )
    before = asked(rooms, MACHINE)
    assert before.billed == {}
    rooms.collect()
    outside = asked(rooms, MACHINE)
    assert outside.billed == {"d-1": 3, "d-2": 1}
    (entry,) = rooms.journals["vault"].entries()
    assert outside.held == {entry.id: frozenset({"f00d", "beef"})}


def test_only_who_may_rate_is_told(rooms: Any) -> None:
    nobody = Actor(id="n", roles=frozenset({Role.SCAN_MANAGER}))
    with pytest.raises(NotAllowedError):
        asked(rooms, nobody)
