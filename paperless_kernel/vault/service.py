"""The vault (전자문서 보관): who may do what, and each act's steps.

Knows permissions and the order of acts; the steps themselves are ``depositing``,
``issuing``, ``making`` and ``auditing``. Claims to be no designated centre: what is
issued carries the trial line until a facility record covers the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import Clock
from paperless_kernel.base.errors import InputError, NotAllowedError, NotFoundError
from paperless_kernel.base.ids import Actor, Ids, Random
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.base.typeset import Typesetter
from paperless_kernel.store.blobs import Blobs
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper
from paperless_kernel.vault.auditing import audit
from paperless_kernel.vault.depositing import hold, receipt_of, stamp_waiting
from paperless_kernel.vault.index import TOKEN_SIZE, matches, query_words
from paperless_kernel.vault.issued import (
    add_grant,
    count,
    find_certificate,
    is_granted,
    list_certificates,
)
from paperless_kernel.vault.issuing import certify, load
from paperless_kernel.vault.keyring import Keyring
from paperless_kernel.vault.model import (
    GRANTABLE,
    TAG_GRANTED,
    TAG_OPENED,
    AuditReport,
    Certificate,
    CertificateRequest,
    Deposit,
    Document,
    Hit,
    IssuedCertificate,
    Opened,
    Purpose,
    Receipt,
    VaultNumbers,
)
from paperless_kernel.vault.parts import JOURNAL, FacilityAt, Parts
from paperless_kernel.vault.records import find_package, search
from paperless_kernel.vault.retention import RetentionRules

_MOST_CANDIDATES = 200


class Vault:
    """Holds documents, finds and opens them for their owners, certifies and audits."""

    def __init__(
        self,
        *,
        db: Database,
        keys_db: Database,
        journal: Journal,
        blobs: Blobs,
        keeper: Keeper,
        clock: Clock,
        ids: Ids,
        random: Random,
        typesetter: Typesetter,
        facility: FacilityAt,
        retention: RetentionRules,
        texts: Mapping[str, bytes],
    ) -> None:
        """Take the parts.

        Args:
            db: the vault's rows (``records.metadata``).
            keys_db: wrapped keys alone (``records.keys_metadata``).
            journal: the journal named ``vault``.
            blobs: where ciphertext lies.
            keeper: holder of the private keys.
            clock: the office's time.
            ids: maker of object identifiers.
            random: where chance comes from.
            typesetter: sets ``data/papers/vault_certificate.typ``.
            facility: says whether a designation covers an instant.
            retention: parsed ``data/rules/retention.toml``.
            texts: member name to bytes of what goes into every bundle for strangers:
                the READMEs and ``verify.py``.
        """
        self._parts = Parts(
            db=db,
            journal=journal,
            blobs=blobs,
            keeper=keeper,
            clock=clock,
            ids=ids,
            random=random,
            typesetter=typesetter,
            facility=facility,
            retention=retention,
            texts=texts,
            keyring=Keyring(keys_db, keeper, random),
        )

    def deposit(self, actor: Actor, deposit: Deposit) -> Receipt:
        """Take one package; see `deposit_many`."""
        return self.deposit_many(actor, [deposit])[0]

    def deposit_many(
        self, actor: Actor, deposits: Sequence[Deposit], progress: Progress = silent
    ) -> tuple[Receipt, ...]:
        """Take packages (등록): all under one checkpoint and ONE time-stamp.

        Receipts leave only once every entry is under a signed checkpoint. When the
        time-stamping authority is silent they leave all the same, and the next call
        stamps. A repeat returns the same receipts and changes nothing.

        Raises:
            NotAllowedError: the caller may not deposit, or not for that customer.
            InputError: a deposit is malformed, or of another class than there is.
            UnsupportedError: a file is of no accepted format.
            ConflictError: a key was used for other content.
            StorageError: the disk failed; what was acknowledged before stays.
        """
        require(actor, Action.VAULT_DEPOSIT)
        for each in deposits:
            if actor.tenant not in ("", each.tenant):
                raise NotAllowedError(
                    f"{actor.id} belongs to another customer and cannot deposit for "
                    f"{each.tenant}."
                )
        held = []
        for done, each in enumerate(deposits, 1):
            held.append(hold(self._parts, actor, each))
            progress("vault deposit", done, len(deposits))
        if held:
            self._parts.keeper.sequence(JOURNAL)
            stamp_waiting(self._parts, actor)
        return tuple(receipt_of(self._parts, package_id) for package_id in held)

    def receipt(self, actor: Actor, package_id: str) -> Receipt:
        """Return a package's receipt again.

        Raises:
            NotFoundError: no such package for this caller.
        """
        require(actor, Action.VAULT_DEPOSIT)
        with self._parts.db.read() as tx:
            package = find_package(tx, package_id)
        if package is None or actor.tenant not in ("", package.tenant):
            raise NotFoundError(f"No package {package_id} is here for you.")
        return receipt_of(self._parts, package_id)

    def grant(self, actor: Actor, tenant: str, purpose: Purpose) -> None:
        """Let the office open a customer's documents for one purpose; a repeat is free.

        Raises:
            NotAllowedError: only the customer's own administrator grants.
            InputError: reading is never granted.
        """
        require(actor, Action.VAULT_GRANT)
        if actor.tenant != tenant:  # not even the office grants itself
            raise NotAllowedError(
                f"Only an administrator of {tenant} grants access to its documents."
            )
        if purpose not in GRANTABLE:
            raise InputError(f"{purpose.value} cannot be granted to the office.")
        body = {"tenant": tenant, "purpose": purpose.value}
        event = self._parts.event(TAG_GRANTED, tenant, actor, body)
        with self._parts.db.begin() as tx:
            if is_granted(tx, tenant, purpose):
                return
            add_grant(tx, tenant, purpose, event)
            self._parts.journal.append(tx, event)
        self._parts.keeper.sequence(JOURNAL)

    def search(
        self, actor: Actor, tenant: str, text: str, kind: str | None = None
    ) -> tuple[Hit, ...]:
        """Find documents by words of title and keywords and by type, newest first.

        Titles are decrypted to be compared and shown, so only the owner's people
        search; each key opened is journaled. At most 200 candidates are looked at.

        Raises:
            NotAllowedError: the caller does not belong to the customer.
            InputError: nothing to search for.
        """
        require(actor, Action.VAULT_READ)
        if actor.tenant != tenant:
            raise NotAllowedError(
                f"{actor.id} does not belong to {tenant}: titles are for its people."
            )
        words = query_words(text, kind)
        tokens = [
            each[:TOKEN_SIZE]
            for each in self._parts.keeper.mac(f"index:{tenant}", words)
        ]
        with self._parts.db.read() as tx:
            candidates = search(tx, tenant, tokens, _MOST_CANDIDATES)
        return tuple(
            hit
            for each in candidates
            if (hit := self._hit(actor, each, text, kind)) is not None
        )

    def _hit(
        self, actor: Actor, document: Document, text: str, kind: str | None
    ) -> Hit | None:
        key = self._parts.keyring.open(
            document.id, document.tenant, actor, Purpose.READ
        )
        metadata, _ = self._parts.metadata(document, key)
        if not matches(metadata, text, kind):
            return None
        with self._parts.db.read() as tx:
            package = find_package(tx, document.package_id)
        if package is None:
            raise NotFoundError(f"Package {document.package_id} has no row.")
        return Hit(
            document_id=document.id,
            package_id=document.package_id,
            title=metadata.title,
            kind=metadata.kind,
            keywords=metadata.keywords,
            description=metadata.description,
            media=document.media,
            size=document.digests.size,
            deposited_at=package.deposited_at,
        )

    def document(self, actor: Actor, document_id: str) -> Document:
        """Return what is recorded of a document: digests and sizes, no content.

        Raises:
            NotFoundError: no such document for this caller.
        """
        require(actor, Action.VAULT_READ)
        return self._parts.visible(actor, document_id)

    def open(self, actor: Actor, document_id: str, purpose: Purpose) -> bytes:
        """Return a document's bytes (열람); see `read`."""
        return self.read(actor, document_id, purpose).data

    def read(self, actor: Actor, document_id: str, purpose: Purpose) -> Opened:
        """Return a document and its title, compared with the digests of its deposit.

        The opening is in the journal before the bytes leave.

        Raises:
            NotFoundError: no such document for this caller, or its key was erased.
            NotAllowedError: the office acts for a purpose its owner has not granted.
            EvidenceError: what is stored is not what was deposited.
        """
        require(actor, Action.VAULT_READ)
        document = self._parts.visible(actor, document_id)
        self._parts.allow(actor, document, purpose)
        event = self._parts.event(
            TAG_OPENED,
            document.id,
            actor,
            {"tenant": document.tenant, "purpose": purpose.value},
        )
        with self._parts.db.begin() as tx:
            self._parts.journal.append(tx, event)
        self._parts.keeper.sequence(JOURNAL)
        key = self._parts.keyring.open(document.id, document.tenant, actor, purpose)
        metadata, names = self._parts.metadata(document, key)
        return Opened(
            document=document,
            title=metadata.title,
            data=self._parts.plain(document, key),
            annexes=self._parts.annexes(document, key, names),
        )

    def certify(self, actor: Actor, request: CertificateRequest) -> Certificate:
        """Issue a certificate as PDF/A and ``.acr``; see ``issuing.certify``."""
        require(actor, Action.VAULT_CERTIFY)
        return certify(self._parts, actor, request)

    def certificate(self, actor: Actor, serial: str) -> Certificate:
        """Return an issued certificate again; see ``issuing.load``."""
        require(actor, Action.VAULT_CERTIFY)
        return load(self._parts, actor, serial)

    def certificates(
        self, actor: Actor, tenant: str | None = None
    ) -> tuple[IssuedCertificate, ...]:
        """Return the list of issues (발급목록), newest first.

        Raises:
            NotAllowedError: a customer asks for another's.
        """
        require(actor, Action.VAULT_CERTIFY)
        if actor.tenant:
            if tenant not in (None, actor.tenant):
                raise NotAllowedError(f"{actor.id} does not belong to {tenant}.")
            tenant = actor.tenant
        with self._parts.db.read() as tx:
            return list_certificates(tx, tenant)

    def issued(self, serial: str) -> IssuedCertificate:
        """Return whether and when a serial was issued; anybody may ask.

        Raises:
            NotFoundError: no certificate of that serial was issued here.
        """
        with self._parts.db.read() as tx:
            row = find_certificate(tx, serial=serial) if serial else None
        if row is None:
            raise NotFoundError(f"No certificate {serial} was issued here.")
        return row.issued()

    def audit(self, actor: Actor, progress: Progress = silent) -> AuditReport:
        """Read everything held again and compare; see ``auditing.audit``."""
        require(actor, Action.VAULT_AUDIT)
        return audit(self._parts, actor, progress)

    def numbers(self) -> VaultNumbers:
        """Return what the home page shows."""
        with self._parts.db.read() as tx:
            return count(tx)
