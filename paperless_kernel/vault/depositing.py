"""Deposit (등록): files become a held package, its entry in the log, a time-stamp.

Knows the order in which bytes become durable and what a crash leaves at each step; a
repeat of the same call is the recovery.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from paperless_kernel.base.errors import (
    ConflictError,
    NotFoundError,
    UnavailableError,
)
from paperless_kernel.base.events import Event, Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.store.keeper import KeeperStamper
from paperless_kernel.trust.digest import canonical_json, sha256
from paperless_kernel.trust.evidence import HashTree
from paperless_kernel.trust.timestamps import check_token
from paperless_kernel.vault.index import TOKEN_SIZE, document_words
from paperless_kernel.vault.keyring import DocumentKey
from paperless_kernel.vault.logged import batch_body, package_body
from paperless_kernel.vault.model import (
    TAG_DEPOSITED,
    TAG_STAMPED,
    Deposit,
    DepositFile,
    Document,
    HeldAnnex,
    Package,
    Receipt,
)
from paperless_kernel.vault.package import (
    Measured,
    check_deposit,
    commitment,
    content_fingerprint,
    measure,
    metadata_of,
)
from paperless_kernel.vault.parts import JOURNAL, Parts
from paperless_kernel.vault.records import (
    Accepted,
    Batch,
    add_accepted,
    add_batch,
    add_package,
    find_accepted,
    find_package,
    is_stamped,
    unstamped,
)
from paperless_kernel.vault.retention import period

log = logging.getLogger(__name__)

ALGORITHM = "sha256"
_MOST_LEAVES = 10_000
_DOCUMENT, _METADATA, _ANNEXES = 0, 1, 2  # places of a document's drawn nonces


def hold(parts: Parts, actor: Actor, deposit: Deposit) -> str:
    """Make one package durable and enter it in the log; return its id.

    Raises:
        InputError: the deposit is malformed.
        UnsupportedError: a file is of no accepted format.
        ConflictError: the key was used for other content.
    """
    check_deposit(deposit)
    parts.retention.named(deposit.retention_class)
    measured = [measure(file) for file in deposit.files]
    # 1. The ids this key will have are written first. A crash here leaves a row that
    #    the audit lists as unfinished; the repeat takes the same ids.
    begun = _accept(parts, deposit, measured)
    with parts.db.read() as tx:
        if find_package(tx, begun.package_id) is not None:
            return begun.package_id
    documents, words = [], []
    for position, (file, found) in enumerate(zip(deposit.files, measured, strict=True)):
        document_id = begun.document_ids[position]
        # 2. Its key and nonces are drawn and stored (keys.db). A crash here leaves a
        #    key without a document; the repeat finds it and encrypts the same.
        key = parts.keyring.draw(
            document_id, deposit.tenant, _ANNEXES + len(file.annexes), actor
        )
        # 3. Ciphertext goes to the object store, whole or not at all. A crash here
        #    leaves objects no row names; the repeat puts the same bytes.
        documents.append(_store(parts, begun, position, file, found, key))
        words.append(_tokens(parts, deposit.tenant, file))
    package = _package(parts, deposit, begun, tuple(documents))
    # 4. Rows, search tokens and the journal entry commit together: from here on the
    #    package is held. It is acknowledged once the keeper has signed over it.
    with parts.db.begin() as tx:
        if find_package(tx, package.id) is None:
            add_package(tx, package, words)
            parts.journal.append(tx, _event(parts, actor, package))
    return package.id


def _package(
    parts: Parts, deposit: Deposit, begun: Accepted, documents: tuple[Document, ...]
) -> Package:
    rule = parts.retention.named(deposit.retention_class)
    limits = period(rule, deposit.started_on)
    return Package(
        id=begun.package_id,
        tenant=deposit.tenant,
        key=deposit.key,
        entry_id=begun.entry_id,
        size=sum(each.digests.size for each in documents),
        deposited_at=parts.clock.now(),
        retention_class=rule.name,
        started_on=deposit.started_on,
        floor=limits.floor,
        ceiling=limits.ceiling,
        documents=documents,
    )


def _accept(parts: Parts, deposit: Deposit, measured: Sequence[Measured]) -> Accepted:
    content = b"deposit:" + content_fingerprint(deposit, measured)
    (fingerprint,) = parts.keeper.mac(f"index:{deposit.tenant}", [content])
    with parts.db.begin() as tx:
        held = find_accepted(tx, deposit.tenant, deposit.key)
        if held is None:
            held = Accepted(
                tenant=deposit.tenant,
                key=deposit.key,
                fingerprint=fingerprint,
                package_id=parts.ids.new(),
                entry_id=parts.ids.new(),
                document_ids=tuple(parts.ids.new() for _ in deposit.files),
                at=parts.clock.now(),
            )
            add_accepted(tx, held)
    if held.fingerprint != fingerprint:
        raise ConflictError(
            f"The key {deposit.key!r} was already used for another deposit; give this "
            "one a key of its own."
        )
    return held


def _store(
    parts: Parts,
    begun: Accepted,
    position: int,
    file: DepositFile,
    found: Measured,
    key: DocumentKey,
) -> Document:
    nonce, meta_nonce = key.nonces[_DOCUMENT], key.nonces[_METADATA]
    box: Json = {
        "metadata": metadata_of(file).json(),
        "annexes": [each.name for each in file.annexes],
    }
    held = []
    for n, each in enumerate(file.annexes):
        hidden = key.hide(each.data, key.nonces[_ANNEXES + n], f"annex/{n}")
        held.append(
            HeldAnnex(
                media=each.media,
                size=len(each.data),
                sha256=sha256(each.data).hex(),
                cipher_sha256=parts.blobs.put(hidden),
                nonce=key.nonces[_ANNEXES + n],
            )
        )
    return Document(
        id=key.document_id,
        package_id=begun.package_id,
        tenant=begun.tenant,
        position=position,
        media=found.media,
        digests=found.digests,
        cipher_sha256=parts.blobs.put(key.hide(file.data, nonce, "document")),
        commitment=commitment(key.salt, box),
        nonce=nonce,
        meta_box=key.hide(canonical_json(box), meta_nonce, "metadata"),
        meta_nonce=meta_nonce,
        annexes=tuple(held),
    )


def _tokens(parts: Parts, tenant: str, file: DepositFile) -> tuple[bytes, ...]:
    words = document_words(metadata_of(file))
    return tuple(
        each[:TOKEN_SIZE] for each in parts.keeper.mac(f"index:{tenant}", words)
    )


def _event(parts: Parts, actor: Actor, package: Package) -> Event:
    return Event(
        tag=TAG_DEPOSITED,
        id=package.entry_id,
        subject=package.id,
        at=package.deposited_at,
        actor=actor.id,
        body=package_body(package, parts.retention.version),
    )


def stamp_waiting(parts: Parts, actor: Actor) -> int:
    """Put ONE time-stamp over all documents that have none and the newest checkpoint.

    The tree's leaves are the documents' SHA-256 and that of the checkpoint's note, so
    the one token serves RFC 4998 records and dates the log. Returns how many documents
    it covers; when the time-stamping authority does not answer, none, and the next
    deposit, certificate or audit tries again.
    """
    note = parts.keeper.sequence(JOURNAL)
    with parts.db.read() as tx:
        waiting = unstamped(tx, _MOST_LEAVES)
    if not waiting:
        return 0
    leaves = (*waiting, (None, sha256(note.encode())))
    tree = HashTree([digest for _, digest in leaves], ALGORITHM)
    try:
        token = KeeperStamper(parts.keeper, parts.random).stamp(tree.root, ALGORITHM)
    except UnavailableError as error:
        log.warning("%d documents wait for a time-stamp: %s", len(waiting), error)
        return 0
    batch = Batch(
        id=parts.ids.new(),
        algorithm=ALGORITHM,
        root=tree.root,
        note=note,
        token=token,
        at=check_token(token, tree.root, ALGORITHM).gen_time,
        digests=leaves,
    )
    # 5. Token and leaves commit together. A crash before leaves a token nobody keeps;
    #    of two processes that stamp at once the second throws its own away.
    with parts.db.begin() as tx:
        if is_stamped(tx, [document_id for document_id, _ in waiting]):
            return 0
        add_batch(tx, batch)
        parts.journal.append(tx, _stamped(parts, actor, batch))
    parts.keeper.sequence(JOURNAL)
    return len(waiting)


def _stamped(parts: Parts, actor: Actor, batch: Batch) -> Event:
    return parts.event(TAG_STAMPED, batch.id, actor, batch_body(batch))


def receipt_of(parts: Parts, package_id: str) -> Receipt:
    """Return a package's receipt; the same each time.

    Raises:
        NotFoundError: there is no such package.
        NotYetError: its entry is under no signed checkpoint yet.
    """
    with parts.db.read() as tx:
        package = find_package(tx, package_id)
    if package is None:
        raise NotFoundError(f"No package {package_id} is here.")
    return Receipt(
        package_id=package.id,
        document_ids=tuple(each.id for each in package.documents),
        tenant=package.tenant,
        key=package.key,
        entry_id=package.entry_id,
        leaf=parts.journal.prove(package.entry_id).index,
        size=package.size,
        deposited_at=package.deposited_at,
    )
