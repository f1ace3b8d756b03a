from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from paperless_kernel.base.errors import EvidenceError, InputError, NotFoundError
from paperless_kernel.trust.algorithms import digest_id, hash_of
from paperless_kernel.trust.der import integer, octets, read, sequence, tlv
from paperless_kernel.trust.digest import digest, sha256
from paperless_kernel.trust.evidence import HashTree, check_record, make_record

SECOND = dt.timedelta(seconds=1)


def _documents(count: int) -> list[bytes]:
    return [f"문서 {each}".encode() for each in range(count)]


def _records(pki: Any, documents: list[bytes], name: str = "sha256") -> list[bytes]:
    tree = HashTree([digest(name, each) for each in documents], name)
    token = pki.stamp(tree.root, name)
    return [make_record(tree, at, token) for at in range(len(documents))]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 33])
def test_each_document_is_proven_by_its_own_record_only(pki: Any, count: int) -> None:
    documents = _documents(count)
    for at, record in enumerate(_records(pki, documents)):
        facts = check_record(record, documents[at])
        assert facts.archived[0].gen_time == pki.at
        assert facts.algorithms == ("sha256",)
        for other in {0, at ^ 1, count - 1} - {at}:
            if other < count:
                with pytest.raises(EvidenceError, match="another document"):
                    check_record(record, documents[other])
        with pytest.raises(EvidenceError, match="another document"):
            check_record(record, documents[at] + b" ")


@pytest.mark.parametrize("name", ["sha512", "sha3-512"])
def test_other_digests_serve_too(pki: Any, name: str) -> None:
    documents = _documents(3)
    record = _records(pki, documents, name)[2]
    assert check_record(record, documents[2]).algorithms == (name,)


def test_one_document_has_no_tree_and_is_not_hashed_twice(pki: Any) -> None:
    tree = HashTree([sha256(b"alone")])
    assert tree.root == sha256(b"alone")
    assert tree.reduced(0) == ()


def test_a_list_holds_the_leaf_first_and_then_one_sibling_a_step() -> None:
    leaves = [sha256(each) for each in _documents(5)]
    tree = HashTree(leaves)
    lists = tree.reduced(2)
    assert lists[0] == (leaves[2], leaves[3])
    assert [len(each) for each in lists] == [2, 1, 1]
    # The fifth has no sibling until the top, so its own proof is one step long.
    assert tree.reduced(4) == ((leaves[4], tree._levels[2][0]),)


def test_equal_documents_share_a_leaf(pki: Any) -> None:
    documents = [b"same", b"other", b"same"]
    records = _records(pki, documents)
    assert records[0] == records[2]
    check_record(records[2], b"same")


def test_a_tree_needs_whole_digests_and_known_places() -> None:
    for digests in ([], [b"short"], [sha256(b"a"), b""]):
        with pytest.raises(InputError, match="hash tree"):
            HashTree(digests)
    with pytest.raises(InputError, match="md5"):
        HashTree([bytes(16)], "md5")
    for place in (-1, 1):
        with pytest.raises(NotFoundError, match=str(place)):
            HashTree([sha256(b"a")]).reduced(place)


def test_a_token_over_something_else_makes_no_record(pki: Any) -> None:
    tree = HashTree([sha256(b"a"), sha256(b"b")])
    with pytest.raises(InputError, match="not over this tree's root"):
        make_record(tree, 0, pki.stamp(sha256(b"a")))


def _archive(token: bytes, *lists: tuple[bytes, ...]) -> bytes:
    encoded = (sequence(*map(octets, each)) for each in lists)
    return sequence(tlv(0xA2, *encoded) if lists else b"", token)


def _sequence(names: tuple[str, ...], *chains: bytes) -> bytes:
    return sequence(integer(1), sequence(*map(digest_id, names)), sequence(*chains))


def _first(pki: Any, document: bytes) -> bytes:
    pki.clock.move_to(pki.at)
    token: bytes = pki.stamp(sha256(document))
    return token


def test_a_time_stamp_renewal_holds_in_its_order(pki: Any) -> None:
    first = _first(pki, b"doc")
    pki.clock.advance(SECOND)
    second = pki.stamp(sha256(first))
    renewed = _sequence(("sha256",), sequence(_archive(first), _archive(second)))
    facts = check_record(renewed, b"doc")
    assert [each.gen_time for each in facts.archived] == [pki.at, pki.at + SECOND]
    swapped = _sequence(("sha256",), sequence(_archive(second), _archive(first)))
    with pytest.raises(EvidenceError, match="time-stamp 1 of chain 1"):
        check_record(swapped, b"doc")
    pki.clock.move_to(pki.at)
    earlier = pki.stamp(sha256(first))
    backwards = _sequence(("sha256",), sequence(_archive(first), _archive(earlier)))
    with pytest.raises(EvidenceError, match="not later"):
        check_record(backwards, b"doc")
    astray = _sequence(("sha256",), sequence(_archive(first), _archive(first)))
    with pytest.raises(EvidenceError, match="time-stamp 2 of chain 1"):
        check_record(astray, b"doc")


