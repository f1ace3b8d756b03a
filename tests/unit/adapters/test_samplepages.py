from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from io import BytesIO
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.sampleforms import separator_image
from paperless_kernel.adapters.samplepages import (
    RESCANS,
    TRUTH_FILE,
    Defect,
    SamplePage,
    _passes,
    make_pages,
    write_folder,
)
from paperless_kernel.adapters.samplerecipe import PageKind, Recipe, load_recipes
from paperless_kernel.base.errors import InputError, NotFoundError, StorageError
from paperless_kernel.scan.capture.separators import separator_text

MADE = "견본 · 자동 생성"


@pytest.fixture(scope="module")
def recipes(repository: Path) -> dict[str, Recipe]:
    return load_recipes(repository / "data" / "samples")


@pytest.fixture(scope="module")
def small(recipes: dict[str, Recipe]) -> tuple[SamplePage, ...]:
    return tuple(make_pages(recipes["office-small"], office_fonts()))


def grey(page: SamplePage) -> NDArray[np.uint8]:
    found = cv2.imdecode(np.frombuffer(page.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    return np.asarray(found, np.uint8)


def edges(page: SamplePage) -> float:
    half = cv2.resize(grey(page), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(half, cv2.CV_64F).var())


def test_the_small_recipe_is_six_pages_and_a_rescan(
    small: tuple[SamplePage, ...],
) -> None:
    assert [page.name for page in small] == [
        "page-001.jpg",
        "page-002.jpg",
        "page-003.jpg",
        "page-004.jpg",
        "page-005.jpg",
        "rescan/page-005.jpg",
        "page-006.jpg",
    ]
    assert Counter(page.truth.defect for page in small) == {
        Defect.NONE: 5,
        Defect.BLANK: 1,
        Defect.BLUR: 1,
    }
    assert small[5].truth.rescan_of == small[4].name


def test_every_page_is_a_colour_scan_of_a4_at_300_dpi(
    small: tuple[SamplePage, ...],
) -> None:
    for page in small:
        with Image.open(BytesIO(page.data)) as image:
            assert (image.format, image.mode) == ("JPEG", "RGB")
            assert image.size == (2480, 3508)
            assert image.info["dpi"] == (300, 300)


def test_the_same_recipe_gives_the_same_bytes(
    recipes: dict[str, Recipe], small: tuple[SamplePage, ...]
) -> None:
    recipe = recipes["office-small"]

    assert tuple(islice(make_pages(recipe, office_fonts()), 2)) == small[:2]


def test_another_seed_gives_other_bytes(
    recipes: dict[str, Recipe], small: tuple[SamplePage, ...]
) -> None:
    recipe = replace(recipes["office-small"], seed=1)

    first = next(make_pages(recipe, office_fonts()))
    assert first.data != small[0].data
    assert first.truth.kind is small[0].truth.kind


def test_every_page_says_that_it_was_made(small: tuple[SamplePage, ...]) -> None:
    for page in small:
        foot = grey(page)[3400:3470, 1100:1380].astype(int)
        around = grey(page)[3400:3470, 300:580].astype(int)
        assert np.ptp(foot) > np.ptp(around) + 20, f"{page.name} lacks {MADE}"


def test_separators_are_read_by_a_reader_of_others_and_show_the_true_skew(
    small: tuple[SamplePage, ...],
) -> None:
    for page in small:
        codes = zxingcpp.read_barcodes(grey(page))
        if page.truth.kind is not PageKind.SEPARATOR:
            assert codes == []
            continue
        (code,) = codes
        kind = "계약서" if page.truth.document == 1 else "신청서"
        assert code.text == separator_text(kind)
        left, right = code.position.top_left, code.position.top_right
        turned = math.degrees(math.atan2(right.y - left.y, right.x - left.x))
        assert turned == pytest.approx(page.truth.skew_degrees, abs=0.2)


def test_the_blank_page_is_empty_but_for_its_footer(
    small: tuple[SamplePage, ...],
) -> None:
    for page in small:
        inner = grey(page)[200:3300, 150:-150]
        assert bool(inner.min() > 200) is (page.truth.defect is Defect.BLANK)


def test_the_blurred_page_is_blurred_and_its_rescan_is_sharp(
    small: tuple[SamplePage, ...],
) -> None:
    blurred, sharp = small[4], small[5]

    assert edges(blurred) * 10 < edges(sharp)
    assert blurred.truth == replace(sharp.truth, defect=Defect.BLUR, rescan_of="")


def test_seals_are_red_and_a_hand_signature_is_blue(
    small: tuple[SamplePage, ...],
) -> None:
    def share(page: SamplePage, strong: int) -> float:
        with Image.open(BytesIO(page.data)) as image:
            pixels = np.asarray(image)[::3, ::3].astype(int)
        others = np.delete(pixels, strong, axis=2).max(axis=2)
        return float((pixels[:, :, strong] > others + 60).mean())

    contract, application = small[1], small[5]
    assert share(contract, 0) > 5e-4 > share(application, 0)
    assert share(application, 2) > 1e-4 > share(contract, 2)


def test_the_office_recipe_holds_what_a_scanner_room_meets(
    recipes: dict[str, Recipe],
) -> None:
    recipe = recipes["office"]
    truths = {step.name: step.truth for step in _passes(recipe)}
    fed = [truth for truth in truths.values() if not truth.rescan_of]

    assert [truth.kind for truth in fed[:: recipe.sides]] == [
        PageKind.SEPARATOR, PageKind.CONTRACT,
        PageKind.SEPARATOR, PageKind.APPLICATION,
        PageKind.SEPARATOR, PageKind.SLIP, PageKind.SLIP,
        PageKind.SEPARATOR, PageKind.LETTER,
    ]  # fmt: skip
    assert [(truth.sheet, truth.side) for truth in fed] == [
        (sheet, side) for sheet in range(1, 10) for side in (1, 2)
    ]
    papers = [truth for truth in fed if truth.kind is not PageKind.SEPARATOR]
    assert sum(truth.defect is Defect.BLANK for truth in papers) == 1
    assert [truth.duplicate_of for truth in papers if truth.duplicate_of] == [
        "page-011.jpg",
        "page-012.jpg",
    ]
    blurred = [name for name, t in truths.items() if t.defect is Defect.BLUR]
    assert [f"{RESCANS}/{name}" for name in blurred] == [
        name for name, truth in truths.items() if truth.rescan_of
    ]
    assert {abs(t.skew_degrees) <= recipe.most_skew for t in fed} == {True}


def test_every_document_has_fields_to_index(recipes: dict[str, Recipe]) -> None:
    for recipe in recipes.values():
        for document in recipe.documents:
            text = "".join(
                paragraph for side in document.sides for paragraph in side.text
            )
            assert document.title
            assert len(document.fields) >= 4
            assert text


def test_a_folder_holds_the_pages_and_the_truth(
    small: tuple[SamplePage, ...], tmp_path: Path
) -> None:
    fed = write_folder(small, tmp_path / "pages")

    assert [file.name for file in fed] == [f"page-00{n}.jpg" for n in range(1, 7)]
    assert (tmp_path / "pages" / RESCANS / "page-005.jpg").read_bytes() == small[5].data
    truth = json.loads((tmp_path / "pages" / TRUTH_FILE).read_text(encoding="utf-8"))
    assert list(truth) == [page.name for page in small]
    assert truth["page-002.jpg"]["fields"]["계약번호"] == "가상-2026-0117"
    assert truth["rescan/page-005.jpg"]["rescan_of"] == "page-005.jpg"


def test_writing_again_changes_nothing(
    small: tuple[SamplePage, ...], tmp_path: Path
) -> None:
    def state() -> dict[Path, bytes]:
        return {f: f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()}

    write_folder(small, tmp_path)
    before = state()
    write_folder(small, tmp_path)

    assert state() == before
    assert len(before) == len(small) + 1


def test_a_broken_off_folder_has_no_truth_file(
    small: tuple[SamplePage, ...], tmp_path: Path
) -> None:
    class Stop(Exception):  # noqa: N818 - no error, a kill
        pass

    def broken() -> object:
        yield small[0]
        raise Stop

    with pytest.raises(Stop):
        write_folder(broken(), tmp_path)  # type: ignore[arg-type]

    assert [file.name for file in tmp_path.iterdir()] == [small[0].name]


def test_a_place_that_is_no_folder_is_a_storage_error(
    small: tuple[SamplePage, ...], tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("")

    with pytest.raises(StorageError, match="choose another folder"):
        write_folder(small, tmp_path / "taken")


def test_a_separator_is_drawn_from_its_payload() -> None:
    (code,) = zxingcpp.read_barcodes(separator_image("PK1:TEST:전표", office_fonts()))

    assert code.text == "PK1:TEST:전표"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("seed = 20131230", 'seed = "many"', "seed"),
        ("sides = 2", "sides = 3", "sides"),
        ("most_skew = 0.8", "most_scew = 0.8", "most_scew"),
        ('kind = "전표"', 'kind = "영수증"', "kind"),
        ("blurred = true", "[[documents.sides]]", "takes 2 of each sheet"),
        ("sides = 2", "sides = ", "cannot be used"),
    ],
)
def test_a_recipe_that_is_not_as_it_must_be_is_refused(
    repository: Path, tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = (repository / "data" / "samples" / "office.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "bad.toml").write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(InputError, match=words):
        load_recipes(tmp_path)


def test_a_folder_without_recipes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no recipe"):
        load_recipes(tmp_path)
