"""DER in and out: writes the few ASN.1 shapes proofs are made of, reads them strictly.

Whatever is not DER (X.690 section 10: long lengths, indefinite lengths, trailing bytes,
padded integers) is refused, so that one value has one form. Knows no proof format.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from asn1crypto.core import ObjectIdentifier
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import DuplicateExtension, ExtensionNotFound, InvalidVersion

from paperless_kernel.base.errors import EvidenceError

INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x02, 0x03, 0x04, 0x05, 0x06
BOOLEAN, UTF8, UTC_TIME, GENERALIZED_TIME = 0x01, 0x0C, 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31
CONTEXT, CONSTRUCTED = 0x80, 0x20

_LONG_TAG = 0x1F
_LONG_FORM = 0x80
_MOST_LENGTH_BYTES = 4
_UTC_TIME_ENDS = 2050  # RFC 5652 section 11.3: GeneralizedTime from 2050 on


class DerError(ValueError):
    """The bytes are not DER or not the shape that was asked for."""


@contextmanager
def judging(part: str) -> Iterator[None]:
    """Turn every failure to read or verify ``part`` into an `EvidenceError` naming it.

    Args:
        part: what is being judged, as people call it; it opens the message.
    """
    try:
        yield
    except InvalidSignature as error:
        raise EvidenceError(f"{part}: the signature does not match.") from error
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        OverflowError,
        RecursionError,
        UnsupportedAlgorithm,
        InvalidVersion,
        ExtensionNotFound,
        DuplicateExtension,
    ) as error:
        raise EvidenceError(
            f"{part} is broken: {str(error) or type(error).__name__}."
        ) from error


@contextmanager
def within(part: str) -> Iterator[None]:
    """Put ``part`` before the text of an `EvidenceError` raised inside."""
    try:
        yield
    except EvidenceError as error:
        raise EvidenceError(f"{part}: {error}") from error


def demand(held: object, message: str) -> None:
    """Raise `EvidenceError` with ``message`` unless ``held`` is true."""
    if not held:
        raise EvidenceError(message)


@dataclass(frozen=True, slots=True)
class Element:
    """One value as found: identifier octet, content, and the whole encoding."""

    tag: int
    content: bytes
    raw: bytes

    def read(self) -> Reader:
        """Return a reader over the values inside."""
        return Reader(self.content)


class Reader:
    """Takes values one by one; whatever is left at `end` is an error."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def peek(self) -> int | None:
        """Return the next identifier octet, or None at the end."""
        return self._data[self._at] if self._at < len(self._data) else None

    def take(self, tag: int) -> Element:
        """Return the next value, which must have this identifier octet."""
        if self.peek() != tag:
            found = self.peek()
            seen = "nothing" if found is None else f"{found:#04x}"
            raise DerError(f"expected ASN.1 tag {tag:#04x}, found {seen}")
        return self.any()

    def take_if(self, tag: int) -> Element | None:
        """Return the next value if it has this identifier octet."""
        return self.any() if self.peek() == tag else None

    def any(self) -> Element:
        """Return the next value, whatever it is."""
        start = self._at
        try:
            tag, first = self._data[start : start + 2]
        except ValueError as error:
            raise DerError("the value ends too early") from error
        if tag & _LONG_TAG == _LONG_TAG:
            raise DerError("an ASN.1 tag over 30 is not used here")
        begin, length = start + 2, first
        if first >= _LONG_FORM:
            begin += first - _LONG_FORM
            length = int.from_bytes(self._data[start + 2 : begin], "big")
            if _header(tag, length) != self._data[start:begin]:
                raise DerError("a length is not in its shortest form")
        self._at = begin + length
        if self._at > len(self._data):
            raise DerError("a value is longer than what holds it")
        raw = self._data[start : self._at]
        return Element(tag, raw[begin - start :], raw)

    def all(self, tag: int | None = None) -> tuple[Element, ...]:
        """Return all remaining values, each with this identifier octet if given."""
        found = []
        while self.peek() is not None:
            found.append(self.any() if tag is None else self.take(tag))
        return tuple(found)

    def end(self) -> None:
        """Raise unless everything was taken."""
        if self.peek() is not None:
            raise DerError("there are bytes after the last value")


