"""The workbench's server: Voila by itself, with our own doors; never an extension.

Knows tornado, Voila's settings and who may enter. As a Jupyter server extension Voila
lets a page run any code (measured), so it is not offered that way.
"""

from __future__ import annotations

import errno
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.utils import url_path_join
from jupyterlab_server.themes_handler import ThemesHandler
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.web import StaticFileHandler
from traitlets import Any as AnyTrait
from traitlets.config import Config
from voila.app import Voila
from voila.static_file_handler import MultiStaticFileHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from paperless_kernel.base.clock import SystemClock
from paperless_kernel.base.errors import BusyError, InputError
from paperless_kernel.workbench.guard import (
    ALLOWED_EXTENSIONS,
    IDENTITY_HEADERS,
    SECURITY_HEADERS,
    Owners,
)
from paperless_kernel.workbench.handlers import (
    TEMPLATE,
    EndKernelHandler,
    Entrance,
    KernelGuard,
    PageHandler,
    RequestTeller,
    TemplateFiles,
)
from paperless_kernel.workbench.login import (
    Identity,
    LoginHandler,
    LogoutHandler,
    People,
    Tries,
)
from paperless_kernel.workbench.places import HERE

_KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
_MAX_MESSAGE = 100 * 2**20
"""Bytes in one websocket message: an upload over tornado's 10 MB fails in silence."""
_IDLE_SECONDS = 1800
_PING_TIMEOUT = 30_000
"""Milliseconds, as long as Jupyter's ping interval: tornado grumbles at more."""


class Workbench(Voila):  # type: ignore[misc]
    """Voila with sign-in, roles per page and owners of kernels."""

    name = "voila"  # handlers look the application up under this name
    people = AnyTrait()
    sockets = AnyTrait()
    on_ready = AnyTrait()

    def init_settings(self) -> dict[str, Any]:
        """Put our identity and owners where Jupyter's handlers look for them."""
        settings: dict[str, Any] = super().init_settings()
        self.owners = Owners()
        self.identity_provider.people = self.people
        self.identity_provider.tries = Tries(SystemClock())
        self.identity_provider.login_handler_class = LoginHandler
        self.identity_provider.logout_handler_class = LogoutHandler
        self.authorizer.owners = self.owners
        # Read when tornado's application is made; ``tornado_settings`` come too late.
        return settings | {"compress_response": True}

    def init_handlers(self) -> list[Any]:
        """List every address that answers; what is not listed does not exist."""
        pages = {
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
            "owners": self.owners,
        }
        kernel = rf"/api/kernels/{_KERNEL}"
        listed: list[tuple[Any, ...]] = [
            (r"/", Entrance),
            (r"/login", LoginHandler),
            (r"/logout", LogoutHandler),
            (r"/voila/render/(.*)", PageHandler, pages),
            (kernel, KernelHandler),
            (rf"{kernel}/channels", VoilaKernelWebsocketHandler),
            (
                rf"/voila/api/shutdown/{_KERNEL}",
                EndKernelHandler,
                {"owners": self.owners},
            ),
            (rf"/voila/query/{_KERNEL}", RequestTeller),
            (r"/pk/static/(.*)", StaticFileHandler, {"path": str(HERE / "static")}),
            (r"/voila/templates/(.*)", TemplateFiles),
            (r"/voila/static/(.*)", MultiStaticFileHandler, self._statics()),
            (r"/voila/api/themes/(.*)", ThemesHandler, self._themes()),
            (r"/voila/labextensions/(.*)", FileFindHandler, self._extensions()),
        ]
        return [(url_path_join(self.base_url, row[0]), *row[1:]) for row in listed]

    def listen(self) -> None:
        """Serve on the sockets that were bound before any kernel was started."""
        server = HTTPServer(self.app)
        server.add_sockets(self.sockets)
        self.ioloop = IOLoop.current()
        self.ioloop.add_callback(self.on_ready, self.connection_url)
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            self.log.info("stopping")
        finally:
            self.stop()

    def _statics(self) -> dict[str, Any]:
        return {"paths": self.static_paths, "default_filename": "index.html"}

    def _extensions(self) -> dict[str, Any]:
        return {"path": self.labextensions_path, "no_cache_paths": ["/"]}

    def _themes(self) -> dict[str, Any]:
        return {
            "themes_url": "/voila/api/themes",
            "path": self.themes_dir,
            "labextensions_path": self.labextensions_path,
            "no_cache_paths": ["/"],
        }


