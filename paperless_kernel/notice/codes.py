"""One-time codes: how they are made from bytes, and when one may still be used.

Knows figures (6 digits, 5 tries, 3 a day, 3 minutes: 1.5e-5 a day to guess). Draws no
bytes and keeps no secret: a stored code is an HMAC made by the keeper.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import NotAllowedError
from paperless_kernel.notice.rules import ServiceRules

DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code that was sent: its HMAC, when, and how often it was tried."""

    id: str
    notice: str
    mac: bytes
    made_at: dt.datetime
    tries: int
    used: bool


def digits_of(noise: bytes) -> str:
    """Return six digits from at least 8 unpredictable bytes."""
    return f"{int.from_bytes(noise, 'big') % 10**DIGITS:0{DIGITS}d}"


def message_of(notice: str, code_id: str, code: str) -> bytes:
    """Return what the keeper's HMAC covers: notice, code's id, digits."""
    return f"{notice}|{code_id}|{code}".encode()


def check_may_send(
    made: tuple[dt.datetime, ...], now: dt.datetime, rules: ServiceRules
) -> None:
    """Refuse a further code on the same Korean day.

    Raises:
        NotAllowedError: the day's codes are used up.
    """
    today = [at for at in made if kst_date(at) == kst_date(now)]
    if len(today) >= rules.codes_per_day:
        raise NotAllowedError(
            f"오늘 보낼 수 있는 인증번호 {rules.codes_per_day}회를 모두 사용했습니다. "
            "내일 다시 시도해 주세요. / All codes of today are used; try tomorrow."
        )


def usable(code: Code | None, now: dt.datetime, rules: ServiceRules) -> bool:
    """Tell whether the newest code may still be tried."""
    return (
        code is not None
        and not code.used
        and code.tries < rules.code_tries
        and now < code.made_at + dt.timedelta(minutes=rules.code_minutes)
    )
