"""Reading pages with tesseract, where it is installed.

Knows its command line and its table of words. Page segmentation is always 4 (columns of
text): the default loses whole Korean pages.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from typing import Final

from paperless_kernel.base.errors import UnavailableError
from paperless_kernel.scan.documents import Region
from paperless_kernel.scan.inspection.model import Word

INSTALL: Final = "apt install tesseract-ocr tesseract-ocr-kor"
_LANGUAGES: Final = ("kor", "eng")
_SECONDS: Final = 120
_WORD: Final = "5"  # the table's level of single words


class Tesseract:
    """A `scan.inspection.model.Reader`: one process a page, on one core."""

    def __init__(self, program: str, languages: str, version: str) -> None:
        self._program = program
        self._languages = languages
        self._version = version

    @property
    def name(self) -> str:
        """Return engine, version and languages."""
        return f"tesseract {self._version} {self._languages} psm 4"

    def read(self, picture: bytes) -> tuple[Word, ...]:
        """Return the words of a picture file in reading order.

        Raises:
            UnavailableError: tesseract failed, or took over two minutes.
        """
        command = [self._program, "stdin", "stdout", "-l", self._languages]
        try:
            done = subprocess.run(  # noqa: S603 - a fixed command, no shell
                [*command, "--psm", "4", "tsv"],
                input=picture,
                capture_output=True,
                timeout=_SECONDS,
                check=True,
                env=os.environ | {"OMP_THREAD_LIMIT": "1"},
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise UnavailableError(
                "tesseract could not read a page: try again; index it by hand if it "
                "fails again."
            ) from error
        return parse_words(done.stdout.decode("utf-8", "replace"))


def find_tesseract() -> Tesseract:
    """Return tesseract with Korean and English.

    Raises:
        UnavailableError: it or its Korean data is not installed; says how to.
    """
    program = shutil.which("tesseract")
    if program is None:
        raise UnavailableError(
            f"OCR needs tesseract, which is not installed here: {INSTALL}. Everything "
            "else works without it."
        )
    known = _ask(program, "--list-langs")
    missing = [one for one in _LANGUAGES if one not in known]
    if missing:
        raise UnavailableError(
            f"tesseract has no data for {', '.join(missing)}: {INSTALL}."
        )
    version = next(iter(_ask(program, "--version")), "tesseract ?").split()[-1]
    return Tesseract(program, "+".join(_LANGUAGES), version)


def parse_words(table: str) -> tuple[Word, ...]:
    """Return the words of tesseract's table (TSV), without empty ones."""
    words = []
    lines: dict[tuple[str, ...], int] = {}
    for row in csv.DictReader(
        io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE
    ):
        text = (row["text"] or "").strip()
        if row["level"] != _WORD or not text:
            continue
        line = (row["page_num"], row["block_num"], row["par_num"], row["line_num"])
        words.append(
            Word(
                text=text,
                confidence=max(0, min(100, round(float(row["conf"])))),
                line=lines.setdefault(line, len(lines)),
                region=Region(
                    left=int(row["left"]),
                    top=int(row["top"]),
                    width=int(row["width"]),
                    height=int(row["height"]),
                ),
            )
        )
    return tuple(words)


def _ask(program: str, option: str) -> list[str]:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, no shell
            [program, option], capture_output=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError(f"tesseract does not run here: {INSTALL}.") from error
    return (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
