"""Every table of the workshop in one place, for migrations and for new offices.

Each topic keeps its own ``tables``; importing this module knows them all.
"""

from __future__ import annotations

from paperless_kernel.scan.orders import tables as orders
from paperless_kernel.scan.people import tables as people
from paperless_kernel.scan.tables import metadata as _metadata

metadata = _metadata
"""Every table of the scan database; the office makes and migrates them."""

TOPICS = (orders, people)
"""The topics' tables, named so that importing them is no accident."""
