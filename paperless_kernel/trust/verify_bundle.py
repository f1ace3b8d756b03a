"""Judges an ``.acr`` bundle: members, log entry, log, time-stamps, signer.

Knows how the parts of a bundle vouch for one another: the signature for the enclosed
members and the facts, the log entry for the facts, the log for the entry.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from paperless_kernel.base.clock import aware, kst_text, parse_stamp
from paperless_kernel.base.errors import EvidenceError, InputError
from paperless_kernel.base.events import Json
from paperless_kernel.trust.anchors import Anchor, log_keys
from paperless_kernel.trust.bundle import (
    CERTIFICATE,
    DOCUMENTS,
    ENTRY,
    LOG_KEY,
    PROOF,
    RECORD,
    TOKEN,
    read_bundle,
    read_proof,
)
from paperless_kernel.trust.digest import canonical_json, parse_canonical
from paperless_kernel.trust.evidence import check_record
from paperless_kernel.trust.merkle import check_inclusion, leaf_hash
from paperless_kernel.trust.notes import Checkpoint, check_note, read_vkey
from paperless_kernel.trust.parts import (
    bad,
    good,
    signer_part,
    standing_part,
    time_part,
    validity_part,
)
from paperless_kernel.trust.pdf import check_lists
from paperless_kernel.trust.pki import fingerprint
from paperless_kernel.trust.report import Part, PartName, ProofKind, Report, conclude
from paperless_kernel.trust.signatures import CmsFacts, check_cms
from paperless_kernel.trust.timestamps import TokenFacts, check_token

_NOT_ENCLOSED = frozenset({ENTRY, PROOF, TOKEN, RECORD, CERTIFICATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A bundle whose members, signature and entry belong together."""

    members: Mapping[str, bytes]
    cms: CmsFacts
    facts: Mapping[str, Json]

    @property
    def documents(self) -> Mapping[str, bytes]:
        return {n: d for n, d in self.members.items() if n.startswith(DOCUMENTS)}


def inspect_bundle(
    data: bytes,
    *,
    anchors: Sequence[Anchor] = (),
    at: dt.datetime | None = None,
) -> Report:
    """Judge a bundle; see `trust.verify.inspect`."""
    kind = ProofKind.BUNDLE
    try:
        opened = _open(data)
    except EvidenceError as error:
        return conclude(kind, [bad(PartName.INTACT, error)])
    cms = opened.cms
    names = len(opened.documents)
    parts = [
        good(
            PartName.INTACT,
            f"문서 {names}건과 모든 구성 파일이 서명된 그대로임",
            f"{names} document(s) and all members are as signed",
        ),
        signer_part(cms.chain, anchors),
        _log_part(opened, anchors),
        standing_part(_word(opened.facts, "standing")),
    ]
    proven: dt.datetime | None = None
    try:
        stamps = tuple(_stamps(opened))
        proven = max((token.gen_time for _, _, token in stamps), default=None)
        parts.append(time_part(stamps, anchors))
    except EvidenceError as error:
        parts.append(bad(PartName.TIME, error))
    parts.append(_validity(opened, proven, at))
    mark = fingerprint(cms.chain[-1])
    return conclude(kind, parts, fingerprint=mark, plain=_is_plain(opened.facts))


def _open(data: bytes) -> _Opened:
    members = read_bundle(data)
    for name in (CERTIFICATE, ENTRY, PROOF, LOG_KEY):
        if name not in members:
            raise EvidenceError(f"bundle: {name} is missing.")
    cms = check_cms(members[CERTIFICATE])
    if cms.crls and cms.signed_at:
        check_lists(cms.chain, cms.crls, cms.signed_at)
    statement = parse_canonical(cms.content)
    facts = statement.get("facts") if isinstance(statement, Mapping) else None
    if not isinstance(statement, Mapping) or not isinstance(facts, Mapping):
        raise EvidenceError("bundle: the signed statement is not a certificate's.")
    _check_enclosed(members, statement.get("enclosed"))
    _check_entry(parse_canonical(members[ENTRY]), facts)
    opened = _Opened(members=members, cms=cms, facts=facts)
    if not opened.documents:
        raise EvidenceError("bundle: there is no document in it.")
    known = set(_texts(facts))
    for name, document in opened.documents.items():
        if hashlib.sha256(document).hexdigest() not in known:
            raise EvidenceError(f"bundle: {name} is not the document certified.")
    return opened


