"""The workbench: pages for operators in Voila, and parts for notebooks.

Knows widgets, frames and browsers; the rules are below it. Importing it first keeps a
slow grammar out of every server and kernel (see the comment).
"""

from __future__ import annotations

import sys

# jsonschema imports rfc3987_syntax, which builds grammars for 2-3 s at import; no
# schema Jupyter checks needs it (jupyter_server#1559, jsonschema#1521).
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
