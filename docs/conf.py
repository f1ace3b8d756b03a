"""How the documentation is built: Sphinx with MyST, offline."""

from __future__ import annotations

project = "Paperless Kernel"
author = "The Paperless Kernel authors"
copyright = "2026, the Paperless Kernel authors"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "A records office you can check"}
myst_heading_anchors = 3