def _check_enclosed(members: Mapping[str, bytes], listed: Json) -> None:
    found: dict[str, Json] = {
        name: hashlib.sha256(data).hexdigest()
        for name, data in members.items()
        if name not in _NOT_ENCLOSED
    }
    if not isinstance(listed, Mapping) or set(listed) != set(found):
        raise EvidenceError("bundle: its members are not the ones signed for.")
    for name, digest in found.items():
        if listed[name] != digest:
            raise EvidenceError(f"bundle: {name} is not as it was signed.")


def _check_entry(entry: Json, facts: Mapping[str, Json]) -> None:
    body = entry.get("body") if isinstance(entry, Mapping) else None
    said = body.get("facts_sha256") if isinstance(body, Mapping) else None
    if said != hashlib.sha256(canonical_json(facts)).hexdigest():
        raise EvidenceError(f"bundle: {ENTRY} is not the log entry of these facts.")


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _log_part(opened: _Opened, anchors: Sequence[Anchor]) -> Part:
    try:
        index, checkpoint = _check_log(opened, anchors)
    except (EvidenceError, InputError) as error:
        return bad(PartName.LOG, EvidenceError(str(error)))
    return good(
        PartName.LOG,
        f"{checkpoint.origin} 로그 {checkpoint.size}건 중 {index}번 항목",
        f"entry {index} of {checkpoint.size} in the log {checkpoint.origin}",
    )


def _check_log(opened: _Opened, anchors: Sequence[Anchor]) -> tuple[int, Checkpoint]:
    key = opened.members[LOG_KEY].decode("utf-8", "replace").strip()
    trusted = log_keys(anchors, read_vkey(key).name)
    if trusted and key not in trusted:
        raise EvidenceError("log: its key is not the one you trust for that log.")
    proof = read_proof(opened.members[PROOF])
    checkpoint = check_note(proof.note, [key])
    check_inclusion(
        leaf_hash(opened.members[ENTRY]),
        proof.index,
        checkpoint.size,
        proof.path,
        checkpoint.root,
    )
    return proof.index, checkpoint


def _stamps(opened: _Opened) -> Iterator[tuple[str, str, TokenFacts]]:
    """Yield what the bundle proves a time of: the checkpoint, then the document."""
    members = opened.members
    if TOKEN in members:
        note = read_proof(members[PROOF]).note.encode()
        token = check_token(members[TOKEN], hashlib.sha256(note).digest(), "sha256")
        yield "로그 항목", "the log entry", token
    if RECORD in members:
        document = next(iter(opened.documents.values()))
        if len(opened.documents) > 1:
            raise EvidenceError(f"bundle: {RECORD} is over one document, not several.")
        yield (
            "문서",
            "the document",
            check_record(members[RECORD], document).archived[0],
        )


def _validity(
    opened: _Opened, proven: dt.datetime | None, at: dt.datetime | None
) -> Part:
    cms = opened.cms
    part = validity_part(
        cms.chain,
        proven=proven,
        claimed=cms.signed_at,
        at=at,
        revocation=bool(cms.crls),
    )
    until = _until(opened.facts)
    if at and until and aware(at) > until:
        return bad(
            PartName.VALIDITY,
            EvidenceError(f"the certificate was valid until {kst_text(until)}."),
        )
    return part


def _until(facts: Mapping[str, Json]) -> dt.datetime | None:
    try:
        return parse_stamp(_word(facts, "valid_until"))
    except ValueError:
        return None


def _is_plain(facts: Mapping[str, Json]) -> bool:
    """Tell whether what is certified came as a plain scan (일반스캔)."""
    document = facts.get("document")
    return isinstance(document, Mapping) and bool(_word(document, "origin"))


def _word(facts: Mapping[str, Json], key: str) -> str:
    value = facts.get(key, "")
    return value if isinstance(value, str) else ""
