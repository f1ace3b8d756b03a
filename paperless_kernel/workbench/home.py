"""The home page: the state of the four businesses, for any host that shows widgets.

`Home` knows no host; `page` is the one call of ``dashboards/home.ipynb`` and asks who
came. Numbers are read after the visitor came, never while the kernel is kept warm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from paperless_kernel.base.errors import (
    BusyError,
    NotFoundError,
    PaperlessError,
    StorageError,
)
from paperless_kernel.base.texts import Texts
from paperless_kernel.flows.snapshot import Snapshot
from paperless_kernel.workbench.host import visit
from paperless_kernel.workbench.markup import Trouble, Visitor, home_html
from paperless_kernel.workbench.parts import Page
from paperless_kernel.workbench.places import texts
from paperless_kernel.workbench.source import office_reader
from paperless_kernel.workbench.wording import Wording

_log = logging.getLogger(__name__)


class Home:
    """The home page as a widget (`view`) and the few things one can do with it."""

    def __init__(self, *, texts: Texts, load: Callable[[], Snapshot]) -> None:
        """Build the shell; nothing is read yet.

        Args:
            texts: key tables, Korean first.
            load: reads the office; may raise any `PaperlessError`.
        """
        self._texts = texts
        self._load = load
        self._who = Visitor()
        self._base_url = "/"
        self._shot: Snapshot | None = None
        self._trouble: Trouble | None = None
        self.view = Page(lang=texts.languages[0])
        self.view.on_msg(self._heard)
        self._draw()

    def welcome(self, *, who: Visitor, lang: str, base_url: str = "/") -> None:
        """Show the page to a visitor, in their language, with numbers read now."""
        self._who = who
        self._base_url = base_url
        self.view.lang = self._texts.language(lang)
        self._read()
        self._draw()

    def refresh(self) -> None:
        """Read the numbers again and say so."""
        self._read()
        self._draw(said="" if self._trouble else "page.refreshed")

    def speak(self, lang: str) -> None:
        """Show the page in another language; an unknown one becomes Korean."""
        self.view.lang = self._texts.language(lang)
        self._draw()

    def _read(self) -> None:
        try:
            self._shot, self._trouble = self._load(), None
        except PaperlessError as error:
            _log.warning("the office could not be read: %s", error)
            self._shot, self._trouble = None, trouble_of(error)
        except Exception:  # noqa: BLE001
            # A page is the last stop: the visitor gets words, the log the traceback.
            _log.exception("the office could not be read")
            self._shot = None
            self._trouble = Trouble(kind="other", code=PaperlessError.code)

    def _draw(self, said: str = "") -> None:
        wording = Wording(self._texts, self.view.lang)
        with self.view.hold_sync():
            self.view.title = f"{wording('page.title')} · {wording('page.product')}"
            self.view.html = home_html(
                wording,
                shot=self._shot,
                who=self._who,
                trouble=self._trouble,
                said=wording(said) if said else "",
                base_url=self._base_url,
            )

    def _heard(self, _view: object, message: object, _buffers: object) -> None:
        match message:
            case {"act": "refresh"}:
                self.refresh()
            case {"act": "language", "lang": str(lang)}:
                self.speak(lang)
            case _:
                _log.warning("the page sent a message that is not known")


def trouble_of(error: PaperlessError) -> Trouble:
    """Return the words for an error; its text stays in the log, it may name files."""
    kinds: Mapping[type[PaperlessError], str] = {
        NotFoundError: "no_office",
        BusyError: "busy",
        StorageError: "storage",
    }
    found = [kind for known, kind in kinds.items() if isinstance(error, known)]
    return Trouble(kind=found[0] if found else "other", code=error.code)


def page(load: Callable[[], Snapshot] | None = None) -> None:
    """Show the home page; the one call of ``dashboards/home.ipynb``.

    Args:
        load: reads the office; by default the one in ``PAPERLESS_HOME``.
    """
    from IPython.display import display  # noqa: PLC0415  # only where a kernel shows

    home = Home(texts=texts(), load=load or office_reader())
    display(home.view)  # type: ignore[no-untyped-call]
    now = visit()
    home.welcome(who=now.who, lang=now.lang, base_url=now.base_url)
