"""The public web application: routes, headers, errors as pages.

Knows which answers every response carries. Starts nothing; the office serves it.
"""

from __future__ import annotations

import logging

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paperless_kernel.base.errors import PaperlessError
from paperless_kernel.notice.service import Notices
from paperless_kernel.web.courier import CSP, PREFIX, CourierPages, Couriers
from paperless_kernel.web.public import ReaderPages

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""On every response: links are secrets and pages are private."""
_HSTS = "max-age=31536000"


class PrivateHeaders:
    """ASGI middleware that sets `HEADERS` on every response."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its response."""

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if scope["path"].startswith(PREFIX):
                    headers["Content-Security-Policy"] = CSP
                if self._secure:
                    headers["Strict-Transport-Security"] = _HSTS
            await send(message)

        await self._app(scope, receive, send_with)


def create_app(
    notices: Notices,
    *,
    couriers: Couriers,
    secure: bool = False,
    trial: bool = True,
    workshop_trial: bool = True,
) -> ASGIApp:
    """Build the public application.

    Args:
        notices: the notice service.
        couriers: the workshop, for the pages of those who carry boxes.
        secure: pages are reached over HTTPS (a proxy ends TLS).
        trial: say on every page of recipients that this office is a trial.
        workshop_trial: the same on the couriers' pages.
    """
    pages = ReaderPages(notices.reading, secure=secure, trial=trial)
    carrying = CourierPages(couriers, trial=workshop_trial)

    def carries(request: Request) -> bool:
        return str(request.scope["path"]).startswith(PREFIX)

    async def failed(request: Request, error: Exception) -> Response:
        if not isinstance(error, PaperlessError):
            raise error
        if error.http_status >= 500:  # noqa: PLR2004 - the server's own failures
            # One line: our own errors say what happened; a trace adds nothing.
            log.error("a page failed (%s): %s", error.code, error)
        if carries(request):
            return carrying.failed(request, error)
        return pages.failed(request, error)

    async def unreadable(request: Request, _error: Exception) -> Response:
        if carries(request):
            return carrying.unreadable(request)
        return pages.unreadable(request)

    async def broken(request: Request, _error: Exception) -> Response:
        if carries(request):
            return carrying.broken(request)
        return pages.broken(request)  # the server logs the error itself

    app = Starlette(
        routes=[*pages.routes(), *carrying.routes()],
        exception_handlers={
            PaperlessError: failed,
            400: unreadable,
            Exception: broken,
        },
    )
    # Around the whole application: Starlette answers what nobody caught outside of its
    # own middleware.
    return PrivateHeaders(app, secure=secure)
