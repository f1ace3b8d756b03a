"""The server's own answers: pages by role, kernels by owner, and shut doors.

Closes what stock Voila leaves open: pages without roles, kernels anyone may stop, the
request of a warm kernel told to anyone, lists of files.
"""

from __future__ import annotations

import ipaddress
import logging
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado.web import HTTPError, authenticated
from traitlets import Any as AnyTrait
from voila.request_info_handler import RequestInfoSocketHandler
from voila.static_file_handler import TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler

from paperless_kernel.base.ids import Actor
from paperless_kernel.workbench.guard import (
    IDENTITY_HEADERS,
    Owners,
    identity_headers,
    may_open,
)
from paperless_kernel.workbench.markup import page_html
from paperless_kernel.workbench.places import texts
from paperless_kernel.workbench.wording import Wording

_log = logging.getLogger(__name__)
HOME = "voila/render/home.ipynb"
TEMPLATE = "paperless"
"""The page template; a page cannot choose another."""


class KernelGuard(Authorizer):
    """Lets only a kernel's owner near it; refuses every other Jupyter resource."""

    owners = AnyTrait()

    def is_authorized(
        self,
        handler: Any,  # noqa: ANN401
        user: Any,  # noqa: ANN401
        action: str,
        resource: str,
    ) -> bool:
        """Tell whether the request may pass; ``action`` makes no difference."""
        kernel = handler.path_kwargs.get("kernel_id", "")
        if resource != "kernels" or not kernel or user is None:
            _log.warning("refused: %s on %s", action, resource)
            return False
        owners: Owners = self.owners
        return owners.is_owner(kernel, user.username)


class Entrance(JupyterHandler):
    """The root: goes to the home page and keeps the query (language)."""

    @authenticated
    def get(self) -> None:
        """Redirect."""
        query = f"?{self.request.query}" if self.request.query else ""
        self.redirect(f"{self.base_url}{HOME}{query}")


class OwnedKernels:
    """Jupyter's kernel manager for one visitor: each kernel it hands out is theirs.

    The owner is known before the browser is told the kernel's id, so nobody who learns
    the id can be quicker.
    """

    def __init__(self, manager: Any, owners: Owners, user: str) -> None:  # noqa: ANN401
        self._manager = manager
        self._owners = owners
        self._user = user

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        """Ask the manager itself for all else."""
        return getattr(self._manager, name)

    async def get_rendered_notebook(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401
        """Take a warm kernel: what it does, what it wrote, and its id."""
        rendered = await self._manager.get_rendered_notebook(*args, **named)
        self._owners.claim(rendered[2], self._user)
        return rendered

    async def start_kernel(self, *args: Any, **named: Any) -> str:  # noqa: ANN401
        """Start a cold kernel; return its id."""
        kernel: str = await ensure_async(self._manager.start_kernel(*args, **named))
        self._owners.claim(kernel, self._user)
        return kernel


class PageHandler(TornadoVoilaHandler):  # type: ignore[misc]
    """Opens a dashboard for the roles that may, and tells its kernel who came."""

    _kernels: OwnedKernels | None = None

    def initialize(self, owners: Owners, **kwargs: Any) -> None:  # noqa: ANN401
        """Take who owns what."""
        super().initialize(**kwargs)
        self._owners = owners

    @property
    def kernel_manager(self) -> Any:  # noqa: ANN401
        """Return where Voila takes kernels from: those of this visitor."""
        return self._kernels or super().kernel_manager

    @authenticated
    async def get(self, path: str = "") -> None:
        """Render the page, or say in words that it is not open to this visitor."""
        actor = self.identity_provider.actor(self)
        if actor is None or not may_open(actor, path):
            _log.warning("page refused: %s to %s", path, actor and actor.id)
            self._deny(actor)
            return
        _log.info("page opened: %s by %s", path, actor.id)
        for name in IDENTITY_HEADERS:
            self.request.headers.pop(name, None)
        self.request.headers.update(identity_headers(actor))
        self._kernels = OwnedKernels(super().kernel_manager, self._owners, actor.id)
        await super().get(path)

    def _deny(self, actor: Actor | None) -> None:
        self.set_status(403)
        wording = Wording(texts(), self.get_argument("lang", ""))
        self.finish(
            page_html(
                "denied",
                wording,
                title=wording("denied.title"),
                base_url=self.base_url,
                name=actor.name if actor else "",
                next="",
            )
        )


class EndKernelHandler(APIHandler):
    """Ends a kernel when its owner's page closes; another's stays."""

    def initialize(self, owners: Owners) -> None:
        """Take who owns what."""
        self._owners = owners

    @authenticated
    async def post(self, kernel_id: str) -> None:
        """End the kernel."""
        if not self._owners.is_owner(kernel_id, self.current_user.username):
            raise HTTPError(403)
        self._owners.forget(kernel_id)
        end = self.kernel_manager.shutdown_kernel(kernel_id)  # type: ignore[no-untyped-call]
        await ensure_async(end)
        self.set_status(204)
        self.finish()


class RequestTeller(RequestInfoSocketHandler):  # type: ignore[misc]
    """Tells a warm kernel its request. For kernels on this machine only.

    A kernel sends neither Origin nor cookies and comes through no proxy; a browser or a
    forwarded request does, and is refused.
    """

    async def get(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Refuse anything but a kernel of this machine."""
        headers = self.request.headers
        marks = ("Origin", "Cookie", "Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")
        if any(name in headers for name in marks) or not _is_here(
            self.request.remote_ip
        ):
            raise HTTPError(403)
        await super().get(*args, **kwargs)

    def on_close(self) -> None:
        """Drop the connection and the request told through it."""
        for kernel, waiter in tuple(self._waiters.items()):
            if waiter is self:
                del self._waiters[kernel]
                self._cache.pop(kernel, None)


class TemplateFiles(TemplateStaticFileHandler):  # type: ignore[misc]
    """Files of page templates: ``<template>/static/<file>`` and nothing else."""

    def parse_url_path(self, url_path: str) -> str:
        """Refuse what names no such file; Voila itself breaks on it."""
        if not is_template_file(url_path):
            raise HTTPError(404)
        return str(super().parse_url_path(url_path))


def is_template_file(path: str) -> bool:
    """Tell whether a path is ``paperless/static/<file>``, with no way out of it."""
    parts = path.split("/")
    odd = {"", ".", ".."} & set(parts) or "\\" in path or "\0" in path
    return not odd and parts[:2] == [TEMPLATE, "static"] and parts[2:] != []


def _is_here(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
