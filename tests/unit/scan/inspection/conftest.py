"""A closed batch to index and inspect, with codes on its pages where asked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.documents import ScanDocument

SMALL = (620, 877)
LOAN = {
    "loan-number": "123-45-678901",
    "branch": "001",
    "agreed-on": "2026-11-20",
    "amount": "1,000,000",
}


@dataclass
class IndexDesk:
    """Batches of one-page documents, and people to work on them."""

    world: Any
    draw: Any

    def page(self, seed: int, code: str = "", **how: Any) -> bytes:
        """A page; with a Code 128 at the top where a code is given."""
        drawn = self.draw.drawn(seed, SMALL)
        if code:
            made = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128)
            bars = np.array(zxingcpp.write_barcode_to_image(made, scale=2))[:80]
            drawn[10 : 10 + bars.shape[0], 40 : 40 + bars.shape[1]] = bars
        return bytes(self.draw.encoded(drawn, **{"dpi": 204} | how))

    def closed(self, pages: Sequence[bytes], **more: Any) -> tuple[ScanDocument, ...]:
        """A closed batch with a document a page."""
        made = self.world.captured(pages, every=1, **more)
        self.world.scan.close_batch(self.world.author, made[0].batch)
        found = self.world.scan.documents(self.world.author, made[0].batch)
        return tuple(found)

    def closed_plain(self, count: int, **more: Any) -> tuple[ScanDocument, ...]:
        """A closed batch of so many documents."""
        return self.closed([self.page(n) for n in range(1, count + 1)], **more)

    def loan(self, who: Actor, document: str, **changed: str) -> ScanDocument:
        """Index a document of the class that wants two people."""
        fields = LOAN | {name.replace("_", "-"): v for name, v in changed.items()}
        made: ScanDocument = self.world.scan.index(
            who, document, title="여신거래약정서", kind="여신거래약정서", fields=fields
        )
        return made

    def plain(self, document: str, title: str = "계약서 1") -> ScanDocument:
        """Index a document of a class without required fields."""
        made: ScanDocument = self.world.scan.index(
            self.world.author, document, title=title, kind="계약서"
        )
        return made

    def sampled(self) -> None:
        """Have the workshop's rules state sampled inspection."""
        values = self.world.regulation["values"]
        self.world.regulation = self.world.regulation | {
            "values": values
            | {"inspection": "sample", "sampling_level": "II", "sampling_aql": "6.5"}
        }

    def person(self, name: str, role: Role) -> Actor:
        """Register one more person."""
        scan, manager = self.world.scan, self.world.manager
        day = self.world.clock.now().date().replace(month=1, day=5)
        scan.appoint(
            manager,
            key=f"staff-{name}",
            role=role,
            person=name,
            id_checked_on=day,
            pledge_signed_on=day,
            since=day,
        )
        scan.educate(
            manager,
            key=f"course-{name}",
            persons=(name,),
            course="전자화관계자 교육",
            on=day,
            hours=12,
            official=True,
        )
        return Actor(id=name, roles=frozenset({role}))


@pytest.fixture
def desk(world: Any, draw: Any) -> IndexDesk:
    return IndexDesk(world=world, draw=draw)


@pytest.fixture
def opened_picture() -> Any:
    """Open picture bytes."""
    return lambda data: Image.open(io.BytesIO(data))
