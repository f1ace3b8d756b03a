"""Personal data rules: what a CI looks like and how much of a person a page shows.

Knows text only; HMAC and ciphertext are the keeper's.
"""

from __future__ import annotations

import base64
import binascii
import re

from paperless_kernel.base.errors import InputError

CI_BYTES = 64
CI_CHARS = 88
_NUMBER = re.compile(r"01[016789]\d{7,8}")


def check_ci(text: str) -> str:
    """Return a CI (연계정보) that is 88 characters of base64 for 64 bytes.

    Raises:
        InputError: it is not; the message never repeats the value.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    canonical = base64.b64encode(raw).decode() == text
    if len(text) != CI_CHARS or len(raw) != CI_BYTES or not canonical:
        raise InputError(
            f"a CI is {CI_CHARS} characters of base64 for {CI_BYTES} bytes; this one "
            f"has {len(text)} characters. Correct the recipient list and upload again."
        )
    return text


def check_number(text: str) -> str:
    """Return a Korean mobile number as digits.

    Raises:
        InputError: it is not one; the message never repeats it.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not _NUMBER.fullmatch(digits):
        raise InputError(
            "a mobile number reads 010 and 8 digits; this one does not. Correct it."
        )
    return digits


def mask_number(number: str) -> str:
    """Show a number's last four digits only."""
    return f"***-****-{number[-4:]}" if number else ""


def mask_name(name: str) -> str:
    """Show a name's first sign, and the last of three or more: ``홍*동``."""
    name = name.strip()
    if len(name) <= 1:
        return "*"
    if len(name) == 2:  # noqa: PLR2004 - two-sign names keep the first
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]
