"""An invoice as a paper and as a workbook: values for the template, rows for sheets.

Knows words and layout order; every number comes from the invoice's own bytes.
"""

from __future__ import annotations

from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.events import Json
from paperless_kernel.base.spreadsheet import Sheet
from paperless_kernel.billing.explain import (
    UNCONFIRMED_KO,
    bp_text,
    explain,
    price_text,
    quantity_text,
    unit_text,
)
from paperless_kernel.billing.model import (
    Invoice,
    Line,
    Meter,
    Status,
    UsageDay,
)

_LINE_COLUMNS = (
    ("번호", 6),
    ("코드", 18),
    ("항목", 16),
    ("Item", 28),
    ("요금제", 10),
    ("서비스월", 10),
    ("단가(원)", 12),
    ("수량", 16),
    ("단위", 10),
    ("수량(정수)", 14),
    ("배율", 6),
    ("월 일수", 8),
    ("할인율", 9),
    ("할인 전(원)", 13),
    ("할인(원)", 12),
    ("금액(원)", 13),
    ("부가세(원)", 12),
    ("확인", 10),
    ("산출 근거", 70),
    ("Explanation", 70),
    ("가격 출처", 40),
)
_DAY_COLUMNS = (
    ("일자(KST)", 12),
    ("요금제", 10),
    ("보관 바이트", 16),
    ("ID 수", 8),
    ("보관 박스", 10),
)
_METER_NAMES = {
    Meter.ISSUED: "발급(건)",
    Meter.CERTIFIED: "증명서발급(건)",
    Meter.SCANNED_TRUSTED: "신뢰스캔(면)",
    Meter.SCANNED_PLAIN: "일반스캔(면)",
    Meter.BOX_SUPPLIED: "포장용 박스(개)",
    Meter.BOX_MOVED: "입(출)고(박스)",
    Meter.BOX_SHREDDED: "파쇄(박스)",
    Meter.TRANSPORTED: "운송(회)",
    Meter.PACKED: "박스포장(박스)",
    Meter.SENT: "발송(건)",
    Meter.READ: "열람(건)",
    Meter.REMINDED: "리마인드(건)",
    Meter.POSTED: "우편(통)",
}


def paper_values(invoice: Invoice, customer: str, office: str) -> dict[str, Json]:
    """Return what the template ``invoice.typ`` reads."""
    draft = invoice.status is Status.DRAFT
    return {
        "title": "청구서 초안" if draft else "청구서",
        "subtitle": "Draft invoice" if draft else "Invoice",
        "number": invoice.number or "초안 · draft",
        "customer": customer or invoice.tenant,
        "office": office,
        "tenant": invoice.tenant,
        "month": invoice.month.text,
        "period": f"{invoice.month.first} ~ {invoice.month.last} (KST)",
        "made_at": kst_text(invoice.made_at),
        "discount": bp_text(invoice.contract.discount_bp),
        "tariffs": [f"{name} (sha256:{sha})" for name, sha in invoice.tariffs],
        "sha256": invoice.sha256,
        "previous": invoice.previous,
        "usage": invoice.usage_sha256,
        "cutoff": invoice.cutoff,
        "unconfirmed": sum(not line.confirmed for line in invoice.lines),
        "lines": [
            _line(n, line, invoice.month.text)
            for n, line in enumerate(invoice.lines, start=1)
        ],
        "subtotal": invoice.subtotal,
        "vat": invoice.vat,
        "vat_why": _vat_why(invoice),
        "total": invoice.total,
    }


def _line(number: int, line: Line, month: str) -> Json:
    why = explain(line)
    return {
        "n": number,
        "name": line.name_ko,
        "name_en": line.name_en,
        "adjusts": line.service_month if line.service_month != month else "",
        "mark": "" if line.confirmed else UNCONFIRMED_KO,
        "quantity": f"{quantity_text(line)} {unit_text(line, ko=True)}",
        "price": price_text(line, ko=True),
        "amount": line.amount,
        "vat": line.vat,
        "ko": list(why.ko),
        "en": list(why.en),
    }


def sheets(invoice: Invoice) -> tuple[Sheet, ...]:
    """Return the workbook's two sheets: the lines, and the month day by day."""
    return (_line_sheet(invoice), _day_sheet(invoice))


def _line_sheet(invoice: Invoice) -> Sheet:
    rows = [_line_row(n, line) for n, line in enumerate(invoice.lines, start=1)]
    return Sheet(
        name="청구 내역",
        columns=tuple(name for name, _ in _LINE_COLUMNS),
        widths=tuple(width for _, width in _LINE_COLUMNS),
        rows=(
            *rows,
            _sum_row("공급가액", invoice.subtotal),
            _sum_row(f"부가가치세 ({_vat_why(invoice)})", invoice.vat),
            _sum_row("합계", invoice.total),
        ),
    )


def _sum_row(name: str, won: int) -> tuple[str | int, ...]:
    columns = [column for column, _ in _LINE_COLUMNS]
    row: list[str | int] = [""] * len(columns)
    row[columns.index("항목")] = name
    row[columns.index("금액(원)")] = won
    return tuple(row)


def _line_row(number: int, line: Line) -> tuple[str | int, ...]:
    why = explain(line)
    return (
        number,
        line.item,
        line.name_ko,
        line.name_en,
        line.plan,
        line.service_month,
        line.price,
        quantity_text(line),
        unit_text(line, ko=True),
        line.quantity,
        line.scale,
        line.divisor if line.divisor > 1 else "",
        bp_text(line.discount_bp) if line.discount_bp else "",
        line.gross,
        line.discount,
        line.amount,
        line.vat,
        "" if line.confirmed else UNCONFIRMED_KO,
        "\n".join(why.ko),
        "\n".join(why.en),
        line.source,
    )


def _day_sheet(invoice: Invoice) -> Sheet:
    used = [
        meter for meter in _METER_NAMES if any(day.count(meter) for day in invoice.days)
    ]
    names = [name for name, _ in _DAY_COLUMNS] + [_METER_NAMES[m] for m in used]
    widths = [width for _, width in _DAY_COLUMNS] + [16] * len(used)
    return Sheet(
        name="일별 사용량",
        columns=tuple(names),
        widths=tuple(widths),
        rows=tuple(_day_row(day, used) for day in invoice.days),
    )


def _day_row(day: UsageDay, used: list[Meter]) -> tuple[str | int, ...]:
    return (
        day.day.isoformat(),
        day.plan,
        day.stored_bytes,
        day.ids,
        day.boxes,
        *(day.count(meter) for meter in used),
    )


def _vat_why(invoice: Invoice) -> str:
    tenths = f"{abs(invoice.subtotal) // 10:,}.{abs(invoice.subtotal) % 10}"
    sign = "-" if invoice.subtotal < 0 else ""
    return f"10 %: {invoice.subtotal:,} × 10 / 100 = {sign}{tenths}, 원 미만 버림"
