"""What a message says: the template's two places, the link, the code.

Knows the placeholders carriers demand (KT notice API SN-002: ``mms_dtl_cnts`` without
both is refused) and their lengths. Knows no recipient's data but what it is handed.
"""

from __future__ import annotations

import re

from paperless_kernel.base.errors import InputError

CONFIRM = "{#INFO_CFRM_STR}"
REFUSE = "{#RCVE_RF_STR}"
TITLE_LIMIT = 40
TEXT_LIMIT = 4000
_PLACE = re.compile(r"\{#[^}]*\}")


def check_template(title: str, template: str) -> None:
    """Refuse a title or template a carrier would refuse.

    Raises:
        InputError: a place is missing, unknown or double, or a length is exceeded.
    """
    if not title.strip() or len(title) > TITLE_LIMIT:
        raise InputError(f"a title has 1 to {TITLE_LIMIT} characters; shorten it.")
    if len(template) > TEXT_LIMIT - 400:
        raise InputError(
            f"the template has {len(template)} characters; with its links it must stay "
            f"under {TEXT_LIMIT}. Shorten it."
        )
    places = _PLACE.findall(template)
    for needed in (CONFIRM, REFUSE):
        if places.count(needed) != 1:
            raise InputError(
                f"the template must hold {needed} exactly once (it holds it "
                f"{places.count(needed)} times): carriers refuse it otherwise."
            )
    unknown = sorted(set(places) - {CONFIRM, REFUSE})
    if unknown:
        raise InputError(
            f"the template holds unknown places {', '.join(unknown)}; use only "
            f"{CONFIRM} and {REFUSE}."
        )


def fill(template: str, *, sender: str, link: str) -> str:
    """Return the message: sender first, both places filled with this notice's link."""
    text = template.replace(CONFIRM, f"안내문 확인하기 {link}").replace(
        REFUSE, f"수신거부 {link}/refuse"
    )
    return f"[{sender}] {text}"


def code_text(sender: str, code: str, minutes: int) -> str:
    """Return the text message that carries a one-time code."""
    return (
        f"[{sender}] 전자고지 열람 인증번호 {code} ({minutes}분 이내 입력). "
        "타인에게 알려주지 마세요. / Code to read your notice."
    )
