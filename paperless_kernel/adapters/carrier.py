"""A carrier behind the four-verb HTTP contract: send, reports and ack, inquiry, cancel.

Knows the contract's JSON and what each failure means for "was it taken?". The same
adapter talks to the simulator; it was never connected to a live carrier.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import httpx

from paperless_kernel.base.clock import Clock, parse_stamp, stamp
from paperless_kernel.base.errors import (
    BusyError,
    ConflictError,
    InputError,
    UnavailableError,
)
from paperless_kernel.notice.model import (
    Answer,
    Channel,
    Message,
    Network,
    Report,
    Reports,
)

log = logging.getLogger(__name__)

SLUGS: Mapping[Network, str] = {
    Network.KT: "kt",
    Network.SKT: "skt",
    Network.LGU: "lgu",
}
TIME_OUT = 5.0
"""Seconds for one request; the dispatcher's lease is longer."""
_OK, _MALFORMED, _TAKEN_KEY, _BUSY = 200, (400, 413, 422), 409, (429, 503)
_NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class HttpCarrier:
    """One carrier's relay over HTTP."""

    key_lives = dt.timedelta(hours=24)

    def __init__(
        self,
        network: Network,
        client: httpx.Client,
        clock: Clock,
        *,
        demo: bool = False,
    ) -> None:
        """Take a client whose base address is the relay's.

        Args:
            network: which carrier this is.
            client: with base address, time-out and credentials set.
            clock: the office's; its time goes with each request.
            demo: a trial office, where a simulator is expected; elsewhere the first
                batch that meets one is logged as a loud warning.
        """
        self._looked = demo
        self._network = network
        self._client = client
        self._clock = clock
        self._path = f"/{SLUGS[network]}/v1"

    def send(self, batch: Sequence[Message], key: str) -> tuple[Answer, ...]:
        """Hand over a batch; see `notice.parties.Carrier.send` for the errors."""
        self._look()
        body = {
            "sent_at": stamp(self._clock.now()),
            "messages": [
                {
                    "ref": message.ref,
                    "to": message.to,
                    "channel": message.channel.value,
                    "sender": message.sender,
                    "title": message.title,
                    "text": message.text,
                }
                for message in batch
            ],
        }
        try:
            response = self._client.post(
                f"{self._path}/messages", json=body, headers={"Idempotency-Key": key}
            )
        except _NOT_CONNECTED as error:
            raise BusyError(
                f"{self._network.value} could not be connected; nothing was taken. "
                "The batch is kept and goes again."
            ) from error
        except httpx.HTTPError as error:
            raise self._unknown("the answer was lost") from error
        if response.status_code != _OK:
            self._refuse(response)
        return _answers(self._json(response), "results")

    def reports(self, cursor: str) -> Reports:
        """Return the reports after ``cursor``.

        Raises:
            UnavailableError: no usable answer.
        """
        raw = self._ask("GET", "reports", params={"cursor": cursor})
        try:
            return Reports(
                reports=tuple(
                    Report(
                        id=str(row["id"]),
                        ref=str(row["ref"]),
                        channel=Channel(row["channel"]),
                        delivered=bool(row["delivered"]),
                        code=str(row["code"]),
                        at=parse_stamp(row["at"]),
                    )
                    for row in raw["reports"]
                ),
                cursor=str(raw["cursor"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise self._unknown("the reports cannot be read") from error

    def ack(self, cursor: str) -> None:
        """Acknowledge everything up to ``cursor``.

        Raises:
            UnavailableError: no answer; the reports will come again.
        """
        self._ask("POST", "reports/ack", json={"cursor": cursor})

    def inquiry(self, refs: Sequence[str]) -> tuple[Answer, ...]:
        """Return what the carrier knows of these refs.

        Raises:
            UnavailableError: no usable answer.
        """
        return _answers(self._ask("POST", "inquiry", json={"refs": [*refs]}), "found")

    def cancel(self, refs: Sequence[str]) -> tuple[str, ...]:
        """Stop what has not reached a handset.

        Raises:
            UnavailableError: nobody knows what was stopped; inquire.
        """
        raw = self._ask("POST", "cancel", json={"refs": [*refs]})
        return tuple(str(ref) for ref in raw.get("stopped", ()))

    def close(self) -> None:
        """Let go of the connection, which the three carriers of one relay share."""
        self._client.close()

    def _look(self) -> None:
        """Look once at the sign on the door: a simulator says it is one."""
        if self._looked:
            return
        try:
            answer = self._client.get("/about")
            told = answer.json() if answer.status_code == _OK else {}
        except httpx.HTTPError:
            return  # whether anything answers there, the batch itself will tell
        except ValueError:
            told = {}
        self._looked = True
        if isinstance(told, dict) and told.get("simulator"):
            log.warning(
                "CARRIER SIMULATOR IN USE for %s at %s: nothing sent reaches a "
                "person's phone.",
                self._network.value,
                self._client.base_url,
            )

    def _ask(self, method: str, verb: str, **how: Any) -> dict[str, Any]:  # noqa: ANN401
        try:
            response = self._client.request(method, f"{self._path}/{verb}", **how)
        except httpx.HTTPError as error:
            raise self._unknown("no answer") from error
        if response.status_code != _OK:
            raise self._unknown(f"it answered {response.status_code}")
        return self._json(response)

    def _refuse(self, response: httpx.Response) -> NoReturn:
        code = response.status_code
        if code in _BUSY:
            raise BusyError(
                f"{self._network.value} is busy ({code}); nothing was taken. The batch "
                "is kept and goes again."
            )
        if code == _TAKEN_KEY:
            raise ConflictError(
                f"{self._network.value} knows this batch's key for other content; "
                "nothing was taken. Call an operator."
            )
        if code in _MALFORMED:
            raise InputError(
                f"{self._network.value} refused the batch as malformed ({code}); "
                "nothing was taken."
            )
        raise self._unknown(f"it answered {code}")

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        try:
            raw = response.json()
        except ValueError as error:
            raise self._unknown("the answer cannot be read") from error
        if not isinstance(raw, dict):
            raise self._unknown("the answer cannot be read")
        return raw

    def _unknown(self, why: str) -> UnavailableError:
        return UnavailableError(
            f"{self._network.value}: {why}; whether it was taken is not known. It is "
            "settled by receipt or inquiry."
        )


def _answers(raw: Mapping[str, Any], name: str) -> tuple[Answer, ...]:
    try:
        return tuple(
            Answer(
                ref=str(row["ref"]),
                accepted=bool(row["accepted"]),
                code=str(row["code"]),
                carrier_id=str(row["id"]),
                at=parse_stamp(row["at"]),
            )
            for row in raw[name]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnavailableError(
            "a carrier's answer cannot be read; it is settled by receipt or inquiry."
        ) from error
