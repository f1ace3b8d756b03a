"""Invoices as readers made by others see them."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from page import ValidationProfile, validate_pdf_bytes

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.keyfile import KeyFiles, make_keys
from paperless_kernel.adapters.spreadsheet import XlsxSpreadsheet
from paperless_kernel.adapters.typesetting import TypstTypesetter
from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Event
from paperless_kernel.base.ids import Actor, Role, SystemRandom
from paperless_kernel.base.spreadsheet import Sheet
from paperless_kernel.billing.invoice import Heading, make_invoice, read_invoice
from paperless_kernel.billing.model import (
    Contract,
    Invoice,
    Meter,
    Month,
    UsageDay,
)
from paperless_kernel.billing.rating import rate
from paperless_kernel.billing.records import StoredInvoice, add_invoice, metadata
from paperless_kernel.billing.service import INVOICE_ISSUED, Billing
from paperless_kernel.billing.tariff import Catalogue, parse_tariff
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.trust.anchors import Anchor
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pki import fingerprint
from paperless_kernel.trust.report import ProofKind
from paperless_kernel.trust.verify import inspect

pytestmark = pytest.mark.outside

AT = dt.datetime(2025, 8, 1, 1, 2, 3, tzinfo=dt.UTC)
JULY = Month.parse("2025-07")
CLERK = Actor(id="clerk", roles=frozenset({Role.BILLING_CLERK}))


@pytest.fixture(scope="module")
def invoice(repository: Path) -> Invoice:
    text = (repository / "data" / "tariffs" / "deck-2025.toml").read_text("utf-8")
    tariff = parse_tariff(text)
    counts = (
        (Meter.SENT, 3),
        (Meter.READ, 2),
        (Meter.BOX_MOVED, 1),
        (Meter.SCANNED_TRUSTED, 14),
        (Meter.CERTIFIED, 3),
        (Meter.ISSUED, 37),
        (Meter.REMINDED, 1),
        (Meter.TRANSPORTED, 1),
    )
    days = [
        UsageDay(
            day=JULY.first.replace(day=n),
            plan="basic",
            joined="basic" if n == 15 else "",
            stored_bytes=45_000_000_000,
            ids=3 + (n >= 20),
            boxes=int(n > 25),
            counts=tuple(sorted(counts)) if n == 21 else (),
        )
        for n in range(15, 32)
    ]
    contract = Contract(discount_bp=3_000, prices={"scan.transport": 80_000})
    return make_invoice(
        Heading(
            tenant="2.25.000000000000000000000000000000000000001",
            month=JULY,
            made_at=AT,
            cutoff=42,
            usage_sha256="ab" * 32,
            tariffs=((tariff.name, tariff.sha256),),
            contract=contract,
            id="2.25.000000000000000000000000000000000000009",
            number="2025-07-000001",
        ),
        days,
        rate(JULY, days, Catalogue.of([tariff]), contract),
        1_000,
    )


class Signing:
    """The keeper's signing half, on real keys."""

    def __init__(self, keys: KeyFiles) -> None:
        self.certificates = keys.certificates
        self.crl = keys.crl
        self._keys = keys

    def sign(self, purpose: KeyPurpose, message: bytes, holder: str = "") -> bytes:
        return self._keys.signer(purpose, holder).sign(message)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFiles:
    folder = tmp_path_factory.mktemp("office") / "keys"
    made_at = FixedClock(AT - dt.timedelta(days=1))
    secret = b"for this test only"
    make_keys(
        folder, name="견본", passphrase=secret, clock=made_at, random=SystemRandom()
    )
    return KeyFiles(folder, lambda: secret)


@pytest.fixture(scope="module")
def billing(
    repository: Path,
    keys: KeyFiles,
    invoice: Invoice,
    tmp_path_factory: pytest.TempPathFactory,
) -> Billing:
    papers = repository / "data" / "papers"
    db = Database(tmp_path_factory.mktemp("billing") / "billing.db")
    metadata.create_all(db.engine)
    journal = Journal(db, "billing")
    entry = Event(
        tag=INVOICE_ISSUED,
        id="2.25.1",
        subject=invoice.id,
        at=AT,
        actor=CLERK.id,
        body={"tenant": invoice.tenant, "sha256": invoice.sha256},
    )
    stored = StoredInvoice(
        n=1,
        id=invoice.id,
        key="k",
        tenant=invoice.tenant,
        month=invoice.month.text,
        entry=entry.id,
        sha256=invoice.sha256,
        raw=invoice.raw,
    )
    with db.begin() as tx:
        add_invoice(tx, stored, number=invoice.number, total=invoice.total)
        journal.append(tx, entry)
    return Billing(
        db=db,
        journal=journal,
        keeper=Signing(keys),  # type: ignore[arg-type]
        clock=None,  # type: ignore[arg-type]
        ids=None,  # type: ignore[arg-type]
        typesetter=TypstTypesetter(papers, office_fonts().folder),
        tariffs=None,  # type: ignore[arg-type]
        spreadsheet=XlsxSpreadsheet(),
        facility=lambda _kind, _at: None,
    )


