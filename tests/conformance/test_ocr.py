"""What tesseract reads on made Korean pages, and what it suggests for their index."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.ocr import find_tesseract
from paperless_kernel.adapters.samplepages import Defect, SamplePage, make_pages
from paperless_kernel.adapters.samplerecipe import PageKind, load_recipes
from paperless_kernel.scan.classes import parse_classes
from paperless_kernel.scan.inspection.suggest import ReadPage, suggest

pytestmark = [pytest.mark.outside, pytest.mark.slow]


def _first(repository: Path, kind: PageKind) -> SamplePage:
    recipe = load_recipes(repository / "data" / "samples")["office"]
    return next(
        page
        for page in make_pages(recipe, office_fonts())
        if page.truth.kind is kind and page.truth.defect is Defect.NONE
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (PageKind.CONTRACT, {"contract-date": "2026-10-19", "amount": "24200000"}),
        (
            PageKind.SLIP,
            {"slip-number": "2026-10-0457", "made-on": "2026-10-23"},
        ),
    ],
)
def test_korean_forms_suggest_their_fields(
    need: Callable[[str], str],
    repository: Path,
    kind: PageKind,
    expected: dict[str, str],
) -> None:
    need("tesseract")
    page = _first(repository, kind)
    text = (repository / "data" / "rules" / "document-classes.toml").read_text("utf-8")
    found = parse_classes(tomllib.loads(text)).of(kind.value)
    assert found is not None
    words = find_tesseract().read(page.data)
    read = ReadPage(page=page.name, position=1, words=words)
    made = suggest(found, [read], today=dt.date(2026, 11, 23))
    values = {one.code: one.value for one in made}
    assert values | expected == values
    for one in made:
        assert 0 <= one.confidence <= 100
        assert one.region.width > 0
