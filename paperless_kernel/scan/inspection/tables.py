"""Tables of index and inspection; knows columns, reads and writes nothing.

What people typed and what OCR read lie here under the batch's key only.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from paperless_kernel.scan.tables import metadata

index_entry = Table(
    "index_entry",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("document", Text, ForeignKey("document.id"), nullable=False, index=True),
    Column("person", Text, nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("differing", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""What each of two people entered, until their entries are one index."""
sample = Table(
    "sample",
    metadata,
    Column("batch", Text, ForeignKey("batch.id"), primary_key=True),
    Column("regulation", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("aql", Text, nullable=False),
    Column("letter", Text, nullable=False),
    Column("lot", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("accept", Integer, nullable=False),
    Column("seed", Text, nullable=False),
    Column("drawn", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("defects", Integer, nullable=False),
    Column("at", Text, nullable=False),
)
content_check = Table(
    "content_check",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("batch", Text, ForeignKey("batch.id"), nullable=False, index=True),
    Column("document", Text, ForeignKey("document.id"), nullable=False, index=True),
    Column("page", Text, nullable=False),
    Column("inspector", Text, nullable=False),
    Column("sheets", Integer, nullable=False),
    Column("by_sample", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""Each content inspection (내용검사): passed, or the reason of its defect."""
reading = Table(
    "reading",
    metadata,
    Column("page", Text, ForeignKey("page.id"), primary_key=True),
    Column("batch", Text, ForeignKey("batch.id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("words", Integer, nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("claimed_until", Text, nullable=False),
    Column("tries", Integer, nullable=False),
)
"""Pages OCR is to read, and what it read, hidden."""
