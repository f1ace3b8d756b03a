"""The service's dated rules: hours, guards, codes and periods, read from TOML text.

Knows the shape of ``data/rules/service.toml`` and refuses what makes no sense. The file
is found and read by the office.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from paperless_kernel.base.errors import InputError
from paperless_kernel.notice.model import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRules:
    """The rules one version of the service works by.

    Attributes:
        version: stands in evidence.
        opens: first instant of the day, KST, included (deck FAQ 3/3 Q3).
        closes: end of the day, KST, excluded.
        last_claim: latest KST time a batch of a channel may be handed over.
        lease: how long one dispatcher may hold a batch unanswered; longer than the
            client's time-out and the carrier's slowest answer together.
        key_margin: how long before the carrier forgets a key we stop re-posting.
        code_minutes: how long a one-time code lives.
        code_tries: wrong tries per code.
        codes_per_day: codes per notice and Korean day.
        session_minutes: how long a reading session lives.
        certificate_days: validity of a distribution certificate; our policy, no law
            gives a figure.
        terms_version: version of the terms of use the recipient agrees to.
        terms: their text by language.
    """

    version: str
    opens: dt.time
    closes: dt.time
    last_claim: Mapping[Channel, dt.time]
    lease: dt.timedelta
    key_margin: dt.timedelta
    code_minutes: int
    code_tries: int
    codes_per_day: int
    session_minutes: int
    certificate_days: int
    terms_version: str
    terms: Mapping[str, str]


def read_rules(text: str) -> ServiceRules:
    """Read ``service.toml``.

    Raises:
        InputError: not TOML, a part is missing, or the hours do not fit together.
    """
    try:
        raw = tomllib.loads(text)
        window, reading = raw["window"], raw["reading"]
        rules = ServiceRules(
            version=raw["version"],
            opens=window["opens"],
            closes=window["closes"],
            last_claim={
                Channel.RCS: window["last_rcs"],
                Channel.MMS: window["last_mms"],
            },
            lease=dt.timedelta(seconds=raw["dispatch"]["lease_seconds"]),
            key_margin=dt.timedelta(minutes=raw["dispatch"]["key_margin_minutes"]),
            code_minutes=reading["code_minutes"],
            code_tries=reading["code_tries"],
            codes_per_day=reading["codes_per_day"],
            session_minutes=reading["session_minutes"],
            certificate_days=raw["certificate"]["days"],
            terms_version=raw["terms"]["version"],
            terms={"ko": raw["terms"]["ko"], "en": raw["terms"]["en"]},
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InputError(
            f"the service rules cannot be read ({error}): correct data/rules/service"
            ".toml."
        ) from error
    times = (rules.opens, rules.closes, *rules.last_claim.values())
    if not all(isinstance(each, dt.time) for each in times) or not all(
        rules.opens < each <= rules.closes for each in rules.last_claim.values()
    ):
        raise InputError(
            "the service rules' hours do not fit together: opens < last claims <= "
            "closes. Correct data/rules/service.toml."
        )
    return rules
