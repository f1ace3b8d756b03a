"""The error tree: one class for each thing a caller can do next.

Knows codes, exit codes and HTTP statuses. Knows nothing of the businesses: a message
says what happened and what to do, and is written where it happened.
"""

from __future__ import annotations

from typing import ClassVar


class PaperlessError(Exception):
    """Root of every error that leaves a service.

    The text is for people: what happened, then what to do. ``code`` is stable and
    is what programs match on; the API sends ``http_status``, the command line ends
    with ``exit_code``.
    """

    code: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500


class InputError(PaperlessError):
    """The input is wrong; correct it and call again. Nothing was changed."""

    code = "input"
    exit_code = 3
    http_status = 422


class UnsupportedError(InputError):
    """A format or algorithm that is refused on purpose; bring it in another form."""

    code = "unsupported"
    exit_code = 4
    http_status = 415


class NotFoundError(PaperlessError):
    """Nothing with that id is here, or not for this caller."""

    code = "not-found"
    exit_code = 5
    http_status = 404


class ConflictError(PaperlessError):
    """The same key or id is already taken by other content, or the state moved on."""

    code = "conflict"
    exit_code = 6
    http_status = 409


class NotAllowedError(PaperlessError):
    """The caller's roles do not include this act; somebody else must do it."""

    code = "not-allowed"
    exit_code = 7
    http_status = 403


class NotYetError(PaperlessError):
    """A gate is still shut (a step is missing, a window is closed); do that first."""

    code = "not-yet"
    exit_code = 8
    http_status = 409


class BusyError(PaperlessError):
    """Another process holds what is needed (office lock, port); wait or stop it."""

    code = "busy"
    exit_code = 9
    http_status = 503


class UnavailableError(PaperlessError):
    """An outside party did not answer; the work is kept and can be tried again."""

    code = "unavailable"
    exit_code = 10
    http_status = 502


class StorageError(PaperlessError):
    """The disk or database failed; nothing half-made is visible. Call an operator."""

    code = "storage"
    exit_code = 11
    http_status = 507


class KeyLockedError(PaperlessError):
    """A private key could not be opened: wrong or missing passphrase."""

    code = "key-locked"
    exit_code = 12
    http_status = 503


class EvidenceError(PaperlessError):
    """A proof does not hold; the text names the part that broke."""

    code = "evidence"
    exit_code = 13
    http_status = 422


class UnanchoredError(PaperlessError):
    """Everything is intact, but the signer's root is not one the caller trusts."""

    code = "unanchored"
    exit_code = 14
    http_status = 422


class QuoteRequiredError(PaperlessError):
    """No printed price (별도협의): enter the contract price, then rate again."""

    code = "quote-required"
    exit_code = 15
    http_status = 422
