"""Tables of orders and contracts; knows columns, reads and writes nothing."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from paperless_kernel.scan.tables import metadata

contract = Table(
    "contract",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("since", Text, nullable=False),
    Column("until", Text, nullable=False),
)
