"""Sets the office's papers with typst: values in, PDF/A bytes out, the same each time.

Knows typst, the folder of templates and how pictures and files reach them. What stands
on a paper is the template's business (``data/papers``), who asks for it the caller's.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Final, Literal

from PIL import Image, ImageDraw
from typst import Compiler, Fonts, TypstError

from paperless_kernel.adapters.fonts import FontFiles
from paperless_kernel.base.clock import KST, aware
from paperless_kernel.base.errors import InputError, StorageError
from paperless_kernel.base.events import Json
from paperless_kernel.base.typeset import Attachment
from paperless_kernel.trust.pdfstreams import with_clear_ends

_PLAIN_NAME = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
)


_NO_GLYPH: Final = re.compile(r'the text `"(.+)"` could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
_JOINERS: Final = frozenset("\u200d\ufe0e\ufe0f")
_MOST_MISSING: Final = 64
"""Different signs a paper may lack before it is refused."""


class TypstTypesetter:
    """A `Typesetter` that keeps one typst compiler and gives it one paper at a time.

    PDF/A-2b (ISO 19005-2), or PDF/A-3b (ISO 19005-3) when files are embedded. Only
    the font folder is looked at, no system font, so every machine sets the same bytes.
    A sign the font lacks, such as an emoji in a customer's title, is written as
    ``[U+1F642]``: PDF/A forbids an empty box, and a proof must not fail for it.
    """

    def __init__(self, papers: Path, fonts: Path) -> None:
        """Open the compiler.

        Args:
            papers: folder of the ``.typ`` templates, read again for each paper.
            fonts: folder of the font files.
        """
        self._papers = papers
        self._compiler = Compiler(
            font_paths=Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[str(fonts)],
            ),
            ignore_system_fonts=True,
        )
        # The compiler holds the inputs of the last paper: threads take turns.
        self._turn = Lock()

    def pdf(
        self,
        template: str,
        values: Mapping[str, Json],
        *,
        made_at: dt.datetime,
        images: Mapping[str, bytes] | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> bytes:
        """Set ``<papers>/<template>.typ``; see `base.typeset.Typesetter.pdf`.

        Args:
            template: file name without its ending.
            values: the paper's facts, JSON (no floats).
            made_at: aware; the PDF's date to the second; in templates ``made``, in KST.
            images: name (letters, digits, ``.-_``) to PNG, JPEG or SVG bytes.
            attachments: files to embed, names likewise.

        Returns:
            The PDF; equal input gives equal bytes.

        Raises:
            InputError: the template is missing or does not compile with these
                values, or a name has a sign that file names should not have.
            StorageError: there is no room for the work folder.
        """
        pictures = dict(sorted((images or {}).items()))
        # Typst writes the instant in UTC; pages need the Korean wall clock beside it.
        korean = aware(made_at).astimezone(KST).timetuple()[:6]
        inputs = {
            "values": _json(values),
            "made": _json(korean),
            "images": _json(list(pictures)),
            "attachments": _json([_facts(file) for file in attachments]),
        }
        try:
            with TemporaryDirectory(prefix="paper-") as name:
                root = Path(name)
                main = self._lay_out(root, template)
                _write(root / "images", pictures)
                _write(root / "files", {file.name: file.data for file in attachments})
                return self._compile(
                    root, main, inputs, made_at, "a-3b" if attachments else "a-2b"
                )
        except OSError as err:
            raise StorageError(
                f"the paper {template!r} could not be set: {err}; "
                "make room for temporary files and try again"
            ) from err

    def _lay_out(self, root: Path, template: str) -> Path:
        _check_name(template)
        main = root / f"{template}.typ"
        for file in sorted(self._papers.glob("*.typ")):
            (root / file.name).write_bytes(file.read_bytes())
        if not main.is_file():
            raise InputError(
                f"there is no paper template {template!r} in {self._papers}; "
                "name one of the .typ files there"
            )
        return main

    def _compile(
        self,
        root: Path,
        main: Path,
        inputs: dict[str, str],
        made_at: dt.datetime,
        standard: Literal["a-2b", "a-3b"],
    ) -> bytes:
        for _ in range(_MOST_MISSING):
            try:
                made = self._compile_once(root, main, inputs, made_at, standard)
            except TypstError as err:
                values = _spell_out(inputs["values"], err.message)
                if values == inputs["values"]:
                    hints = "".join(f" ({hint})" for hint in err.hints)
                    raise InputError(
                        f"the paper {main.stem!r} cannot be set: {err.message}"
                        f"{hints}; correct its values or data/papers"
                    ) from err
                inputs = inputs | {"values": values}
            else:
                return made
        raise InputError(
            f"the paper {main.stem!r} has over {_MOST_MISSING} different signs the "
            "font lacks; write its values in Hangul, Hanja or Latin letters"
        )

    def _compile_once(
        self,
        root: Path,
        main: Path,
        inputs: dict[str, str],
        made_at: dt.datetime,
        standard: Literal["a-2b", "a-3b"],
    ) -> bytes:
        with self._turn:
            made = self._compiler.compile(
                input=str(main),
                root=str(root),
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=standard,
                timestamp=aware(made_at).replace(microsecond=0),
            )
        if not isinstance(made, bytes):
            raise InputError(f"the paper {main.stem!r} came out as no single PDF")
        return with_clear_ends(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkImage:
    """A line of text as a 1-bit picture, for the strip beside a scanned image.

    Attributes:
        width: in pixels.
        height: in pixels.
        data: rows from the top, each padded to whole bytes, highest bit first;
            0 is ink: as it stands a PDF image mask with the default Decode.
    """

    width: int
    height: int
    data: bytes


def mark_image(text: str, fonts: FontFiles, *, height: int = 48) -> MarkImage:
    """Draw one line of text, such as the trial mark, as a 1-bit picture.

    Args:
        text: one line; what the font lacks is drawn as an empty box.
        fonts: the office's font.
        height: in pixels; 48 is 4 mm at 300 dpi.

    Raises:
        InputError: the text is empty or has several lines, or the height is under 8.
    """
    if not text.strip() or len(text.splitlines()) > 1 or height < 8:  # noqa: PLR2004 - under 8 px no Hangul can be read
        raise InputError("a mark is one line of text, at least 8 pixels high")
    face = fonts.face(height * 3 // 4)
    ascent, descent = face.getmetrics()
    width = round(face.getlength(text)) + height // 2
    canvas = Image.new("L", (width, height), 255)
    top = (height - ascent - descent) / 2
    ImageDraw.Draw(canvas).text((height // 4, top), text, fill=0, font=face)
    bits = canvas.point(lambda value: 255 if value >= 128 else 0).convert("1")  # noqa: PLR2004 - the middle of 8 bits
    return MarkImage(width=width, height=height, data=bits.tobytes())


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _spell_out(values: str, message: str) -> str:
    """Write the signs a typst message says the font lacks as their code points."""
    found = _NO_GLYPH.search(message)
    if found is None:
        return values
    lacking = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1])
    # ASCII is never lacking: it only clings to a sign that is. Joiners make sense
    # between emoji only, and would be the next thing lacking.
    lost = {sign for sign in lacking if not sign.isascii()} | _JOINERS
    table = {ord(sign): f"[U+{ord(sign):04X}]" for sign in lost}
    return values.translate(table)


def _facts(file: Attachment) -> dict[str, Json]:
    return {
        "name": file.name,
        "media_type": file.media_type,
        "description": file.description,
    }


def _check_name(name: str) -> None:
    if not name or not _PLAIN_NAME.issuperset(name) or name.startswith("."):
        raise InputError(
            f"{name!r} cannot name a template, picture or file of a paper; "
            "use letters, digits, '.', '-' and '_'"
        )


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    if files:
        folder.mkdir()
    for name, data in files.items():
        _check_name(name)
        (folder / name).write_bytes(data)
