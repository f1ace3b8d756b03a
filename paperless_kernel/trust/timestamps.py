"""RFC 3161 time-stamps: asking, answering as the embedded authority, and judging.

Knows tokens and their chain at genTime. Opens no connection: requests and responses
are bytes that an adapter carries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from paperless_kernel.base.clock import Clock
from paperless_kernel.base.errors import EvidenceError, InputError, UnavailableError
from paperless_kernel.trust.algorithms import digest_id, digest_name
from paperless_kernel.trust.chains import check_chain, check_not_revoked, cleared_links
from paperless_kernel.trust.cms import parse
from paperless_kernel.trust.der import (
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    demand,
    integer,
    judging,
    octets,
    oid,
    precise_time,
    read,
    read_integer,
    sequence,
    within,
)
from paperless_kernel.trust.digest import ALGORITHMS
from paperless_kernel.trust.keys import Signer
from paperless_kernel.trust.rfc3161 import (
    TRUE,
    Request,
    parse_info,
    parse_request,
    refusal,
    status_texts,
)
from paperless_kernel.trust.signatures import (
    TIME_STAMP_INFO,
    CmsFacts,
    check_cms,
    sign_cms,
)
from paperless_kernel.trust.x509 import is_stamping_only

_PART = "the time-stamp token"
_GRANTED = (0, 1)
_BAD_ALGORITHM, _BAD_REQUEST, _BAD_FORMAT = 0, 2, 5
_NO_TIME, _OTHER_POLICY, _NO_EXTENSIONS = 14, 15, 16
_ACCURACY_SECONDS = 1  # design 3.13: over a second of drift stops the office's clock


class Revocation(StrEnum):
    """What the revocation data inside a token says about its chain at genTime."""

    CLEARED = "cleared"
    """Every link is cleared by a list inside."""
    UNJUDGED = "unjudged"
    """Data is inside that does not cover every link or is in a form not read here."""
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """What a time-stamp token that holds says (타임스탬프 토큰, 시점확인).

    ``gen_time`` is UTC; ``digest`` under ``algorithm`` is what existed then; ``chain``
    is DER, the authority's own certificate first, and was valid at ``gen_time``.
    """

    gen_time: dt.datetime
    accuracy: dt.timedelta | None
    policy: str
    serial: int
    algorithm: str
    digest: bytes
    chain: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    revocation: Revocation


class TimeStamper(Protocol):
    """Anything that gets a digest stamped: the keeper, a URL client."""

    def stamp(self, digest: bytes, algorithm: str) -> bytes:
        """Return a token in DER over ``digest``, already judged."""


class _RefusedError(Exception):
    """The authority will not stamp; a PKIFailureInfo bit and a text for people."""

    def __init__(self, bit: int, text: str) -> None:
        super().__init__(text)
        self.bit = bit


def make_request(digest: bytes, algorithm: str, nonce: int) -> bytes:
    """Return a TimeStampReq in DER that asks for the chain inside.

    Args:
        digest: what shall be stamped.
        algorithm: a name of `digest.ALGORITHMS`.
        nonce: positive and unpredictable, 64 bits or more.

    Raises:
        InputError: the digest has not the algorithm's size, or the nonce is not
            positive.
    """
    if ALGORITHMS.get(algorithm) != len(digest) or nonce <= 0:
        raise InputError(
            f"{len(digest)} bytes are no {algorithm} digest, or the nonce is not "
            "positive; give a whole digest and a random nonce."
        )
    imprint = sequence(digest_id(algorithm), octets(digest))
    return sequence(integer(1), imprint, integer(nonce), TRUE)


def read_response(response: bytes, request: bytes, *, foreign: bool = False) -> bytes:
    """Return the token of a TimeStampResp after judging it against its request.

    Args:
        response: DER, as the authority sent it.
        request: DER, as it was sent.
        foreign: as in `check_token`.

    Raises:
        UnavailableError: the authority refused; its own words are in the text.
        EvidenceError: the token does not hold, or answers another request.
    """
    with judging("the time-stamp response"):
        fields = read(response)
        status = fields.take(SEQUENCE).read()
        code = read_integer(status.take(INTEGER))
        words = [e.content.decode() for e in status_texts(status)]
        token = fields.take_if(SEQUENCE)
        fields.end()
        asked = parse_request(request)
        imprint = read(asked.imprint)
        algorithm = digest_name(imprint.take(SEQUENCE))
        digest = imprint.take(OCTET_STRING).content
    if code not in _GRANTED or token is None:
        raise UnavailableError(
            f"the time-stamp authority refused (status {code}: {' '.join(words)}); "
            "try again later or use another authority."
        )
    check_token(token.raw, digest, algorithm, foreign=foreign)
    with judging(_PART):
        info = parse_info(parse(token.raw).content or b"")
    demand(
        info.nonce == asked.nonce,
        f"{_PART}: it answers another request (its nonce differs).",
    )
    return token.raw


def check_token(
    token: bytes, digest: bytes, algorithm: str, *, foreign: bool = False
) -> TokenFacts:
    """Raise unless a token over ``digest`` holds; return what it says.

    The chain is judged at genTime: later expiry harms nothing. An own token must hold
    revocation lists that clear every link then.

    Args:
        token: DER.
        digest: what must have been stamped.
        algorithm: the digest's algorithm.
        foreign: another authority made it: its CMS is judged by the RFCs' rules, and
            revocation data is reported in the facts, not demanded. A certificate that
            data shows to be revoked is refused all the same.

    Raises:
        EvidenceError: naming the part that broke.
    """
    with within(_PART):
        facts = check_cms(token, foreign=foreign)
    demand(
        facts.content_type == TIME_STAMP_INFO,
        f"{_PART}: it is a signature over something else.",
    )
    with judging(_PART):
        info = parse_info(facts.content)
    demand(
        info.algorithm == algorithm and info.digest == digest,
        f"{_PART}: it is over another digest.",
    )
    with within(_PART):
        demand(
            is_stamping_only(facts.chain[0]),
            "the signer's certificate is not for time-stamping alone.",
        )
        check_chain(facts.chain, info.gen_time, complete=not foreign)
        revocation = _revocation(facts, info.gen_time, foreign=foreign)
    return TokenFacts(
        gen_time=info.gen_time,
        accuracy=info.accuracy,
        policy=info.policy,
        serial=info.serial,
        algorithm=algorithm,
        digest=digest,
        chain=facts.chain,
        crls=facts.crls,
        revocation=revocation,
    )


def imprint_of(token: bytes) -> tuple[str, bytes]:
    """Return algorithm and digest a token says it is over, without judging it.

    Raises:
        EvidenceError: it is no token.
    """
    with judging(_PART):
        info = parse_info(parse(token).content or b"")
        return info.algorithm, info.digest


class Tsa:
    """The embedded time-stamping authority, for trial (시점확인 시험용).

    Tokens tell milliseconds, an accuracy of one second, and carry their chain and its
    revocation list. It judges its own certificate and list before each token and
    refuses when they do not cover the time.

    Args:
        signer: the time-stamping key with its chain.
        crl: the root's revocation list, DER.
        policy: dotted OID the tokens name.
        clock: the office's clock.
        serials: gives a positive number never given before.
    """

    def __init__(
        self,
        signer: Signer,
        crl: bytes,
        policy: str,
        clock: Clock,
        serials: Callable[[], int],
    ) -> None:
        self._signer = signer
        self._crl = crl
        self._policy = policy
        self._clock = clock
        self._serials = serials

    def respond(self, request: bytes) -> bytes:
        """Return a TimeStampResp in DER; a refusal is a response too."""
        try:
            content = self._info(request)
        except _RefusedError as refused:
            return refusal(refused.bit, str(refused))
        token = sign_cms(
            content,
            self._signer,
            detached=False,
            content_type=TIME_STAMP_INFO,
            crls=(self._crl,),
        )
        return sequence(sequence(integer(0)), token)

    def _info(self, request: bytes) -> bytes:
        asked = self._accepted(request)
        now = self._clock.now()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        try:
            check_chain(self._signer.certificates, now)
            check_not_revoked(self._signer.certificates, (self._crl,), now)
        except EvidenceError as error:
            raise _RefusedError(_NO_TIME, str(error)) from error
        return sequence(
            integer(1),
            oid(self._policy),
            asked.imprint,
            integer(self._serials()),
            precise_time(now),
            sequence(integer(_ACCURACY_SECONDS)),
            b"" if asked.nonce is None else integer(asked.nonce),
        )

    def _accepted(self, request: bytes) -> Request:
        try:
            asked = parse_request(request)
            imprint = read(asked.imprint)
        except ValueError as error:
            raise _RefusedError(_BAD_FORMAT, f"not a request: {error}") from error
        try:
            size = ALGORITHMS.get(digest_name(imprint.take(SEQUENCE)))
            found = imprint.take(OCTET_STRING).content
            imprint.end()
        except ValueError as error:
            raise _RefusedError(_BAD_ALGORITHM, str(error)) from error
        if size != len(found):
            raise _RefusedError(
                _BAD_ALGORITHM, "the digest does not fit an algorithm used here"
            )
        if asked.extended:
            raise _RefusedError(_NO_EXTENSIONS, "no request extension is known here")
        if asked.policy not in (None, self._policy):
            raise _RefusedError(_OTHER_POLICY, f"the policy here is {self._policy}")
        if not asked.wants_chain:
            raise _RefusedError(_BAD_REQUEST, "ask with certReq: the chain is inside")
        return asked


def _revocation(facts: CmsFacts, at: dt.datetime, *, foreign: bool) -> Revocation:
    if not foreign:
        check_not_revoked(facts.chain, facts.crls, at)
        return Revocation.CLEARED
    if not facts.crls and not facts.others:
        return Revocation.ABSENT
    if cleared_links(facts.chain, facts.crls, at) == len(facts.chain) - 1:
        return Revocation.CLEARED
    return Revocation.UNJUDGED
