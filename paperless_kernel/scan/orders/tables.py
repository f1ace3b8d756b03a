"""Tables of orders, contracts and workshops; knows columns, no rows."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text, UniqueConstraint

from paperless_kernel.scan.tables import metadata

contract = Table(
    "contract",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("since", Text, nullable=False),
    Column("until", Text, nullable=False),
    Column("consignor", Text, nullable=False, server_default=""),
    Column("consignee", Text, nullable=False, server_default=""),
    Column("tasks", Text, nullable=False, server_default="carry scan store destroy"),
)
workshop = Table(
    "workshop",
    metadata,
    Column("id", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("registration", Text, nullable=False),
    Column("registered_on", Text, nullable=False),
)
work_order = Table(
    "work_order",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("contract", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("workshop", Text, nullable=False),
    Column("lossless", Boolean, nullable=False),
    Column("demo_paper", Boolean, nullable=False),
    Column("placed_at", Text, nullable=False),
    UniqueConstraint("tenant", "number"),
)
