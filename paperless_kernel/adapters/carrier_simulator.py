"""The three carriers, simulated, in a process of their own behind the real contract.

Start with ``python -m paperless_kernel.adapters.carrier_simulator --ledger FILE``; the
first line on stdout is JSON with its address. It has no clock: it lives in the time its
clients state, so a trial office's jump carries it along. Nothing reaches a real phone.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from paperless_kernel.adapters.carrier_ledger import Faults, KeyReusedError, Ledger
from paperless_kernel.adapters.processes import end_with_parent
from paperless_kernel.notice.parties import BATCH_LIMIT

NETWORKS = ("kt", "skt", "lgu")
_WARNING = """\
*** SIMULATED CARRIERS: messages go to a file and to nobody's phone. ***
*** Start with --demo only in a trial office; this is not a relay.   ***
"""


class Simulator:
    """The contract's verbs over a ledger, with the accidents asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def send(self, request: Request) -> Response:
        """Take a batch, or fail in one of the ways a relay fails."""
        network, body = request.path_params["network"], await request.json()
        key = request.headers.get("idempotency-key", "")
        if not key or not 1 <= len(body.get("messages", [])) <= BATCH_LIMIT:
            return _refusal(400, f"1 to {BATCH_LIMIT} messages and a key")
        faults, hits = self._ledger.faults, self._ledger.chance.hits
        if hits(faults.busy):
            return _refusal(429, "too many requests")
        if hits(faults.fail_before):
            return _refusal(500, "failed before taking")
        answer = await run_in_threadpool(self._take, network, key, body)
        if hits(faults.drop_after):
            return _refusal(500, "failed after taking")
        return answer

    def _take(self, network: str, key: str, body: Mapping[str, Any]) -> Response:
        try:
            return JSONResponse({"results": self._ledger.take(network, key, body)})
        except KeyReusedError:
            return _refusal(409, "key used for other content")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return _refusal(400, f"malformed: {error}")

    def reports(self, request: Request) -> Response:
        """Return reports after a cursor; the same ones until asked further."""
        network = request.path_params["network"]
        cursor = request.query_params.get("cursor", "")
        found, last = self._ledger.reports(network, cursor)
        return JSONResponse({"reports": found, "cursor": last})

    async def ack(self, request: Request) -> Response:
        """Note how far the client has made reports durable."""
        network, body = request.path_params["network"], await request.json()
        await run_in_threadpool(self._ledger.ack, network, str(body["cursor"]))
        return JSONResponse({})

    async def inquiry(self, request: Request) -> Response:
        """Tell which refs were taken."""
        network, body = request.path_params["network"], await request.json()
        found = await run_in_threadpool(self._ledger.find, network, body["refs"])
        return JSONResponse({"found": found})

    async def cancel(self, request: Request) -> Response:
        """Stop nothing: what was taken has reached its handset by now."""
        await request.json()
        return JSONResponse({"stopped": []})

    def about(self, _request: Request) -> Response:
        """Say what this is."""
        return JSONResponse({"simulator": True, "networks": [*NETWORKS]})

    def handset(self, request: Request) -> Response:
        """Show what reached a phone."""
        after = request.query_params.get("after", "0")
        number = request.query_params.get("number", "")
        return JSONResponse({"messages": self._ledger.handset(number, int(after))})


def _refusal(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status)


def create_simulator(ledger: Ledger) -> Starlette:
    """Build the simulator's application over a ledger."""
    does = Simulator(ledger)
    return Starlette(
        routes=[
            Route("/{network}/v1/messages", does.send, methods=["POST"]),
            Route("/{network}/v1/reports", does.reports),
            Route("/{network}/v1/reports/ack", does.ack, methods=["POST"]),
            Route("/{network}/v1/inquiry", does.inquiry, methods=["POST"]),
            Route("/{network}/v1/cancel", does.cancel, methods=["POST"]),
            # These two are no part of the contract: the sign on the door, and the
            # phone in somebody's hand.
            Route("/about", does.about),
            Route("/handset", does.handset),
        ]
    )


def read_faults(text: str) -> Faults:
    """Read faults from JSON; raises ``ValueError`` for an unknown name."""
    raw: dict[str, Any] = json.loads(text) if text else {}
    known = {each.name for each in fields(Faults)}
    if not set(raw) <= known:
        raise ValueError(f"unknown faults {sorted(set(raw) - known)}")
    if "no_rcs" in raw:
        raw["no_rcs"] = tuple(raw["no_rcs"])
    return Faults(**raw)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulator until it is ended; return the exit code."""
    parser = argparse.ArgumentParser(prog="carrier_simulator", description=__doc__)
    parser.add_argument(
        "--ledger", type=Path, required=True, help="its own SQLite file"
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--demo", action="store_true", help="used in a trial office")
    parser.add_argument("--faults", default="", help="JSON, see carrier_ledger.Faults")
    given = parser.parse_args(arguments)
    end_with_parent()
    try:
        faults = read_faults(given.faults)
        listener = socket.create_server(("127.0.0.1", given.port))
    except (ValueError, OSError) as error:
        sys.stderr.write(f"carrier simulator: cannot start: {error}\n")
        return 3
    # A socket made by hand gets no TCP_NODELAY from asyncio: each answer would wait
    # 40 ms for a delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not given.demo:
        sys.stderr.write(_WARNING)
    ledger = Ledger(given.ledger, faults)
    port = listener.getsockname()[1]
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{port}"}) + "\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        create_simulator(ledger), log_level="warning", access_log=False, lifespan="off"
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()
        ledger.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
