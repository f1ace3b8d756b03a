"""Checked documents in memory while they are being read, one per session.

So that showing a page opens the vault no second time. Bounded in count and bytes; what
does not fit, or lay too long, is fetched again. Knows no link and no rule.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from threading import Lock

from paperless_kernel.notice.pages import PageImage
from paperless_kernel.notice.visits import ReadDocument

_MOST = 64
_BYTES = 128 << 20


@dataclass(frozen=True, slots=True)
class _Lying:
    until: dt.datetime
    document: ReadDocument
    size: int


class Shelf:
    """Documents of live sessions, the least recently read given up first."""

    def __init__(self, *, most: int = _MOST, size: int = _BYTES) -> None:
        """Take the bounds.

        Args:
            most: how many sessions' documents.
            size: bytes of files and pictures together.
        """
        self._most = most
        self._size = size
        self._lying: dict[bytes, _Lying] = {}  # in order of use
        self._lock = Lock()

    def get(self, session: bytes, now: dt.datetime) -> ReadDocument | None:
        """Return a session's document, unless it was given up."""
        with self._lock:
            self._drop_old(now)
            found = self._lying.pop(session, None)
            if found is None:
                return None
            self._lying[session] = found
            return found.document

    def put(
        self, session: bytes, document: ReadDocument, *, until: dt.datetime
    ) -> None:
        """Lay a session's document down until the session ends; not a huge one."""
        size = len(document.pdf) + sum(len(page.jpeg) for page in document.pages)
        if size > self._size:
            return
        with self._lock:
            self._lying.pop(session, None)
            self._lying[session] = _Lying(until, document, size)
            while len(self._lying) > self._most or self._held() > self._size:
                del self._lying[next(iter(self._lying))]

    def pages(self, sha256: str) -> tuple[PageImage, ...] | None:
        """Return the pictures of a document another session reads."""
        with self._lock:
            for each in self._lying.values():
                if each.document.sha256 == sha256:
                    return each.document.pages
        return None

    def _held(self) -> int:
        return sum(each.size for each in self._lying.values())

    def _drop_old(self, now: dt.datetime) -> None:
        old = [session for session, each in self._lying.items() if each.until <= now]
        for session in old:
            del self._lying[session]