@pytest.mark.parametrize("way", ["unsorted", "sorted"])
def test_a_hash_renewal_holds_in_both_orders_in_use(pki: Any, way: str) -> None:
    chain = sequence(_archive(_first(pki, b"doc")))
    parts = [hash_of("sha512", b"doc"), hash_of("sha512", sequence(chain))]
    joined = b"".join(parts if way == "unsorted" else sorted(parts))
    pki.clock.advance(SECOND)
    token = pki.stamp(hash_of("sha512", joined), "sha512")
    record = _sequence(("sha256", "sha512"), chain, sequence(_archive(token)))
    assert check_record(record, b"doc").algorithms == ("sha256", "sha512")
    with pytest.raises(EvidenceError, match="chain 1"):
        check_record(record, b"other")
    pki.clock.advance(-SECOND)
    cut = _sequence(("sha512",), sequence(_archive(token)))
    with pytest.raises(EvidenceError, match="another document"):
        check_record(cut, b"doc")


def test_a_renewal_after_the_certificate_ended_is_too_late(pki: Any) -> None:
    first = _first(pki, b"doc")
    pki.clock.move_to(pki.until + SECOND)
    with pytest.raises(Exception, match="expired"):
        pki.stamp(sha256(first))
    pki.clock.move_to(pki.at)


def test_one_chain_has_one_digest_algorithm(pki: Any) -> None:
    first = _first(pki, b"doc")
    pki.clock.advance(SECOND)
    second = pki.stamp(hash_of("sha512", first), "sha512")
    record = _sequence(
        ("sha256", "sha512"), sequence(_archive(first), _archive(second))
    )
    pki.clock.move_to(pki.at)
    with pytest.raises(EvidenceError, match="do not share"):
        check_record(record, b"doc")


def test_own_layout_is_the_only_one_for_own_records(pki: Any) -> None:
    token = _first(pki, b"doc")
    chain = sequence(_archive(token))
    check_record(_sequence(("sha256",), chain), b"doc")
    unsorted_pair = sorted((sha256(b"doc"), sha256(b"two")))
    pair = _sequence(
        ("sha256",),
        sequence(
            _archive(
                pki.stamp(sha256(b"".join(unsorted_pair))),
                (sha256(b"two"), sha256(b"doc")),
            )
        ),
    )
    for record in (
        _sequence(("sha256", "sha512"), chain),
        _sequence(("sha256",), sequence(_archive(token, (sha256(b"doc"),)))),
        _sequence(
            ("sha256",),
            sequence(sequence(tlv(0xA0, read(digest_id("sha256"))._data), token)),
        ),
        pair,
    ):
        check_record(record, b"doc", foreign=True)
        with pytest.raises(EvidenceError):
            check_record(record, b"doc")
    missing = _sequence(("sha512",), chain)
    for foreign in (False, True):
        with pytest.raises(EvidenceError, match=r"layout|list of digest"):
            check_record(missing, b"doc", foreign=foreign)


def test_a_group_must_be_given_whole(pki: Any) -> None:
    documents = _documents(3)
    digests = tuple(sorted(map(sha256, documents)))
    token = pki.stamp(sha256(b"".join(digests)))
    record = _sequence(("sha256",), sequence(_archive(token, digests)))
    check_record(record, documents, foreign=True)
    check_record(record, documents[1], foreign=True)
    for wrong in (documents[:2], [*documents, b"more"], []):
        with pytest.raises(EvidenceError):
            check_record(record, wrong, foreign=True)


def test_a_group_without_a_tree_is_refused(pki: Any) -> None:
    record = _sequence(("sha256",), sequence(_archive(_first(pki, b"doc"))))
    with pytest.raises(EvidenceError, match="another document"):
        check_record(record, [b"doc", b"more"], foreign=True)


def test_what_is_no_record_is_refused() -> None:
    empty = _sequence(("sha256",))
    for broken in (b"", b"%PDF-1.7", b"\x30\x00", empty, _sequence((), sequence())):
        with pytest.raises(EvidenceError, match="evidence record"):
            check_record(broken, b"doc")


def test_no_byte_can_be_otherwise(pki: Any, assert_flips_refused: Any) -> None:
    pki.clock.move_to(pki.at)
    documents = _documents(6)
    record = _records(pki, documents)[3]
    assert_flips_refused(record, lambda der: check_record(der, documents[3]))
    first = _first(pki, b"doc")
    pki.clock.advance(SECOND)
    chain = sequence(_archive(first), _archive(pki.stamp(sha256(first))))
    renewed = _sequence(("sha256",), chain)
    pki.clock.move_to(pki.at)
    assert_flips_refused(renewed, lambda der: check_record(der, b"doc"))
