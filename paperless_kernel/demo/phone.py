"""A recipient with a phone: opens the link, agrees, types the code, reads.

Knows HTML forms and nothing of the office: it sees what a person would see and sends
what a person would send.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

from paperless_kernel.adapters.handset import Handset
from paperless_kernel.base.errors import UnavailableError

_AGENT = "Mozilla/5.0 (Linux; Android 15; demo phone) Mobile"
_STEPS = 12
_PAGE = re.compile(r'src="([^"]+/page/\d+\.jpg[^"]*)"')


class _Forms(HTMLParser):
    """The first form of a page: where it goes and what it already holds."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form's action and its fields."""
        named = {key: value or "" for key, value in attrs}
        if tag == "form" and self.action is None:
            self.action, self._open = named.get("action", ""), True
        elif tag == "input" and self._open:
            self.fields[named.get("name", "")] = named.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Stop at the first form's end."""
        if tag == "form":
            self._open = False


def read_notice(pages: str, handset: Handset) -> int:
    """Read the newest notice on a phone to its last page; return the pages seen.

    Args:
        pages: address of the recipients' pages.
        handset: the phone in the recipient's hand.

    Raises:
        UnavailableError: the pages did not answer as a person could follow.
    """
    link = urljoin(pages, urlsplit(handset.link()).path)
    with httpx.Client(
        follow_redirects=True, timeout=30, headers={"User-Agent": _AGENT}
    ) as browser:
        page = browser.get(link)
        for _ in range(_STEPS):
            seen = _PAGE.findall(page.text)
            if seen:
                return sum(
                    browser.get(urljoin(str(page.url), each)).is_success
                    for each in dict.fromkeys(seen)
                )
            page = _submit(browser, page, handset)
    raise UnavailableError("the reading page never showed the document; see its log.")


def _submit(
    browser: httpx.Client, page: httpx.Response, handset: Handset
) -> httpx.Response:
    form = _Forms()
    form.feed(page.text)
    if not page.is_success or form.action is None:
        raise UnavailableError(
            f"the reading page answered {page.status_code} instead of going on; what "
            "stands above says why. Put that right and run the demo again."
        )
    if "code" in form.fields:
        form.fields["code"] = handset.code()
    return browser.post(urljoin(str(page.url), form.action), data=form.fields)
