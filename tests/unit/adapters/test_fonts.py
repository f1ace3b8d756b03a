from __future__ import annotations

from pathlib import Path

import pytest

from paperless_kernel.adapters import fonts as module
from paperless_kernel.adapters.fonts import BOLD, REGULAR, FontFiles, office_fonts
from paperless_kernel.base.errors import InputError, UnavailableError


def ink(weight: int) -> int:
    mask = office_fonts().face(64, weight).getmask("전자문서")
    return sum(bytes(mask))


def test_the_installed_font_is_found_and_named() -> None:
    fonts = office_fonts()

    assert fonts.korean.is_file()
    assert fonts.face(20).getname()[0] == module.FAMILY
    assert fonts.folder == fonts.korean.parent


def test_regular_is_not_thin_and_bold_is_heavier() -> None:
    assert ink(100) * 2 < ink(REGULAR) < ink(BOLD)


def test_a_face_is_the_weight_asked_for_whatever_was_opened_before() -> None:
    before = ink(REGULAR)
    ink(BOLD)

    assert ink(REGULAR) == before


@pytest.mark.parametrize("sign", "한글뷁₩·①漢字「」※○→％")
def test_signs_an_office_writes_are_in_the_font(sign: str) -> None:
    face = office_fonts().face(40)

    assert bytes(face.getmask(sign)) != bytes(face.getmask("\ue000"))


@pytest.mark.parametrize(("size", "weight"), [(0, 400), (10, 99), (10, 901)])
def test_a_face_outside_the_font_is_refused(size: int, weight: int) -> None:
    with pytest.raises(InputError, match="does not exist"):
        office_fonts().face(size, weight)


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "font.ttf"
    file.write_bytes(b"not a font")

    with pytest.raises(UnavailableError, match="reinstall"):
        FontFiles(korean=file).face(10)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WHEEL", "no_such_wheel")

    with pytest.raises(UnavailableError, match="justmytype-intl-cjk"):
        office_fonts()
