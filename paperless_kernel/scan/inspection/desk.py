"""The index and inspection desks together; each stands in a module beside this one."""

from __future__ import annotations

from paperless_kernel.scan.inspection.deciding import Deciding
from paperless_kernel.scan.inspection.export import Exporting
from paperless_kernel.scan.inspection.listing import Listing
from paperless_kernel.scan.inspection.sampled import Sampling


class Inspecting(Listing, Deciding, Sampling, Exporting):
    """Index input, content inspection and manual quality inspection (deck)."""
