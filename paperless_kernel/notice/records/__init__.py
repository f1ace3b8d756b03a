"""Rows of the notice business and what they mean; knows SQL, decides nothing."""

from __future__ import annotations

from paperless_kernel.notice.records.tables import metadata

__all__ = ["metadata"]
