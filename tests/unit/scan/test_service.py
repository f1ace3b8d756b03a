from __future__ import annotations

from collections import defaultdict

from paperless_kernel.scan.service import Scan


def test_no_two_desks_use_one_name() -> None:
    """A name given twice would let one desk call another's method."""
    owners = defaultdict(set)
    for desk in Scan.__mro__[:-1]:
        for name in vars(desk):
            if not name.startswith("__"):
                owners[name].add(desk.__name__)
    assert {name: who for name, who in owners.items() if len(who) > 1} == {}
