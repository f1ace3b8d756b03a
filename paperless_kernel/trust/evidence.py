"""RFC 4998 evidence records: one token for many documents, a record for each.

Knows hash trees, records, and how chains and sequences of archive time-stamps renew one
another. Makes first records; renewals made elsewhere are judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paperless_kernel.base.errors import InputError, NotFoundError
from paperless_kernel.trust.algorithms import digest_id, digest_name, hash_of
from paperless_kernel.trust.chains import check_chain
from paperless_kernel.trust.der import (
    CONSTRUCTED,
    CONTEXT,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    Element,
    demand,
    integer,
    judging,
    octets,
    read,
    read_integer,
    sequence,
    tlv,
    within,
)
from paperless_kernel.trust.digest import ALGORITHMS
from paperless_kernel.trust.timestamps import TokenFacts, check_token, imprint_of

_PART = "the evidence record"
_FIELD_0, _FIELD_1 = CONTEXT | CONSTRUCTED, CONTEXT | CONSTRUCTED | 1
_FIELD_2 = CONTEXT | CONSTRUCTED | 2
_PAIR = 2

Lists = tuple[tuple[bytes, ...], ...]
"""A reduced hash tree: the digests to combine at each step, nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFacts:
    """What an evidence record that holds says (증거기록).

    ``archived`` are its tokens, oldest first: the first tells since when the document
    exists. ``algorithms`` are the digests its chains rest on, oldest first.
    """

    archived: tuple[TokenFacts, ...]
    algorithms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Archived:
    """An ArchiveTimeStamp taken apart."""

    named: str | None
    attributed: bool
    lists: Lists
    token: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """An ArchiveTimeStampChain: the octets as found, and its time-stamps."""

    raw: bytes
    stamps: tuple[_Archived, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    version: int
    listed: tuple[str, ...]
    extra: bool
    chains: tuple[_Chain, ...]


class HashTree:
    """The tree over a batch's digests whose root one token stamps (RFC 4998, 4.2).

    Equal digests are one leaf, so a document that comes twice has one proof. A node
    without a sibling moves up unchanged.

    Args:
        digests: one per document, each of the algorithm's size.
        algorithm: a name of `digest.ALGORITHMS`.

    Raises:
        InputError: there is no digest, or one has another size.
    """

    def __init__(self, digests: Sequence[bytes], algorithm: str = "sha256") -> None:
        size = ALGORITHMS.get(algorithm)
        if not digests or any(len(each) != size for each in digests):
            raise InputError(
                f"a hash tree needs at least one digest, each a whole {algorithm} one."
            )
        self.algorithm = algorithm
        leaves = list(dict.fromkeys(digests))
        place = {leaf: at for at, leaf in enumerate(leaves)}
        self._places = [place[each] for each in digests]
        self._levels = [leaves]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            pairs = (below[at : at + _PAIR] for at in range(0, len(below), _PAIR))
            self._levels.append(
                [
                    pair[0] if len(pair) < _PAIR else _combine(algorithm, pair)
                    for pair in pairs
                ]
            )

    @property
    def root(self) -> bytes:
        """Return the digest to be stamped; of one document, its own."""
        return self._levels[-1][0]

    def reduced(self, index: int) -> Lists:
        """Return the reduced hash tree of one document; empty when it is alone.

        Args:
            index: the document's place among the digests given.

        Raises:
            NotFoundError: no such place.
        """
        if not 0 <= index < len(self._places):
            raise NotFoundError(f"there is no document {index} in this hash tree.")
        at = self._places[index]
        lists: list[tuple[bytes, ...]] = []
        for level in self._levels[:-1]:
            beside = at ^ 1
            if beside < len(level):
                # The document's own digest stands first: that tells whose record it is.
                first = () if lists else (level[at],)
                lists.append((*first, level[beside]))
            at //= _PAIR
        return tuple(lists)


def make_record(tree: HashTree, index: int, token: bytes) -> bytes:
    """Return the EvidenceRecord of one document in DER.

    Args:
        tree: the batch's tree.
        index: the document's place in it.
        token: DER, over the tree's root.

    Raises:
        InputError: the token is over something else.
        NotFoundError: no such place.
    """
    if imprint_of(token) != (tree.algorithm, tree.root):
        raise InputError(
            "the token is not over this tree's root; stamp the root and try again."
        )
    archived = _Archived(
        named=None, attributed=False, lists=tree.reduced(index), token=token
    )
    return _assemble((tree.algorithm,), ((archived,),))


def check_record(
    record: bytes, document: bytes | Sequence[bytes], *, foreign: bool = False
) -> EvidenceFacts:
    """Raise unless a record proves a document; return what it says (RFC 4998, 5.3).

    Time-stamp renewals and hash renewals inside are judged too, the latter with the
    two digests in either order, for both are in use (RFC 4998 section 5.2, erratum).

    Args:
        record: DER.
        document: the document's bytes, or those of every member of a group.
        foreign: the record or its tokens were made elsewhere: other layouts are let
            through, a single document may be one of a group, and tokens are judged as
            `check_token` does with ``foreign``.

    Raises:
        EvidenceError: naming the part that broke.
    """
    with judging(_PART):
        parts = _parse(record)
    documents = [document] if isinstance(document, bytes) else list(document)
    demand(documents, f"{_PART}: no document was given with it.")
    archived: list[TokenFacts] = []
    algorithms: list[str] = []
    for at, chain in enumerate(parts.chains):
        name = _algorithm(chain, at)
        wanted = _wanted(documents, parts.chains[:at], name)
        for nth, stamped in enumerate(chain.stamps):
            if nth:
                before = chain.stamps[nth - 1].token
                wanted = ([hash_of(name, before)],)
            part = f"{_PART}: time-stamp {nth + 1} of chain {at + 1}"
            with within(part):
                root = _root(stamped, wanted, name, foreign=foreign)
                facts = check_token(stamped.token, root, name, foreign=foreign)
                if archived:
                    _check_renewal(archived[-1], facts, foreign=foreign)
            archived.append(facts)
        algorithms.append(name)
    if foreign:
        demand(
            parts.version == 1 and set(algorithms) <= set(parts.listed),
            f"{_PART}: its version or its list of digest algorithms is wrong.",
        )
    else:
        _check_layout(record, parts, algorithms)
    return EvidenceFacts(archived=tuple(archived), algorithms=tuple(algorithms))


def _check_renewal(before: TokenFacts, after: TokenFacts, *, foreign: bool) -> None:
    demand(
        after.gen_time > before.gen_time,
        "it is not later than the time-stamp it renews.",
    )
    with within("it came too late to renew the one before"):
        check_chain(before.chain, after.gen_time, complete=not foreign)


def _algorithm(chain: _Chain, at: int) -> str:
    """Return the one digest algorithm of a chain (RFC 4998 section 5.1)."""
    with within(f"{_PART}: chain {at + 1}"):
        names = {imprint_of(stamped.token)[0] for stamped in chain.stamps}
        named = {stamped.named for stamped in chain.stamps} - {None}
        demand(
            len(names) == 1 and named <= names,
            "its time-stamps do not share one digest algorithm.",
        )
        return names.pop()


def _wanted(
    documents: Sequence[bytes], earlier: Sequence[_Chain], name: str
) -> tuple[list[bytes], ...]:
    """Return the digests the first list must hold; two ways after a hash renewal."""
    digests = [hash_of(name, document) for document in documents]
    if not earlier:
        return (digests,)
    # The octets as found, never re-encoded ones: they are what was hashed then.
    history = hash_of(name, sequence(*(chain.raw for chain in earlier)))
    unsorted = [hash_of(name, each + history) for each in digests]
    ordered = [_combine(name, (each, history)) for each in digests]
    return unsorted, ordered


def _root(
    stamped: _Archived, wanted: Sequence[Sequence[bytes]], name: str, *, foreign: bool
) -> bytes:
    """Return the root the token must be over, having found the document below it."""
    lists = stamped.lists or ((imprint_of(stamped.token)[1],),)
    first = lists[0]
    found = any(
        set(digests) <= set(first)
        and len(digests) in (1, len(first))
        and (foreign or first[0] == digests[0])
        for digests in wanted
    )
    demand(found, "it is about another document: the digest is not in its hash tree.")
    # One digest alone is its own root: nothing is hashed twice.
    root = _combine(name, first) if len(first) > 1 else first[0]
    for each in lists[1:]:
        root = _combine(name, (*each, root))
    return root


def _combine(name: str, digests: Sequence[bytes]) -> bytes:
    return hash_of(name, b"".join(sorted(digests)))


def _check_layout(record: bytes, parts: _Record, algorithms: Sequence[str]) -> None:
    """Demand the one layout own records have, octet for octet."""
    stamps = tuple(chain.stamps for chain in parts.chains)
    plain = not parts.extra and parts.version == 1
    for archived in (each for chain in stamps for each in chain):
        plain = plain and archived.named is None and not archived.attributed
        sizes = [len(each) for each in archived.lists]
        plain = plain and sizes in ([], [_PAIR] + [1] * (len(sizes) - 1))
    used = tuple(dict.fromkeys(algorithms))
    demand(
        plain and _assemble(used, stamps) == record,
        f"{_PART}: its layout is not the one it was made in.",
    )


def _assemble(
    algorithms: Sequence[str], chains: Sequence[Sequence[_Archived]]
) -> bytes:
    return sequence(
        integer(1),
        sequence(*map(digest_id, algorithms)),
        sequence(*(sequence(*(_archive(each) for each in chain)) for chain in chains)),
    )


def _archive(archived: _Archived) -> bytes:
    lists = (sequence(*map(octets, each)) for each in archived.lists)
    tree = tlv(_FIELD_2, *lists) if archived.lists else b""
    return sequence(tree, archived.token)


def _parse(record: bytes) -> _Record:
    fields = read(record)
    version = read_integer(fields.take(INTEGER))
    listed = fields.take(SEQUENCE).read().all(SEQUENCE)
    extra = [fields.take_if(_FIELD_0), fields.take_if(_FIELD_1)]
    chains = fields.take(SEQUENCE).read().all(SEQUENCE)
    fields.end()
    demand(chains, f"{_PART}: there is no time-stamp inside.")
    return _Record(
        version=version,
        listed=tuple(map(digest_name, listed)),
        extra=any(each is not None for each in extra),
        chains=tuple(
            _Chain(raw=chain.raw, stamps=_parse_chain(chain)) for chain in chains
        ),
    )


def _parse_chain(chain: Element) -> tuple[_Archived, ...]:
    found = tuple(map(_parse_archived, chain.read().all(SEQUENCE)))
    demand(found, f"{_PART}: a chain inside is empty.")
    return found


def _parse_archived(element: Element) -> _Archived:
    fields = element.read()
    named = fields.take_if(_FIELD_0)
    attributes = fields.take_if(_FIELD_1)
    tree = fields.take_if(_FIELD_2)
    token = fields.take(SEQUENCE)
    fields.end()
    lists = tree.read().all(SEQUENCE) if tree else ()
    return _Archived(
        named=digest_name(named) if named else None,
        attributed=attributes is not None,
        lists=tuple(_parse_list(each) for each in lists),
        token=token.raw,
    )


def _parse_list(element: Element) -> tuple[bytes, ...]:
    return tuple(each.content for each in element.read().all(OCTET_STRING))
