from __future__ import annotations

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.custody.labels import (
    Label,
    LabelKind,
    label_text,
    read_label,
)

BOX = Label(kind=LabelKind.BOX, id="2.25.17")


def test_a_labels_text_reads_back() -> None:
    for kind in LabelKind:
        text = label_text(kind, "A-0017")

        assert text == f"PK1:{kind.upper()}:A-0017"
        assert read_label(text) == Label(kind=kind, id="A-0017")
        assert read_label(text, kind).id == "A-0017"


@pytest.mark.parametrize(
    "typed",
    [
        "PK1:BOX:2.25.17\n",
        "\tPK1:BOX:2.25.17\r\n",
        "pk1:box:2.25.17",
        "ＰＫ１：ＢＯＸ：２．２５．１７",
        "ㅖㅏ1:ㅠㅒㅌ:2.25.17",  # the Korean keyboard was on
        "ㅔㅏ1:ㅠㅐㅌ:2.25.17",  # and without the shift key
    ],
)
def test_what_a_hand_scanner_spoils_is_read(typed: str) -> None:
    assert read_label(typed, LabelKind.BOX) == BOX


def test_letters_typed_as_syllables_are_read() -> None:
    # PK1:SEAL:SL-7 with the Korean keyboard: S and L join to one syllable.
    typed = "ㅖㅏ1:ㄴㄸ미:니-7"

    assert read_label(typed, LabelKind.SEAL).id == "SL-7"


def test_a_bare_number_is_of_the_kind_that_is_asked_for() -> None:
    assert read_label(" 0017 ", LabelKind.SEAL) == Label(kind=LabelKind.SEAL, id="0017")
    assert read_label("가-12", LabelKind.BIN).id == "가-12"


def test_a_bare_number_alone_is_refused() -> None:
    with pytest.raises(InputError, match="'0017' is no label of this office"):
        read_label("0017")


def test_the_wrong_kind_of_label_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"box's label \(박스\); scan a seal's"):
        read_label("PK1:BOX:2.25.17", LabelKind.SEAL)


@pytest.mark.parametrize("wanted", [None, LabelKind.BOX])
def test_another_code_of_ours_is_refused(wanted: LabelKind | None) -> None:
    with pytest.raises(InputError, match="a code for SEPARATOR"):
        read_label("PK1:SEPARATOR:계약서", wanted)


@pytest.mark.parametrize("bad", ["", " ", "a\nb", "x" * 65])
def test_no_number_is_no_label(bad: str) -> None:
    with pytest.raises(InputError, match="one line of 1 to 64"):
        label_text(LabelKind.BOX, bad)
    with pytest.raises(InputError, match="one line of 1 to 64"):
        read_label(f"PK1:BOX:{bad}", LabelKind.BOX)
