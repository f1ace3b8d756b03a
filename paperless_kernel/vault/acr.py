"""The ``.acr`` bundle (our own open profile): which members, under which names.

Knows how a held document, its log entry, its proofs and its certificate stand side by
side so that a stranger checks them with ``openssl`` alone. Knows no store and no key.

Members: ``doc/document.*`` the document · ``annex/NN*`` foreign evidence ·
``manifest.json`` the certify entry, byte for byte what the log's leaf commits to ·
``META-INF/manifest.tlog-proof`` (C2SP tlog-proof: index, path, signed checkpoint) ·
``checkpoint.tst`` an RFC 3161 token over the SHA-256 of that checkpoint's text ·
``evidencerecord.ers`` RFC 4998, over the document, from its deposit ·
``certificate.p7m`` CMS over ``{"enclosed": {member: sha256}, "facts": {...}}``; the
entry's ``facts_sha256`` commits to the facts · ``trust/*`` chains, CRL and log key ·
the texts for strangers: READMEs and ``verify.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate, load_der_x509_crl

from paperless_kernel.base.events import Json
from paperless_kernel.store.journal import LogProof
from paperless_kernel.trust.bundle import (
    CERTIFICATE,
    DOCUMENTS,
    ENTRY,
    LOG_KEY,
    PROOF,
    RECORD,
    TOKEN,
    TlogProof,
    write_bundle,
    write_proof,
)
from paperless_kernel.trust.digest import canonical_json, sha256
from paperless_kernel.vault.model import Annex
from paperless_kernel.vault.package import SUFFIXES


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """What proves an entry and a document: log proof, token, evidence record."""

    log: LogProof
    token: bytes
    record: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustFiles:
    """Chains (DER, leaf first, root last), CRL (DER) and log key at issue."""

    vault: tuple[bytes, ...]
    tsa: tuple[bytes, ...]
    crl: bytes
    vkey: str


def enclosures(
    media: str,
    document: bytes,
    annexes: Sequence[Annex],
    trust: TrustFiles,
    texts: Mapping[str, bytes],
) -> dict[str, bytes]:
    """Return the members the certificate's signature covers by their digests.

    Args:
        media: the document's media type.
        document: its plain bytes.
        annexes: foreign evidence held with it.
        trust: chains, revocation list and log key.
        texts: member name to bytes: README and verifier for strangers.
    """
    members = {f"{DOCUMENTS}document{SUFFIXES.get(media, '.bin')}": document}
    for number, annex in enumerate(annexes, 1):
        members[f"annex/{number:02d}{_ending(annex.name)}"] = annex.data
    members["trust/root.pem"] = _pem(trust.vault[-1])
    members["trust/vault.pem"] = b"".join(_pem(each) for each in trust.vault[:-1])
    members["trust/tsa.pem"] = b"".join(_pem(each) for each in trust.tsa[:-1])
    members["trust/root.crl.pem"] = load_der_x509_crl(trust.crl).public_bytes(
        Encoding.PEM
    )
    members[LOG_KEY] = f"{trust.vkey}\n".encode()
    members.update(texts)
    return members


def signed_content(facts: Mapping[str, Json], enclosed: Mapping[str, bytes]) -> bytes:
    """Return the canonical JSON that ``certificate.p7m`` signs."""
    digests = {name: sha256(data).hex() for name, data in enclosed.items()}
    return canonical_json({"facts": facts, "enclosed": digests})


def assemble(
    enclosed: Mapping[str, bytes], proofs: Proofs, certificate: bytes
) -> bytes:
    """Return the ``.acr`` file.

    Args:
        enclosed: what `enclosures` returned.
        proofs: the certify entry's log proof, the token over its checkpoint's text,
            and the document's evidence record.
        certificate: DER CMS over `signed_content`.
    """
    log = proofs.log
    return write_bundle(
        {
            **enclosed,
            ENTRY: log.entry,
            PROOF: write_proof(
                TlogProof(index=log.index, path=log.path, note=log.note)
            ),
            TOKEN: proofs.token,
            RECORD: proofs.record,
            CERTIFICATE: certificate,
        }
    )


def _pem(der: bytes) -> bytes:
    return load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def _ending(name: str) -> str:
    """Return a name's ending when it is harmless; names themselves may be personal."""
    _, dot, ending = name.rpartition(".")
    return f".{ending}" if dot and ending.isascii() and ending.isalnum() else ".bin"
