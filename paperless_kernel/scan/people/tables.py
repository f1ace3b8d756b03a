"""Tables of people, devices and registered rules; knows columns, does nothing."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, Table, Text, UniqueConstraint

from paperless_kernel.scan.tables import metadata

appointment = Table(
    "appointment",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("person", Text, nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("id_checked_on", Text, nullable=False),
    Column("pledge_signed_on", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("registered_at", Text, nullable=False),
    Column("ended_on", Text, nullable=False),
)
course = Table(
    "course",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("on", Text, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("official", Boolean, nullable=False),
)
regulation = Table(
    "regulation",
    metadata,
    Column("number", Text, primary_key=True),
    Column("workshop", Text, nullable=False, index=True),
    Column("registered_on", Text, nullable=False),
    Column("effective_from", Text, nullable=False),
    Column("revises", Text, nullable=False),
    Column("body", Text, nullable=False),
)
device = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),
    Column("model", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("registered_at", Text, nullable=False),
    Column("retired_on", Text, nullable=False),
)
device_test = Table(
    "device_test",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("device", Text, nullable=False, index=True),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("measured", Text, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("page", Text, nullable=False),
    Column("note", Text, nullable=False),
)
workshop_check = Table(
    "workshop_check",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("workshop", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("on", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("items", Text, nullable=False),
    Column("papers_until", Text, nullable=False),
)
inspected = Table(
    "inspected",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("inspector", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sheets", Integer, nullable=False),
    UniqueConstraint("inspector", "day", "n"),
)
