"""Every table of the workshop in one place, for migrations and for new offices.

Each topic keeps its own ``tables``; importing this module knows them all.
"""

from __future__ import annotations

from paperless_kernel.scan.capture import tables as capture
from paperless_kernel.scan.custody import links
from paperless_kernel.scan.custody import tables as custody
from paperless_kernel.scan.disposal import tables as disposal
from paperless_kernel.scan.inspection import tables as inspection
from paperless_kernel.scan.orders import tables as orders
from paperless_kernel.scan.people import tables as people
from paperless_kernel.scan.reports import tables as reports
from paperless_kernel.scan.tables import metadata as _metadata

metadata = _metadata
"""Every table of the scan database; the office makes and migrates them."""

TOPICS = (capture, custody, links, disposal, inspection, orders, people, reports)
"""The topics' tables, named so that importing them is no accident."""
