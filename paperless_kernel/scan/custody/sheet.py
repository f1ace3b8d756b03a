"""The hand-over sheet (인수인계서) as a paper: boxes, seals, people, signatures.

Knows its words and their order; looks nothing up and sets no type.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from paperless_kernel.base.clock import kst_text
from paperless_kernel.scan.boxes import Box
from paperless_kernel.scan.custody.papers import (
    Column,
    Fact,
    Facts,
    Form,
    Rows,
    Signing,
)
from paperless_kernel.scan.custody.wording import state_wording

_AGREEMENT: Final = (
    "위 박스를 봉인이 온전한 상태로, 적힌 수만큼 넘기고 받았습니다. · "
    "The boxes above were handed over with whole seals, and as many as listed."
)
_NOTE: Final = (
    "봉인이 온전하지 않거나 번호·개수가 다르면 서명하지 말고 책임자에게 알립니다. · "
    "If a seal is not whole, or a number or the count differs, do not sign: tell the "
    "workshop's manager."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a hand-over sheet says.

    Attributes:
        number: of the planned hand-over or of the transport.
        customer: name or id.
        first: id of the handler who takes the boxes over.
        second: id of the other handler.
        left_at: when the boxes were handed over, or None before.
        arrived_at: when they were checked in, or None before.
        link: address of the courier's page, or "".
        until: when that address ends, or None.
        stopped: why the transport is stopped, or "".
    """

    number: str
    customer: str
    vehicle: str
    first: str
    second: str
    boxes: tuple[Box, ...]
    left_at: dt.datetime | None = None
    arrived_at: dt.datetime | None = None
    link: str = ""
    until: dt.datetime | None = None
    stopped: str = ""


def sheet_form(
    sheet: Sheet,
    signatures: Sequence[Signing],
    *,
    made_at: dt.datetime,
    standing: str,
    office: str,
    names: Mapping[str, str],
) -> Form:
    """Return a hand-over sheet, ready to be set.

    Args:
        sheet: what it says.
        signatures: of giver and taker; empty ones are lines to sign on.
        made_at: aware UTC.
        standing: the facility's line or the trial mark.
        office: whose sheet it is.
        names: names of people by id; an id stands for itself.
    """
    until = kst_text(sheet.until)[5:16] if sheet.until else ""
    return Form(
        title="인수인계서",
        title_en="Hand-over sheet",
        number=f"…{sheet.number[-12:]}",
        standing=standing,
        office=office,
        sections=(_transport(sheet, names), _boxes(sheet.boxes)),
        code=sheet.link,
        caption=f"휴대전화로 열기 {until}까지" if sheet.link else "",
        signatures=tuple(signatures),
        agreement=_AGREEMENT,
        made_at=made_at,
        note=_NOTE,
    )


def _transport(sheet: Sheet, names: Mapping[str, str]) -> Facts:
    rows = [
        Fact(label="고객", label_en="Customer", value=sheet.customer),
        Fact(label="차량", label_en="Vehicle", value=sheet.vehicle),
        _person("운송 담당 1", "Handler 1", sheet.first, names),
        _person("운송 담당 2", "Handler 2", sheet.second, names),
        Fact(
            label="박스",
            label_en="Boxes",
            value=f"{len(sheet.boxes):,}개",
        ),
    ]
    for korean, english, at in (
        ("출발", "Left", sheet.left_at),
        ("도착", "Arrived", sheet.arrived_at),
    ):
        if at is not None:
            rows.append(Fact(label=korean, label_en=english, value=kst_text(at)))
    if sheet.stopped:
        rows.append(Fact(label="중지", label_en="Stopped", value=sheet.stopped))
    rows.append(Fact(label="식별", label_en="Id", value=sheet.number, code=True))
    return Facts(title="운송", title_en="Transport", rows=tuple(rows))


def _person(korean: str, english: str, who: str, names: Mapping[str, str]) -> Fact:
    name = names.get(who)
    return Fact(label=korean, label_en=english, value=name or who, code=name is None)


def _boxes(boxes: Sequence[Box]) -> Rows:
    total = sum(box.sheets for box in boxes)
    return Rows(
        title="박스와 봉인",
        title_en="Boxes and seals",
        columns=(
            Column(label="번호", label_en="No.", width=2, number=True),
            Column(label="박스", label_en="Box", width=12),
            Column(label="봉인", label_en="Seal", width=6),
            Column(label="신고 매수", label_en="Declared", width=3, number=True),
            Column(label="상태", label_en="State", width=5),
            Column(label="확인", label_en="Checked", width=3),
        ),
        cells=tuple(
            (
                str(n),
                box.id,
                box.seal,
                f"{box.sheets:,}",
                " ".join(state_wording(box.state)),
                "□",
            )
            for n, box in enumerate(boxes, 1)
        ),
        note=f"합계 {len(boxes):,}개 {total:,}매 · {total:,} sheets in all",
    )
