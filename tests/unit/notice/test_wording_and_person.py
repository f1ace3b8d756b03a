from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path

import pytest

from paperless_kernel.base.errors import InputError, NotAllowedError
from paperless_kernel.notice.codes import Code, check_may_send, digits_of, usable
from paperless_kernel.notice.model import Channel
from paperless_kernel.notice.person import (
    check_ci,
    check_number,
    mask_name,
    mask_number,
)
from paperless_kernel.notice.rules import read_rules
from paperless_kernel.notice.wording import check_template, fill

GOOD = "안내문이 왔습니다. {#INFO_CFRM_STR} 받지 않으려면 {#RCVE_RF_STR}"
CI = base64.b64encode(bytes(range(64))).decode()


def test_a_template_needs_both_places_once() -> None:
    check_template("자동차세 안내", GOOD)
    for wrong in (
        "안내 {#INFO_CFRM_STR}",
        "안내 {#RCVE_RF_STR}",
        GOOD + "{#RCVE_RF_STR}",
        GOOD + "{#NAME}",
    ):
        with pytest.raises(InputError):
            check_template("자동차세 안내", wrong)


def test_a_title_has_forty_signs() -> None:
    check_template("가" * 40, GOOD)
    for wrong in ("가" * 41, " "):
        with pytest.raises(InputError):
            check_template(wrong, GOOD)


def test_a_filled_message_holds_the_link_and_no_place() -> None:
    text = fill(GOOD, sender="어느시청", link="http://127.0.0.1/n/abc")
    assert text.startswith("[어느시청] ")
    assert "http://127.0.0.1/n/abc " in text
    assert "{#" not in text


def test_a_ci_is_88_signs_for_64_bytes() -> None:
    assert len(CI) == 88
    assert check_ci(CI) == CI
    for wrong in (CI[:-1], CI[:-4] + "!!==", "", base64.b64encode(b"x" * 63).decode()):
        with pytest.raises(InputError) as caught:
            check_ci(wrong)
        assert not wrong or wrong not in str(caught.value)


def test_a_ci_with_stray_bits_is_not_canonical() -> None:
    with pytest.raises(InputError):
        check_ci(CI[:-3] + "x==")


def test_numbers_and_names_are_masked() -> None:
    assert check_number("010-1234-5678") == "01012345678"
    assert mask_number("01012345678") == "***-****-5678"
    assert [mask_name(n) for n in ("홍길동", "허준", "남궁민수", "A")] == [
        "홍*동",
        "허*",
        "남**수",
        "*",
    ]
    with pytest.raises(InputError):
        check_number("02-123-4567")


def test_the_rules_on_disk_are_read_and_wrong_ones_refused(repository: Path) -> None:
    text = (repository / "data/rules/service.toml").read_text()
    rules = read_rules(text)
    assert rules.opens == dt.time(10)
    assert rules.closes == dt.time(18)
    assert rules.last_claim[Channel.RCS] == dt.time(17, 56)
    for wrong in (
        text.replace("opens = 10:00:00", "opens = 19:00:00"),
        text.replace("code_tries = 5", ""),
        "version = ",
    ):
        with pytest.raises(InputError):
            read_rules(wrong)


def test_codes_live_three_minutes_five_tries_three_a_day(repository: Path) -> None:
    rules = read_rules((repository / "data/rules/service.toml").read_text())
    now = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)

    def code(tries: int = 0, *, used: bool = False) -> Code:
        return Code(id="c", notice="n", mac=b"", made_at=now, tries=tries, used=used)

    assert usable(code(4), now + dt.timedelta(seconds=179), rules)
    assert not usable(code(5), now, rules)
    assert not usable(code(), now + dt.timedelta(minutes=3), rules)
    assert not usable(code(used=True), now, rules)
    assert not usable(None, now, rules)
    check_may_send((now, now), now, rules)
    with pytest.raises(NotAllowedError):
        check_may_send((now, now, now), now, rules)
    check_may_send((now, now, now), now + dt.timedelta(days=1), rules)
    assert digits_of(b"\x00" * 8) == "000000"
    assert len(digits_of(b"\xff" * 8)) == 6