def read(data: bytes, tag: int = SEQUENCE) -> Reader:
    """Return a reader over the one value that ``data`` is; nothing may follow it."""
    outer = Reader(data)
    inner = outer.take(tag)
    outer.end()
    return inner.read()


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return one value from its identifier octet and its parts."""
    content = b"".join(parts)
    return _header(tag, len(content)) + content


def _header(tag: int, length: int) -> bytes:
    if length < _LONG_FORM:
        return bytes((tag, length))
    size = (length.bit_length() + 7) // 8
    if size > _MOST_LENGTH_BYTES:
        raise DerError("a value of over 4 GiB is not used here")
    return bytes((tag, _LONG_FORM | size)) + length.to_bytes(size, "big")


def sequence(*parts: bytes) -> bytes:
    """Return a SEQUENCE."""
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes, tag: int = SET) -> bytes:
    """Return a SET OF: its values in the order of their bytes (X.690, 11.6)."""
    return tlv(tag, *sorted(parts))


def octets(data: bytes) -> bytes:
    """Return an OCTET STRING."""
    return tlv(OCTET_STRING, data)


def integer(value: int) -> bytes:
    """Return an INTEGER."""
    size = ((value if value >= 0 else ~value).bit_length() // 8) + 1
    return tlv(INTEGER, value.to_bytes(size, "big", signed=True))


def read_integer(element: Element) -> int:
    """Return an INTEGER's value; a padded one is refused."""
    value = int.from_bytes(element.content, "big", signed=True)
    if integer(value)[2:] != element.raw[2:]:
        raise DerError("an integer is not in its shortest form")
    return value


@lru_cache(maxsize=256)
def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER from its dotted form."""
    return bytes(ObjectIdentifier(dotted).dump())


@lru_cache(maxsize=256)
def _dotted(raw: bytes) -> str:
    dotted = str(ObjectIdentifier.load(raw).dotted)
    if oid(dotted) != raw:
        raise DerError("an object identifier is not in its shortest form")
    return dotted


def read_oid(element: Element) -> str:
    """Return an OBJECT IDENTIFIER's dotted form."""
    if element.tag != OID:
        raise DerError(f"expected an object identifier, found {element.tag:#04x}")
    return _dotted(element.raw)


def time(at: dt.datetime) -> bytes:
    """Return a CMS Time, whole seconds: UTCTime before 2050, else GeneralizedTime."""
    if at.year < _UTC_TIME_ENDS:
        return tlv(UTC_TIME, at.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(GENERALIZED_TIME, at.strftime("%Y%m%d%H%M%SZ").encode())


def read_time(element: Element) -> dt.datetime:
    """Return a CMS Time as aware UTC; any form but the one `time` writes is refused."""
    text = element.content.decode("ascii")
    if element.tag == UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    at = dt.datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=dt.UTC)
    if time(at) != element.raw:
        raise DerError("a time is not in its one form")
    return at


def precise_time(at: dt.datetime) -> bytes:
    """Return a GeneralizedTime with a fraction as short as it can be (RFC 3161)."""
    fraction = f".{at.microsecond:06d}".rstrip("0").rstrip(".")
    return tlv(
        GENERALIZED_TIME, f"{at.strftime('%Y%m%d%H%M%S')}{fraction}Z".encode("ascii")
    )


def read_precise_time(element: Element) -> dt.datetime:
    """Return a GeneralizedTime as aware UTC, to the microsecond."""
    text = element.content.decode("ascii")
    form = "%Y%m%d%H%M%S.%fZ" if "." in text else "%Y%m%d%H%M%SZ"
    at = dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC)
    if precise_time(at) != element.raw:
        raise DerError("a time is not in its one form")
    return at