def serve(
    *,
    dashboards: Path,
    people: People,
    secret: bytes,
    host: str = "127.0.0.1",
    port: int = 8866,
    on_ready: Callable[[str], None],
) -> None:
    """Serve the workbench until it is stopped by Ctrl-C or SIGTERM.

    Must run in the main thread. Kernels inherit the environment, so ``PAPERLESS_HOME``
    must be set; a passphrase in it is not handed on.

    Args:
        dashboards: folder of the pages; every notebook in it is kept warm.
        people: who may sign in.
        secret: signs cookies; see `login.cookie_secret`.
        host: address to listen on; a proxy that ends TLS stands before any other
            than the loopback.
        port: 0 takes a free one.
        on_ready: called once with the address when pages can be asked for.

    Raises:
        BusyError: the port is taken.
        InputError: the address is not this machine's, or the port needs more rights.
    """
    sockets = bind(host, port)
    for name in tuple(os.environ):
        if name.startswith("PAPERLESS_PASSPHRASE"):
            del os.environ[name]
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # a user's stale extensions break pages
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        part for part in (str(HERE / "share"), os.environ.get("JUPYTER_PATH")) if part
    )
    app = Workbench(
        config=voila_config(dashboards, secret),
        people=people,
        sockets=sockets,
        on_ready=on_ready,
        ip=host,
        port=sockets[0].getsockname()[1],
        config_file_paths=[],  # a voila.py in the working folder must not be run
    )
    app.log.setLevel(logging.ERROR)  # refusals are logged by our own handlers
    for name in ("tornado.access", "traitlets"):  # every 401 and 404, twice
        logging.getLogger(name).setLevel(logging.ERROR)
    app.initialize([])
    app.start()


def bind(host: str, port: int) -> list[socket.socket]:
    """Take the port before anything is started; see `serve` for what is raised."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BusyError(
                f"port {port} on {host} is taken by another program; stop it or "
                "choose another port"
            ) from error
        raise InputError(
            f"cannot listen on {host}:{port} ({error.strerror}); choose an address of "
            "this machine and a port from 1024"
        ) from error
    taken.settimeout(0)
    return [taken]


def voila_config(dashboards: Path, secret: bytes) -> Config:
    """Return Voila's settings; each line closes a hole or saves a second (measured)."""
    config = Config()
    config.Voila.root_dir = str(dashboards)
    config.Voila.open_browser = False
    config.Voila.token = ""
    config.Voila.cookie_secret = secret
    config.Voila.identity_provider_class = Identity
    config.Voila.authorizer_class = KernelGuard
    config.Voila.tornado_settings = {
        "headers": dict(SECURITY_HEADERS),
        "xsrf_cookies": True,
        "websocket_max_message_size": _MAX_MESSAGE,
        "ws_ping_timeout": _PING_TIMEOUT,
    }
    config.VoilaConfiguration.template = TEMPLATE
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.allow_theme_override = "NO"
    config.VoilaConfiguration.file_allowlist = []
    config.VoilaConfiguration.http_header_envs = list(IDENTITY_HEADERS)
    config.VoilaConfiguration.extension_allowlist = list(ALLOWED_EXTENSIONS)
    config.VoilaConfiguration.preheat_kernel = True
    config.VoilaConfiguration.default_pool_size = 1
    config.VoilaConfiguration.strip_sources = True
    config.VoilaExporter.language_code = "ko"
    config.KernelManager.transport = "ipc"  # TCP would let any local user listen
    config.MappingKernelManager.cull_idle_timeout = _IDLE_SECONDS
    config.MappingKernelManager.cull_interval = 60
    config.MappingKernelManager.cull_connected = False
    config.MappingKernelManager.buffer_offline_messages = False
    return config
