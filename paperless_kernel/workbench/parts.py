"""Widgets of our own: the part of a page that lives in the browser.

Knows what is synced to the browser, and nothing secret is. Knows no office.
"""

from __future__ import annotations

from anywidget import AnyWidget
from traitlets import Unicode

from paperless_kernel.workbench.places import HERE


class Page(AnyWidget):
    """A whole page written by Python as HTML.

    The browser sends ``{"act": "refresh"}`` and ``{"act": "language", "lang": ...}``;
    both are wishes, checked where they are read.
    """

    _esm = (HERE / "static" / "page.js").read_text(encoding="utf-8")
    html = Unicode("").tag(sync=True)
    lang = Unicode("ko").tag(sync=True)
    title = Unicode("").tag(sync=True)