@pytest.fixture(scope="module")
def paper(
    billing: Billing, invoice: Invoice, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    file = tmp_path_factory.mktemp("invoice") / "invoice.pdf"
    file.write_bytes(
        billing.pdf(
            CLERK,
            invoice,
            customer="가나상사(견본)",
            office="종이없는 사무소(견본)",
        )
    )
    return file


def test_the_paper_is_pdf_a_3b_and_the_same_twice(
    billing: Billing, invoice: Invoice, paper: Path
) -> None:
    data = paper.read_bytes()
    assert (
        billing.pdf(
            CLERK,
            read_invoice(invoice.raw),
            customer="가나상사(견본)",
            office="종이없는 사무소(견본)",
        )
        == data
    )
    report = validate_pdf_bytes(data, profile=ValidationProfile.PDF_A_3B)
    assert report.is_compliant, [failure.message for failure in report.failures]


def test_qpdf_finds_no_fault(paper: Path, need: Callable[[str], str]) -> None:
    subprocess.run([need("qpdf"), "--check", paper], check=True, capture_output=True)


def test_the_paper_carries_its_own_data(invoice: Invoice, paper: Path) -> None:
    with pikepdf.open(paper) as pdf:
        held = pdf.attachments["invoice.json"].get_file().read_bytes()
    assert read_invoice(held) == invoice


def test_a_reader_finds_every_line_and_why(
    invoice: Invoice, paper: Path, need: Callable[[str], str]
) -> None:
    done = subprocess.run(
        [need("pdftotext"), "-layout", paper, "-"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    squeezed = "".join(done.stdout.split())
    for line in invoice.lines:
        assert line.name_ko.replace(" ", "") in squeezed
        assert f"₩{line.amount:,}" in squeezed
    assert f"₩{invoice.total:,}" in squeezed
    assert "가나상사(견본)" in squeezed
    assert "종이없는사무소(견본)" in squeezed
    assert invoice.number in squeezed
    assert invoice.sha256 in squeezed
    assert "사용일17일:2025-07-15~2025-07-31" in squeezed
    assert "28,79010/31원" in squeezed
    unconfirmed = sum(not line.confirmed for line in invoice.lines)
    assert unconfirmed == 2
    # once in the list, once at the explanation, once in its words, and the legend
    assert squeezed.count("확인필요") == 3 * unconfirmed + 1


def test_a_spreadsheet_reads_the_same_numbers(
    billing: Billing, invoice: Invoice
) -> None:
    made = billing.xlsx(CLERK, invoice)
    assert made == billing.xlsx(CLERK, read_invoice(invoice.raw))
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.properties.title == "청구서 2025-07-000001"
    lines, days = book.worksheets
    head = [cell.value for cell in lines[1]]
    won = head.index("금액(원)")
    rows = [[cell.value for cell in row] for row in lines.iter_rows(min_row=2)]
    assert [row[won] for row in rows[:-3]] == [each.amount for each in invoice.lines]
    assert [row[won] for row in rows[-3:]] == [
        invoice.subtotal,
        invoice.vat,
        invoice.total,
    ]
    assert [row[head.index("확인")] for row in rows].count("확인 필요") == 2
    stored = [cell.value for cell in days["C"]][1:]
    assert stored == [45_000_000_000] * 17
    assert "발송(건)" in [cell.value for cell in days[1]]


def test_text_never_becomes_a_formula() -> None:
    sheet = Sheet(
        name="s", columns=("a", "b"), widths=(9, 9), rows=(("=1+1", 2**60), ("", 5))
    )
    made = XlsxSpreadsheet().workbook("t", [sheet], made_at=AT)
    page = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    assert (page["A2"].value, page["A2"].data_type) == ("=1+1", "s")
    assert (page["B2"].value, page["B3"].value) == (str(2**60), 5)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_too_many_rows_are_refused() -> None:
    sheet = Sheet(name="s", columns=(), widths=(), rows=((),) * 1_048_576)
    with pytest.raises(InputError, match="split"):
        XlsxSpreadsheet().workbook("t", [sheet], made_at=AT)


def test_an_issued_invoice_is_signed_and_one_changed_byte_is_named(
    paper: Path, keys: KeyFiles
) -> None:
    data = paper.read_bytes()
    root = Anchor(fingerprint=fingerprint(keys.certificates(KeyPurpose.ROOT)[0]))
    report = inspect(data, anchors=[root], at=AT)
    assert (report.kind, report.exit_code) == (ProofKind.INVOICE, 0)
    changed = data.replace(b"/CreationDate", b"/CreationDatf", 1)
    assert changed != data
    assert inspect(changed, anchors=[root], at=AT).exit_code == 13
