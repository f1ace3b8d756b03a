"""Who may open which page and kernel, and the headers every answer carries.

Pure: roles, header values and kernel ids in, a verdict out. A page that is not named
here opens for nobody. What may be *done* is decided again in the services.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from paperless_kernel.base.ids import Actor, Role

_STAFF = frozenset(Role) - {
    Role.COURIER,
    Role.CUSTOMER_ADMIN,
    Role.CUSTOMER_USER,
    Role.EXAMINER,
    Role.MACHINE,
}

DASHBOARDS: Mapping[str, frozenset[Role]] = {"home.ipynb": _STAFF}
"""Page to the roles that may open it; all for the office's own people."""

IDENTITY_HEADERS = ("X-Pk-User", "X-Pk-Name", "X-Pk-Roles")

ALLOWED_EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
)
"""What the browser loads: widgets and our own parts; all others cost megabytes."""

SECURITY_HEADERS: Mapping[str, str] = {
    # Widgets need eval and blob: modules; nothing may come from or go to another host.
    "Content-Security-Policy": (
        "default-src 'none'; "
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; "
        "font-src 'self' data:; "
        "connect-src 'self' ws: wss:; "
        "worker-src 'self' blob:; "
        "form-action 'self'; "
        "base-uri 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def may_open(actor: Actor | None, path: str) -> bool:
    """Tell whether somebody may open a page; a customer's people never may."""
    if actor is None or actor.tenant:
        return False
    return not actor.roles.isdisjoint(DASHBOARDS.get(path, frozenset()))


def identity_headers(actor: Actor) -> dict[str, str]:
    """Return the headers that tell the kernel who came; names are percent-encoded."""
    return {
        "X-Pk-User": actor.id,
        "X-Pk-Name": quote(actor.name),
        "X-Pk-Roles": ",".join(sorted(actor.roles)),
    }


class Owners:
    """Which user owns which kernel: whose page was rendered by it, until it ends."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    def claim(self, kernel: str, user: str) -> None:
        """Let ``user`` own a kernel nobody owns yet; an owned one keeps its owner."""
        self._owners.setdefault(kernel, user)

    def is_owner(self, kernel: str, user: str) -> bool:
        """Tell whether the kernel rendered a page for ``user``."""
        return self._owners.get(kernel) == user

    def forget(self, kernel: str) -> None:
        """Drop a kernel that ended."""
        self._owners.pop(kernel, None)
