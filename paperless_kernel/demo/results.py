"""What the demo leaves behind: files a person can open, and what was said of each.

Knows where results lie (``OFFICE/out/<pile>``) and writes each whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from paperless_kernel.access.model import Tenant
from paperless_kernel.adapters.checkers import Opinion, check_bundle, check_pdf
from paperless_kernel.adapters.prooffiles import judge
from paperless_kernel.adapters.wholefiles import put_whole
from paperless_kernel.base.progress import Progress
from paperless_kernel.billing.model import Invoice
from paperless_kernel.demo.people import actor
from paperless_kernel.flows.reconcile import outside_of
from paperless_kernel.flows.scan_to_vault import EVIDENCE_NAME
from paperless_kernel.founding import JOURNALS
from paperless_kernel.notice.model import NoticeStatus, State
from paperless_kernel.office import Office
from paperless_kernel.scan.boxes import BoxState
from paperless_kernel.scan.reports.counts import Scope
from paperless_kernel.trust.anchors import Anchor
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.report import Report
from paperless_kernel.vault.model import (
    Applicant,
    CertificateRequest,
    Hit,
    Purpose,
    Recipient,
)
from paperless_kernel.wiring import MACHINE

_PURPOSE = "법원 제출용 (시험)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One file, our verdict on it, and what others said."""

    file: Path
    report: Report
    opinions: tuple[Opinion, ...]


class Results:
    """The folder of one pile's results."""

    def __init__(self, office: Office, pile: str) -> None:
        self._office = office
        self.folder = office.folder / "out" / pile
        self.root = self._put(
            "root.pem",
            load_der_x509_certificate(
                office.keeper.certificates(KeyPurpose.ROOT)[0]
            ).public_bytes(Encoding.PEM),
        )

    def sealed(self, hits: tuple[Hit, ...]) -> list[Path]:
        """Write each held document with its evidence record beside it."""
        customer = actor(self._office, "customer")
        files = []
        for number, hit in enumerate(hits, 1):
            opened = self._office.vault.read(customer, hit.document_id, Purpose.READ)
            name = f"sealed/{number:02d}-{_plain(hit.title)}"
            files.append(self._put(f"{name}.pdf", opened.data))
            for annex in opened.annexes:
                if annex.name == EVIDENCE_NAME:
                    self._put(f"{name}.ers", annex.data)
        return files

    def carried(self, box: str) -> list[Path]:
        """Write a box's story and, where its paper was destroyed, the proof of it."""
        office, manager = self._office, actor(self._office, "manager")
        names = {each.id: each.name for each in office.access.users()}
        names |= {each.id: each.name for each in office.access.tenants(manager)}
        # The story is a print for people; nobody signs it.
        self._once(
            "box/story.pdf",
            lambda: office.scan.box_story_paper(manager, box, names=names),
        )
        if office.scan.box(manager, box).state is not BoxState.SHREDDED:
            return []
        return [
            self._once(
                "box/paper-destroyed.pdf",
                lambda: office.scan.destruction_paper(manager, box, names=names),
            )
        ]

    def reconciled(self, box: str) -> list[Path]:
        """Write what came in against what was delivered, held and billed."""
        office, manager = self._office, actor(self._office, "manager")

        def made() -> bytes:
            outside = outside_of(
                MACHINE, vault=office.journals["vault"], billing=office.billing
            )
            report = office.scan.reconciliation_report(manager, Scope(box=box), outside)
            return office.scan.report_paper(manager, report)

        return [self._once("box/reconciliation.pdf", made)]

    def certified(self, tenant: Tenant, hit: Hit) -> list[Path]:
        """Issue a certificate of original for one document; write both forms."""
        certificate = self._office.vault.certify(
            actor(self._office, "customer"),
            CertificateRequest(
                key=f"demo:{hit.document_id}",
                document_id=hit.document_id,
                applicant=Applicant(
                    name=tenant.name, identity=tenant.number, company=True
                ),
                purpose=_PURPOSE,
                recipients=(Recipient(name="가상지방법원 (견본)"),),
            ),
        )
        return [
            self._put("certificate-of-original.pdf", certificate.pdf),
            self._put("certificate-of-original.acr", certificate.acr),
        ]

    def told(self, statuses: tuple[NoticeStatus, ...]) -> list[Path]:
        """Write distribution certificates of what was read, and letters."""
        sender, files = actor(self._office, "sender"), []
        for number, status in enumerate(statuses, 1):
            if status.state is State.READ:
                paper = self._office.notices.certificate(
                    sender, status.id, key=f"demo:{status.id}"
                )
                files.append(self._put(f"distribution-{number}.pdf", paper.pdf))
            elif status.state is State.PRINTED:
                paper = self._office.notices.letter(sender, status.id)
                self._put(f"letter-{number}.pdf", paper.pdf)
        return files

    def billed(self, invoice: Invoice, customer: str) -> list[Path]:
        """Write an invoice as PDF and workbook."""
        billing, name = self._office.billing, f"invoice-{invoice.number}"
        clerk, own = actor(self._office, "clerk"), self._office.facts.name
        pdf = billing.pdf(clerk, invoice, customer=customer, office=own)
        return [
            self._put(f"{name}.pdf", pdf),
            self._put(f"{name}.xlsx", billing.xlsx(clerk, invoice)),
        ]

    def checkpoints(self) -> list[Path]:
        """Write the newest signed checkpoint of each log, and the logs' keys."""
        for name in JOURNALS:
            vkey = self._office.keeper.vkey(name)
            self._put(f"checkpoints/{name}.vkey", f"{vkey}\n".encode())
        notes = ((name, self._office.journals[name].newest()) for name in JOURNALS)
        return [
            self._put(f"checkpoints/{name}.note", note.encode())
            for name, note in notes
            if note is not None
        ]

    def judged(self, files: list[Path], progress: Progress) -> tuple[Judged, ...]:
        """Judge each file ourselves and ask every checker that is installed."""
        anchors = [
            Anchor(fingerprint=self._office.root_fingerprint),
            *(Anchor(vkey=self._office.keeper.vkey(name)) for name in JOURNALS),
        ]
        found = []
        for number, file in enumerate(files, 1):
            report = judge(file, anchors=anchors, at=self._office.clock.now())
            found.append(Judged(file=file, report=report, opinions=self._others(file)))
            progress("files checked", number, len(files))
        return tuple(found)

    def _others(self, file: Path) -> tuple[Opinion, ...]:
        if file.suffix == ".pdf":
            return check_pdf(file, self.root)
        if file.suffix == ".acr":
            return check_bundle(file, self.root, self._office.root_fingerprint)
        return ()

    def _once(self, name: str, make: Callable[[], bytes]) -> Path:
        """Write a paper that carries the time it was made: the first one stays."""
        file = self.folder / name
        return file if file.is_file() else self._put(name, make())

    def _put(self, name: str, data: bytes) -> Path:
        return put_whole(self.folder / name, data)


def _plain(title: str) -> str:
    return "".join(each if each.isalnum() else "-" for each in title)[:40]
