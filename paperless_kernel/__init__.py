"""Paperless Kernel: trusted scanning, a provable vault, certified notices, exact bills.

This file knows only the few names meant for notebooks and loads each on first use,
so that importing a rule module never loads a database or a font.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paperless_kernel.base.errors import PaperlessError
    from paperless_kernel.config import Settings
    from paperless_kernel.office import Office, open_office
    from paperless_kernel.trust.verify import Report, inspect

__version__ = "0.1.0"
__all__ = [
    "Office",
    "PaperlessError",
    "Report",
    "Settings",
    "inspect",
    "open_office",
]

_HOME = {
    "Office": "paperless_kernel.office",
    "PaperlessError": "paperless_kernel.base.errors",
    "Report": "paperless_kernel.trust.verify",
    "Settings": "paperless_kernel.config",
    "inspect": "paperless_kernel.trust.verify",
    "open_office": "paperless_kernel.office",
}


def __getattr__(name: str) -> object:
    """Load one public name when it is first asked for (PEP 562)."""
    try:
        module = _HOME[name]
    except KeyError:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg) from None
    return getattr(import_module(module), name)
