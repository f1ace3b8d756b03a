from __future__ import annotations

import stat
from pathlib import Path

import pytest

from paperless_kernel.adapters.ocr import Tesseract, find_tesseract, parse_words
from paperless_kernel.base.errors import UnavailableError
from paperless_kernel.scan.documents import Region

HEAD = (
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\t"
    "left\ttop\twidth\theight\tconf\ttext\n"
)
TABLE = (
    HEAD
    + "1\t1\t0\t0\t0\t0\t0\t0\t600\t800\t-1\t\n"
    + "5\t1\t1\t1\t1\t1\t10\t20\t30\t12\t96.4\t계약일\n"
    + '5\t1\t1\t1\t1\t2\t50\t20\t90\t12\t88.5\t"2026\n'
    + "5\t1\t1\t1\t2\t1\t10\t40\t30\t12\t-1\t \n"
    + "5\t1\t2\t1\t1\t1\t10\t60\t30\t12\t70\t금액\n"
)


def _program(folder: Path, text: str) -> str:
    file = folder / "tesseract"
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


def test_words_have_lines_places_and_confidence() -> None:
    words = parse_words(TABLE)
    assert [(one.text, one.line, one.confidence) for one in words] == [
        ("계약일", 0, 96),
        ('"2026', 0, 88),
        ("금액", 1, 70),
    ]
    assert words[0].region == Region(left=10, top=20, width=30, height=12)
    assert parse_words(HEAD) == ()


def test_one_process_reads_one_page_on_one_core(tmp_path: Path) -> None:
    program = _program(
        tmp_path,
        'echo "$OMP_THREAD_LIMIT $@" > "$0.told"; cat > "$0.in"; printf "%s" '
        f"'{HEAD}'",
    )
    reader = Tesseract(program, "kor+eng", "5.3")
    assert reader.name == "tesseract 5.3 kor+eng psm 4"
    assert reader.read(b"picture") == ()
    told = Path(f"{program}.told").read_text("utf-8").split()
    assert told == ["1", "stdin", "stdout", "-l", "kor+eng", "--psm", "4", "tsv"]
    assert Path(f"{program}.in").read_bytes() == b"picture"


def test_a_failing_engine_is_said(tmp_path: Path) -> None:
    reader = Tesseract(_program(tmp_path, "exit 1"), "kor+eng", "5.3")
    with pytest.raises(UnavailableError, match="try again"):
        reader.read(b"picture")


def test_without_tesseract_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="apt install tesseract-ocr"):
        find_tesseract()
    _program(tmp_path, 'echo "List"; echo eng')
    with pytest.raises(UnavailableError, match="no data for kor"):
        find_tesseract()
    _program(tmp_path, 'echo "tesseract 5.3.0"; echo eng; echo kor')
    assert find_tesseract().name == "tesseract 5.3.0 kor+eng psm 4"
