"""The invoice as a paper: set, and signed once it is issued.

Knows which values and files stand on it and whose key signs. What is charged is decided
long before.
"""

from __future__ import annotations

from paperless_kernel.base.typeset import Attachment, Typesetter
from paperless_kernel.billing.model import Invoice, Status
from paperless_kernel.billing.papers import paper_values
from paperless_kernel.store.keeper import Keeper, KeeperSigner
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pdf import PdfKind, fill_signature, prepare_signature

_PLACE = "대한민국"


def make_paper(
    invoice: Invoice,
    *,
    customer: str,
    office: str,
    standing: str,
    typesetter: Typesetter,
    keeper: Keeper,
) -> bytes:
    """Return the invoice as PDF/A-3b with its canonical JSON inside.

    A draft stays unsigned. The signature is deterministic: the same invoice gives the
    same bytes under the same key and revocation list.
    """
    pdf = typesetter.pdf(
        "invoice",
        {**paper_values(invoice, customer, office), "standing": standing},
        made_at=invoice.made_at,
        attachments=(
            Attachment(
                name="invoice.json",
                media_type="application/json",
                data=invoice.raw,
                description="청구서 원본 데이터 (RFC 8785)",
            ),
        ),
    )
    if invoice.status is Status.DRAFT:
        return pdf
    prepared = prepare_signature(
        pdf,
        name=office or invoice.number,
        reason=f"청구서 {invoice.number} · {standing}",
        location=_PLACE,
        signed_at=invoice.made_at,
        kind=PdfKind.INVOICE,
        standing=standing,
    )
    signer = KeeperSigner(keeper, KeyPurpose.BILLING)
    return fill_signature(prepared, signer, crls=(keeper.crl(),))
