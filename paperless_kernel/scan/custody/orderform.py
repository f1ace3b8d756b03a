"""The work order (전자화 작업의뢰서) as a paper: what was ordered, agreed and packed.

Knows its words and their order; looks nothing up and sets no type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from paperless_kernel.base.clock import kst_text
from paperless_kernel.scan.boxes import Box
from paperless_kernel.scan.custody.labels import LabelKind, label_text
from paperless_kernel.scan.custody.papers import (
    Column,
    Fact,
    Facts,
    Form,
    Rows,
    Signing,
)
from paperless_kernel.scan.custody.wording import state_wording
from paperless_kernel.scan.model import Process, Service, ServiceModel
from paperless_kernel.scan.orders.model import Contract, Order, Task

_MODELS: Final = {
    ServiceModel.DELEGATED: "위탁형 delegated",
    ServiceModel.BUILT: "구축형 built",
    ServiceModel.SUBSCRIBED: "서비스형 subscribed",
}
_PROCESSES: Final = {
    Process.CENTRAL: "집중형 central",
    Process.DISTRIBUTED: "분산형 distributed",
}
_SERVICES: Final = {
    Service.TRUSTED: "신뢰스캔 trusted scan",
    Service.PLAIN: (
        "일반스캔 plain scan: 종이를 대신하는 효력 없음 · not a substitute for paper"
    ),
}
_TASKS: Final = {
    Task.CARRY: "운송",
    Task.SCAN: "전자화",
    Task.STORE: "보관",
    Task.DESTROY: "파기",
}
_AGREEMENT: Final = (
    "위와 같이 전자화를 의뢰하고 의뢰서와 함께 종이문서를 넘깁니다. · "
    "The order goes with the papers (제40조)."
)


def order_form(
    order: Order,
    contract: Contract | None,
    boxes: Sequence[Box],
    *,
    customer: str,
    standing: str,
    office: str,
) -> Form:
    """Return a work order, ready to be set (제40조).

    Args:
        order: what was ordered.
        contract: the consignment contract it stands under, where it is recorded.
        boxes: those that came under it so far.
        customer: name or id of the customer.
        standing: the facility's line or the trial mark on that day.
        office: who takes the order.
    """
    sections = [_ordered(order, customer), _agreed(order, contract)]
    return Form(
        title="전자화 작업의뢰서",
        title_en="Work order for digitising",
        number=order.number,
        standing=standing,
        office=office,
        sections=(*sections, *([_boxes(boxes)] if boxes else [])),
        code=label_text(LabelKind.ORDER, order.id),
        caption=order.number,
        signatures=(
            Signing(role="의뢰한 사람", role_en="For the customer"),
            Signing(role="접수한 사람", role_en="For the workshop"),
        ),
        agreement=_AGREEMENT,
        made_at=order.placed_at,
    )


def _ordered(order: Order, customer: str) -> Facts:
    asked = "무손실 lossless (제35조)" if order.lossless else "규정대로 by the rules"
    rows = [
        Fact(label="고객", label_en="Customer", value=customer),
        Fact(label="의뢰 번호", label_en="Reference", value=order.number),
        Fact(
            label="의뢰 일시",
            label_en="Placed",
            value=kst_text(order.placed_at),
        ),
        Fact(label="서비스", label_en="Service", value=_SERVICES[order.service]),
        Fact(label="구분", label_en="Model", value=_MODELS[order.model]),
        Fact(label="공정", label_en="Process", value=_PROCESSES[order.process]),
        Fact(
            label="작업장",
            label_en="Workshop",
            value=order.workshop or "위탁받은 작업장 the office's own",
        ),
        Fact(label="압축", label_en="Compression", value=asked),
    ]
    if order.demo_paper:
        rows.append(
            Fact(
                label="종이",
                label_en="Paper",
                value="시험용으로 만든 종이(견본) made-up paper of a trial",
            )
        )
    rows.append(Fact(label="식별", label_en="Id", value=order.id, code=True))
    return Facts(title="의뢰 내용", title_en="What is ordered", rows=tuple(rows))


def _agreed(order: Order, contract: Contract | None) -> Facts:
    rows = [
        Fact(
            label="위탁계약",
            label_en="Contract",
            value=order.contract,
        )
    ]
    if contract is not None:
        tasks = ", ".join(_TASKS[each] for each in contract.tasks)
        rows += [
            Fact(label="위탁자", label_en="Consignor", value=contract.consignor),
            Fact(label="수탁자", label_en="Consignee", value=contract.consignee),
            Fact(label="범위", label_en="Scope", value=tasks),
            Fact(
                label="기간",
                label_en="Term",
                value=f"{contract.since} – {contract.until} (KST)",
            ),
        ]
    return Facts(
        title="개인정보 처리위탁",
        title_en="Consigned handling of personal data",
        rows=tuple(rows),
    )


def _boxes(boxes: Sequence[Box]) -> Rows:
    return Rows(
        title="박스",
        title_en="Boxes",
        columns=(
            Column(label="번호", label_en="No.", width=1, number=True),
            Column(label="박스", label_en="Box", width=8),
            Column(label="봉인", label_en="Seal", width=4),
            Column(label="신고 매수", label_en="Declared", width=2, number=True),
            Column(label="상태", label_en="State", width=4),
        ),
        cells=tuple(
            (
                str(n),
                box.id,
                box.seal,
                f"{box.sheets:,}",
                " ".join(state_wording(box.state)),
            )
            for n, box in enumerate(boxes, 1)
        ),
    )
