"""An outside time-stamping authority over HTTP (RFC 3161 section 3.4).

Knows the two media types and how a server can fail. What a token says and whether it
holds is ``trust.timestamps``; nothing secret is sent, only a digest.
"""

from __future__ import annotations

import httpx

from paperless_kernel.base.errors import UnavailableError
from paperless_kernel.base.ids import Random
from paperless_kernel.trust.timestamps import make_request, read_response

_QUERY = "application/timestamp-query"
_REPLY = "application/timestamp-reply"
_SECONDS = 20
_LARGEST = 1 << 20
_OK = 200


class UrlStamper:
    """A `TimeStamper` that asks an authority by its address."""

    def __init__(self, url: str, random: Random) -> None:
        self._url = url
        self._random = random

    def stamp(self, digest: bytes, algorithm: str) -> bytes:
        """Return an RFC 3161 token (DER) over a digest, its nonce and imprint checked.

        Raises:
            UnavailableError: no answer, a refusal, or no time-stamp reply; nothing is
                lost, and the same digest may be asked for again.
            EvidenceError: the token is for something else or does not hold.
        """
        nonce = int.from_bytes(self._random.token(8), "big") | 1
        request = make_request(digest, algorithm, nonce)
        try:
            answer = httpx.post(
                self._url,
                content=request,
                headers={"Content-Type": _QUERY, "Accept": _REPLY},
                timeout=_SECONDS,
            )
        except httpx.HTTPError as error:
            raise UnavailableError(
                f"the time-stamping authority at {self._url} does not answer; try "
                "again later."
            ) from error
        said = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        if answer.status_code != _OK or said != _REPLY:
            raise UnavailableError(
                f"{self._url} answered {answer.status_code} ({said or 'no type'}) "
                "instead of a time-stamp; check the address."
            )
        if len(answer.content) > _LARGEST:
            raise UnavailableError(f"{self._url} answered with over 1 MiB; refused.")
        return read_response(answer.content, request, foreign=True)
