"""The confirmation that a box's paper was destroyed (종이문서 파기 확인서), as values.

Knows its words and the order they stand in; signs nothing and sets no type. Whether the
paper might be destroyed was answered before, by ``disposal.rules``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final

from paperless_kernel.base.clock import kst_text
from paperless_kernel.scan.custody.labels import LabelKind, label_text
from paperless_kernel.scan.custody.papers import Column, Fact, Facts, Form, Rows
from paperless_kernel.scan.disposal.model import Destruction, Method

TITLE: Final = "종이문서 파기 확인서"
TITLE_EN: Final = "Confirmation that paper was destroyed"
_METHODS: Final = {
    Method.SHREDDING: "파쇄 Shredding",
    Method.BURNING: "소각 Burning",
}
_DEMO: Final = (
    "시험용으로 만든 종이(견본)입니다. 이 확인은 실제 종이문서에 대한 것이 아닙니다. · "
    "Made-up paper of a trial office: this says nothing about real paper."
)
_BASIS: Final = tuple(
    (re.compile(pattern), korean)
    for pattern, korean in (
        (
            r"(\d+) sheets scanned, sealed and receipted",
            "{}매 모두 전자화하고 봉인하여 접수증을 받음",
        ),
        (r"demo paper: .+", "시험용으로 만든 종이(견본)"),
        (r"work order (.+)", "작업의뢰서 {}"),
        (r"designated centre (.+)", "지정 센터 {}"),
        (r"registered workshop (.+)", "등록 작업장 {}"),
    )
)
"""The sentences of ``disposal.rules``, as the record holds them, in Korean."""
_BASIS_NOTE: Final = (
    "파기 전 판정의 근거입니다. · What the answer before the destruction stood on."
)
_RECEIPT_NOTE: Final = (
    "접수는 이관받은 곳의 기록 번호, 해시는 봉인된 전자화문서의 SHA-256입니다. · "
    "The receipt is the taker's entry, the hash that of the sealed document."
)


def destruction_form(
    found: Destruction,
    *,
    made_at: dt.datetime,
    standing: str,
    office: str,
    names: Mapping[str, str],
) -> Form:
    """Return the confirmation of one box, ready to be set.

    Args:
        found: the record of the destruction.
        made_at: when the paper is made, aware UTC.
        standing: the facility's line or the trial mark on the day of destruction.
        office: in whose name it stands.
        names: names of people by id; an id stands for itself.
    """
    end = found.end
    note = _DEMO if end.demo_paper else ""
    return Form(
        title=TITLE,
        title_en=TITLE_EN,
        number=f"{found.seal} · {kst_text(end.at)[:10]}",
        standing=standing,
        office=office,
        sections=(
            _how(found, names),
            _what(found, names),
            _why(found),
            _documents(found),
        ),
        code=label_text(LabelKind.BOX, found.box),
        caption=found.seal,
        statement=(f"위 박스의 종이문서 {found.sheets:,}매를 파기하였음을 확인합니다."),
        statement_en=(
            f"The {found.sheets:,} sheets of this box were destroyed as stated above."
        ),
        made_at=made_at,
        note=note,
    )


def _how(found: Destruction, names: Mapping[str, str]) -> Facts:
    end = found.end
    log = f"{found.entry} · {found.leaf}" if found.leaf >= 0 else found.entry
    return Facts(
        title="파기",
        title_en="Destruction",
        rows=(
            Fact(
                label="방법",
                label_en="Method",
                value=_METHODS.get(Method(end.method), end.method),
            ),
            Fact(label="파기 장치", label_en="Device", value=end.device),
            Fact(label="일시", label_en="Date and time", value=kst_text(end.at)),
            _person("파기한 사람", "Destroyed by", end.person, names),
            _person("입회한 사람", "Witness", end.witness, names),
            Fact(label="원장 기록", label_en="Journal entry", value=log, code=True),
        ),
        note="방법·절차·수행자·장치를 기록함 (제53조②) · Recorded as Art. 53② asks.",
    )


def _person(korean: str, english: str, who: str, names: Mapping[str, str]) -> Fact:
    name = names.get(who)
    shown = f"{name} ({who})" if name else who
    return Fact(label=korean, label_en=english, value=shown, code=name is None)


def _what(found: Destruction, names: Mapping[str, str]) -> Facts:
    return Facts(
        title="파기한 종이",
        title_en="What was destroyed",
        rows=(
            Fact(label="박스", label_en="Box", value=found.box, code=True),
            Fact(label="봉인", label_en="Seal", value=found.seal),
            _person("고객", "Customer", found.tenant, names),
            Fact(label="위탁계약", label_en="Contract", value=found.contract),
            Fact(label="작업의뢰", label_en="Work order", value=found.order),
            Fact(
                label="매수",
                label_en="Sheets",
                value=f"{found.sheets:,}매 (개봉 때 센 수 counted at opening)",
            ),
            Fact(
                label="전자화문서",
                label_en="Documents",
                value=(
                    f"{len(found.documents):,}건 · 봉인된 면 sealed sides "
                    f"{found.sides:,}"
                ),
            ),
        ),
    )


def _why(found: Destruction) -> Rows:
    return Rows(
        title="파기 가부 판정: 예",
        title_en="May this paper be destroyed: yes",
        columns=(
            Column(label="번호", label_en="No.", width=1, number=True),
            Column(label="근거", label_en="Basis and article", width=15),
        ),
        cells=tuple(
            (str(n), basis_wording(each)) for n, each in enumerate(found.end.basis, 1)
        ),
        note=_BASIS_NOTE,
    )


def basis_wording(basis: str) -> str:
    """Return a sentence of the answer, Korean before the recorded English."""
    for pattern, korean in _BASIS:
        found = pattern.fullmatch(basis)
        if found is not None:
            return f"{korean.format(*found.groups())} · {basis}"
    return basis


def _documents(found: Destruction) -> Rows:
    return Rows(
        title="문서별 접수와 해시",
        title_en="Each document's receipt and hash",
        columns=(
            Column(label="번호", label_en="No.", width=2, number=True),
            Column(label="문서", label_en="Document", width=7),
            Column(label="면", label_en="Sides", width=2, number=True),
            Column(label="접수", label_en="Receipt", width=7),
            Column(label="해시", label_en="SHA-256", width=10),
        ),
        cells=tuple(
            (str(n), each.id, f"{each.sides:,}", each.receipt, each.sha256)
            for n, each in enumerate(found.documents, 1)
        ),
        note=_RECEIPT_NOTE,
    )
