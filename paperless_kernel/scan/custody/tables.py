"""Tables of custody; knows columns, reads and writes nothing.

A box's place is no column: it is the last row of ``movement``, so that a box cannot
stand in two places.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from paperless_kernel.scan.tables import metadata

transport = Table(
    "transport",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("vehicle", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("second", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("left_at", Text, nullable=False),
    Column("checked_by", Text, nullable=False),
    Column("arrived_at", Text, nullable=False),
)
load = Table(
    "transport_box",
    metadata,
    Column("transport", Text, ForeignKey("transport.id"), primary_key=True),
    Column("box", Text, ForeignKey("box.id"), primary_key=True),
    Column("found", Text, nullable=False),
)
movement = Table(
    "movement",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("box", Text, ForeignKey("box.id"), nullable=False, index=True),
    Column("place", Text, nullable=False),
    Column("bin", Text, nullable=False),
    Column("transport", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
)
proof = Table(
    "custody_proof",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("key_box", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
)
preparation = Table(
    "preparation",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("box", Text, ForeignKey("box.id"), nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("sorted", Boolean, nullable=False),
    Column("unclipped", Boolean, nullable=False),
    Column("banded", Boolean, nullable=False),
)
shelf = Table(
    "bin",
    metadata,
    Column("id", Text, primary_key=True),
    Column("entered_at", Text, nullable=False),
)
request = Table(
    "fetch_request",
    metadata,
    Column("id", Text, primary_key=True),
    Column("box", Text, ForeignKey("box.id"), nullable=False),
    Column("tenant", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("fetched_at", Text, nullable=False),
)
# One open wish a box: asking twice for one box is one way out of the warehouse.
Index(
    "one_open_request",
    request.c.box,
    unique=True,
    sqlite_where=text("fetched_at = ''"),
)
