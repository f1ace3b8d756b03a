"""What a recipient's page is told at each step, and what it says when it cannot go on.

Values and two-language sentences only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from paperless_kernel.notice.pages import PageImage

NO_PAGE = (
    "없는 주소입니다. 문자의 주소를 다시 확인해 주세요. / "
    "There is no such page; check the address in your message."
)
TOO_LATE = (
    "열람 기한이 지났습니다. 발송기관에 문의해 주세요. / "
    "The reading deadline has passed; ask the sender."
)
NO_SESSION = "시간이 지나 처음부터 다시 시작합니다. / Your session ended; begin again."
TERMS_FIRST = "약관에 먼저 동의해 주세요. / Accept the terms first."
CONFIRM_FIRST = "본인 확인이 필요합니다. / Confirm yourself first."
NO_LINE = "이 고지는 문자로 보낸 적이 없습니다. / This notice was not sent by message."
CODE_NOT_SENT = (
    "인증번호를 보내지 못했습니다. 잠시 뒤 다시 요청해 주세요. / "
    "The code could not be sent; ask for another."
)
CODE_OLD = (
    "인증번호가 만료되었습니다. 새 번호를 요청해 주세요. / "
    "The code has expired; ask for a new one."
)
CODE_USED = "이미 사용한 인증번호입니다. / This code was used already."


def wrong_code(left: int) -> str:
    """Return what a wrong code is answered with."""
    return (
        f"인증번호가 맞지 않습니다 (남은 횟수 {left}). / Wrong code, {left} tries left."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What a link shows before anybody is identified: as little as can be told."""

    notice: str
    sender: str
    title: str
    name: str
    line: str
    deadline: dt.datetime
    expired: bool
    declined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where a reading session stands."""

    landing: Landing
    consented: bool
    identified: bool
    reading: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """The document as it was served: its pages, the file itself, its hash."""

    title: str
    pdf: bytes
    sha256: str
    pages: tuple[PageImage, ...]
