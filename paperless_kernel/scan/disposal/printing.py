"""The desk that prints the end: confirmations of destruction, and copies (사본).

Signs with the workshop's key and journals each print of a document. What the papers say
is ``disposal.papers``, how a copy is marked ``disposal.copies``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import kst_text, parse_stamp, stamp
from paperless_kernel.base.errors import ConflictError, NotYetError
from paperless_kernel.base.events import Json
from paperless_kernel.base.facility import standing
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records
from paperless_kernel.scan.custody.printing import Printing, set_form
from paperless_kernel.scan.disposal.copies import BAND, MARK, marked_copy, page_sizes
from paperless_kernel.scan.disposal.desk import Disposing
from paperless_kernel.scan.disposal.papers import TITLE, destruction_form
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import BatchState
from paperless_kernel.scan.orders.holder import registration_of
from paperless_kernel.scan.orders.records import order_of
from paperless_kernel.scan.tags import PAPER_PRINTED
from paperless_kernel.scan.workshop import is_line, open_batch_key, show
from paperless_kernel.store.keeper import KeeperSigner
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pdf import PdfKind, fill_signature, prepare_signature
from paperless_kernel.trust.pki import subject_name

_PLACE: Final = "KR"
_SEALED: Final = (DocumentState.SEALED, DocumentState.HANDED_OVER)


class PrintingEnds(Printing, Disposing):
    """Prints what stays when paper and residue are gone."""

    def destruction_paper(
        self, actor: Actor, box: str, *, names: Mapping[str, str]
    ) -> bytes:
        """Return the signed confirmation that a box's paper was destroyed (제53조②).

        PDF/A-2b, signed PAdES in the name of the order's workshop. It carries the trial
        mark unless a facility record covered the day of the destruction.

        Args:
            actor: who prints.
            box: its id.
            names: names of people by id; an id stands for itself.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotFoundError: there is no such box.
            NotYetError: its paper was not destroyed here.
        """
        parts = self._parts
        found = self.destruction(actor, box)
        now = parts.clock.now()
        with parts.db.read() as tx:
            order = order_of(tx, box)
            workshop = order.workshop if order else ""
            line = standing(registration_of(parts, tx, workshop, found.end.at))
        signer = KeeperSigner(parts.keeper, KeyPurpose.SCAN, workshop)
        holder = subject_name(signer.certificates[0])
        form = destruction_form(
            found, made_at=now, standing=line, office=holder, names=names
        )
        prepared = prepare_signature(
            set_form(parts, form),
            name=holder,
            reason=f"{TITLE} {found.seal}",
            location=_PLACE,
            signed_at=now,
            kind=PdfKind.CERTIFICATE,
            standing=line,
        )
        return fill_signature(prepared, signer, crls=(parts.keeper.crl(),))

    def print_copy(self, actor: Actor, document: str, *, key: str) -> bytes:
        """Return a sealed document for printing: 사본, who and when on every page.

        The marks carry the printing user's name (제17조); the journal their id. The
        sealed file is not touched. The same key gives the same print again.

        Args:
            actor: who prints; the name stands on every page.
            document: its id.
            key: idempotency key; each key is one print.

        Raises:
            NotAllowedError: the actor may not print documents.
            NotFoundError: there is no such document.
            NotYetError: it is not sealed yet.
            ConflictError: it was handed over and its batch erased: it is printed
                where it was deposited; or the key stands for another print.
        """
        require(actor, Action.SCAN_PRINT)
        parts = self._parts
        with parts.db.read() as tx:
            row = records.document_row(tx, document)
            batch = records.get_batch(tx, row.batch)
        if row.state not in _SEALED:
            raise NotYetError(
                f"Document {row.number} is {row.state}: a copy is printed of what is "
                "sealed. Seal its batch first."
            )
        if batch.state is BatchState.ERASED:
            raise ConflictError(
                f"Document {row.number} was handed over under receipt {row.receipt} "
                "and nothing of it is left in the workshop (제21조, 제23조). Print it "
                "where it was deposited: 'paperless vault open' there, or ask its "
                "keeper."
            )
        opened = open_batch_key(parts, batch.id, actor, "scan: print a copy")
        sealed = show(parts, opened, row.blob, row.digest)
        content = records.content_of("copy", document, actor.id)
        with parts.db.begin() as tx:
            known = records.recall(tx, key, content)
            if known is None:
                known = stamp(parts.clock.now())
                records.remember(tx, key, content, known)
                body: dict[str, Json] = {
                    "tenant": row.tenant,
                    "batch": batch.id,
                    "sha256": row.digest,
                    "sides": row.sides,
                }
                self._write(tx, actor, PAPER_PRINTED, document, body)
        self._acknowledge()
        return self._marked(sealed, actor, document, row.digest, parse_stamp(known))

    def _marked(
        self, sealed: bytes, actor: Actor, document: str, digest: str, at: dt.datetime
    ) -> bytes:
        name = actor.name if is_line(actor.name) else ""
        who = f"{name} ({actor.id})" if name else actor.id
        values: dict[str, Json] = {
            "title": f"사본 COPY {document}",
            "band": BAND,
            "sheets": [list(size) for size in page_sizes(sealed)],
            "line": f"출력자 Printed by {who} · {kst_text(at)}",
            "line_en": f"Copy of {document} · SHA-256 {digest[:16]}…",
        }
        marks = self._parts.typesetter.pdf(MARK, values, made_at=at)
        return marked_copy(sealed, marks)
