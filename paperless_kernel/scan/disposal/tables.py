"""Tables of disposal; knows columns, reads and writes nothing."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from paperless_kernel.scan.tables import metadata

paper_end = Table(
    "paper_end",
    metadata,
    Column("box", Text, ForeignKey("box.id"), primary_key=True),
    Column("end", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("witness", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("demo_paper", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("entry", Text, nullable=False),
)
paper_hold = Table(
    "paper_hold",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("box", Text, ForeignKey("box.id"), nullable=False, index=True),
    Column("agreed", Text, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("at", Text, nullable=False),
)
true_copy = Table(
    "true_copy",
    metadata,
    Column("box", Text, ForeignKey("box.id"), primary_key=True),
    Column("protocol", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("at", Text, nullable=False),
)
