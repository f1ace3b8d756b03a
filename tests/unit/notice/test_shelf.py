from __future__ import annotations

import datetime as dt

from paperless_kernel.notice.pages import PageImage
from paperless_kernel.notice.shelf import Shelf
from paperless_kernel.notice.visits import ReadDocument

NOW = dt.datetime(2026, 11, 23, 5, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(minutes=10)


def paper(name: str, size: int = 10) -> ReadDocument:
    page = PageImage(jpeg=bytes(size), width=1, height=1, text="")
    return ReadDocument(title=name, pdf=bytes(size), sha256=name, pages=(page,))


def test_it_gives_back_until_the_session_ends() -> None:
    shelf, one = Shelf(), paper("one")
    shelf.put(b"s1", one, until=LATER)
    assert shelf.get(b"s1", NOW) is one
    assert shelf.get(b"s2", NOW) is None
    assert shelf.pages("one") == one.pages
    assert shelf.get(b"s1", LATER) is None
    assert shelf.pages("one") is None


def test_the_least_recently_read_goes_first() -> None:
    shelf = Shelf(most=2)
    for name in ("a", "b"):
        shelf.put(name.encode(), paper(name), until=LATER)
    assert shelf.get(b"a", NOW)
    shelf.put(b"c", paper("c"), until=LATER)
    kept = [name for name in "abc" if shelf.get(name.encode(), NOW)]
    assert kept == ["a", "c"]


def test_bytes_are_bounded_and_a_huge_one_pushes_nobody_out() -> None:
    shelf = Shelf(size=100)
    for name in ("a", "b", "c"):
        shelf.put(name.encode(), paper(name, 20), until=LATER)
    shelf.put(b"huge", paper("huge", 60), until=LATER)
    kept = [name for name in ("a", "b", "c", "huge") if shelf.get(name.encode(), NOW)]
    assert kept == ["b", "c"]
