"""Where the rows about a box say otherwise than the workshop's signed journal.

Reads both and compares what an answer about paper stands on; decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from paperless_kernel.base.events import Json
from paperless_kernel.scan.boxes import Box
from paperless_kernel.scan.model import Batch, BatchState
from paperless_kernel.scan.orders.model import Order
from paperless_kernel.scan.tags import (
    BATCH_SEALED,
    BOX_OPENED,
    BOX_RECEIVED,
    ORDER_PLACED,
)
from paperless_kernel.scan.workshop import Parts


def otherwise(
    parts: Parts,
    box: Box,
    order: Order | None,
    batches: Sequence[Batch],
    documents: Sequence[Row[Any]],
) -> tuple[str, ...]:
    """Return what rows say of a box and the journal does not, in sentences.

    Args:
        parts: the workshop's parts.
        box: as its row says.
        order: its work order, as its row says.
        batches: of the box.
        documents: rows of the box's documents that are not set aside.
    """
    held = Counter(row.batch for row in documents)
    facts: list[tuple[str, str, str, Json]] = [
        (BATCH_SEALED, one.id, "documents", held[one.id])
        for one in batches
        if one.state in {BatchState.SEALED, BatchState.ERASED}
    ]
    if order is not None:
        facts.append((BOX_RECEIVED, box.id, "order", order.id))
        if order.demo_paper:
            facts.append((ORDER_PLACED, order.id, "demo_paper", True))
    if box.counted is not None:
        facts.append((BOX_OPENED, box.id, "counted", box.counted))
    return tuple(
        f"the journal does not say of {subject} that its {name} is {said}"
        for tag, subject, name, said in facts
        if not any(
            entry.body.get(name) == said
            for entry in parts.journal.entries(tag=tag, subject=subject)
        )
    )
