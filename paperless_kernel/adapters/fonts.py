"""The Korean font everything we set or draw uses, found in its installed wheel.

Knows where Noto Sans KR (OFL) lies and how to open it at a weight. The file is a
variable font whose default instance is Thin; typst picks the weight by itself, Pillow
must be told, and both are here so that nobody draws Thin by accident.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL.ImageFont import FreeTypeFont, Layout, truetype

from paperless_kernel.base.errors import InputError, UnavailableError

FAMILY = "Noto Sans KR"
REGULAR = 400
BOLD = 700
_WHEEL = "justmytype_intl_cjk"
_FILE = Path("fonts", "ofl", "notosanskr", "NotoSansKR[wght].ttf")


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFiles:
    """Where the office's font is.

    Attributes:
        korean: the variable TrueType file of Noto Sans KR, weights 100 to 900.
    """

    korean: Path

    @property
    def folder(self) -> Path:
        """The folder a typesetter or a static-file server is pointed to."""
        return self.korean.parent

    def face(self, size: int, weight: int = REGULAR) -> FreeTypeFont:
        """Open the font for drawing.

        Args:
            size: em size in pixels, at least 1.
            weight: 100 (Thin) to 900 (Black).

        Raises:
            InputError: the size or the weight is out of range.
            UnavailableError: the file cannot be read as a font.
        """
        if size < 1 or not 100 <= weight <= 900:  # noqa: PLR2004 - the font's own axis
            raise InputError(
                f"a face of {size} px at weight {weight} does not exist; ask for at "
                "least 1 px and a weight from 100 to 900"
            )
        return _face(self.korean, size, weight)


def office_fonts() -> FontFiles:
    """Find the font in the installed package ``justmytype-intl-cjk``.

    Raises:
        UnavailableError: the package or the file in it is missing.
    """
    spec = find_spec(_WHEEL)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(place, _FILE)
        if file.is_file():
            return FontFiles(korean=file)
    raise UnavailableError(
        f"the Korean font {_FILE.name} is not installed; "
        "install the package justmytype-intl-cjk"
    )


@lru_cache(maxsize=64)
def _face(file: Path, size: int, weight: int) -> FreeTypeFont:
    try:
        # The basic layout needs no shaping library, so every machine draws the same.
        face = truetype(file, size, layout_engine=Layout.BASIC)
        face.set_variation_by_axes([weight])
    except OSError as err:
        raise UnavailableError(
            f"{file} cannot be used as a variable font ({err}); "
            "reinstall justmytype-intl-cjk"
        ) from err
    return face
