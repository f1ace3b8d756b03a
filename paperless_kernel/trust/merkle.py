"""The RFC 6962 hash tree: roots, inclusion and consistency proofs.

Knows hashes of leaves and nothing of what they stand for; storage and numbering are
``store.journal``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from hmac import compare_digest

from paperless_kernel.base.errors import EvidenceError, InputError

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one entry (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that only grows, kept as the roots of its perfect subtrees.

    Appending costs O(1) on average; `root` costs O(log n).
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the end."""
        carry, size = leaf, self.size
        while size & 1:
            carry = node_hash(self._peaks.pop(), carry)
            size >>= 1
        self._peaks.append(carry)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far; for none, the hash of nothing."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    return Frontier(leaves).root()


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path for a leaf, nearest sibling first (section 2.1.1).

    Raises:
        InputError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise InputError(f"leaf {index} is not in a tree of {len(leaves)}.")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_path(leaves[:split], index), tree_root(leaves[split:]))
    return (*inclusion_path(leaves[split:], index - split), tree_root(leaves[:split]))


def consistency_path(leaves: Sequence[bytes], size: int) -> tuple[bytes, ...]:
    """Return the proof that the first ``size`` leaves are a prefix (section 2.1.2).

    Raises:
        InputError: ``size`` is 0 or more than there are.
    """
    if not 0 < size <= len(leaves):
        raise InputError(f"no proof from size {size} to size {len(leaves)}.")
    return _subproof(leaves, size, whole=True)


def _subproof(leaves: Sequence[bytes], size: int, *, whole: bool) -> tuple[bytes, ...]:
    if size == len(leaves):
        return () if whole else (tree_root(leaves),)
    split = _split(len(leaves))
    if size <= split:
        left = _subproof(leaves[:split], size, whole=whole)
        return (*left, tree_root(leaves[split:]))
    right = _subproof(leaves[split:], size - split, whole=False)
    return (*right, tree_root(leaves[:split]))


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def check_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf stands at ``index`` of the tree of ``size`` with ``root``.

    Raises:
        EvidenceError: it does not, or the proof is malformed (RFC 9162, 2.1.3.2).
    """
    if not 0 <= index < size:
        raise EvidenceError(f"leaf {index} cannot be in a tree of {size}.")
    if len(leaf) != len(EMPTY_ROOT):
        raise EvidenceError("a leaf hash has 32 bytes.")
    node, last, result = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise EvidenceError("the inclusion proof is too long.")
        if node & 1 or node == last:
            result = node_hash(step, result)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            result = node_hash(result, step)
        node >>= 1
        last >>= 1
    if last:
        raise EvidenceError("the inclusion proof is too short.")
    if not compare_digest(result, root):
        raise EvidenceError("the entry is not in the log under this root.")


def check_consistency(
    size1: int, size2: int, path: Sequence[bytes], root1: bytes, root2: bytes
) -> None:
    """Check that the tree of ``size1`` is a prefix of the tree of ``size2``.

    Raises:
        EvidenceError: it is not, or the proof is malformed (RFC 9162, 2.1.4.2). A
            proof from size 0 says nothing and is refused.
    """
    if size1 > size2 or size1 < 0:
        raise EvidenceError(f"a log cannot shrink from {size1} to {size2} entries.")
    if size1 == 0:
        raise EvidenceError("a proof from an empty log proves nothing.")
    if size1 == size2:
        if path:
            raise EvidenceError("two equal sizes need no proof, but one was given.")
        if not compare_digest(root1, root2):
            raise EvidenceError(f"two different roots for size {size1}: a fork.")
        return
    if not path:
        raise EvidenceError("the consistency proof is empty.")
    _walk_consistency(size1, size2, list(path), root1, root2)


def _walk_consistency(
    size1: int, size2: int, path: list[bytes], root1: bytes, root2: bytes
) -> None:
    if size1 & (size1 - 1) == 0:
        path.insert(0, root1)
    node, last = size1 - 1, size2 - 1
    while node & 1:
        node >>= 1
        last >>= 1
    first = second = path[0]
    for step in path[1:]:
        if last == 0:
            raise EvidenceError("the consistency proof is too long.")
        if node & 1 or node == last:
            first = node_hash(step, first)
            second = node_hash(step, second)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            second = node_hash(second, step)
        node >>= 1
        last >>= 1
    if last:
        raise EvidenceError("the consistency proof is too short.")
    if not compare_digest(first, root1):
        raise EvidenceError("the older root does not follow from the proof.")
    if not compare_digest(second, root2):
        raise EvidenceError("the newer root does not follow from the proof.")
