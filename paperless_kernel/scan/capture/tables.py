"""Tables of capture; knows columns, reads and writes nothing."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from paperless_kernel.scan.tables import metadata

draft = Table(
    "batch_draft",
    metadata,
    Column("key", Text, primary_key=True),
    Column("object", Text, nullable=False),
)
"""Batches being started: the object that will hold the key, by idempotency key."""
