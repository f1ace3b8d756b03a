"""How numbers, sizes, spans and times are written for people in each language."""

from __future__ import annotations

import datetime as dt

from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.texts import Texts
from paperless_kernel.flows.snapshot import Figure, Unit

_STEP = 1000  # sizes are decimal, as the tariff counts them: 1 MB is 1,000,000 bytes
_SIZES = ("B", "kB", "MB", "GB", "TB")


class Wording:
    """Texts in one language."""

    def __init__(self, texts: Texts, lang: str) -> None:
        self._texts = texts
        self.lang = texts.language(lang)

    def __call__(self, key: str, **values: str | int) -> str:
        """Return the text under ``key``; see `Texts.t`."""
        return self._texts.t(key, self.lang, **values)

    def or_name(self, key: str, name: str) -> str:
        """Return the text under ``key``, or ``name`` where none is written yet."""
        return self(key) if self._texts.has(key) else name

    def number(self, figure: Figure) -> str:
        """Write a figure with its unit: ``1,234건``, ``₩1,234``, ``1.2 MB``."""
        shown = size(figure.value) if figure.unit is Unit.BYTES else f"{figure.value:,}"
        return self(f"unit.{figure.unit.value}", n=shown)

    def span(self, span: dt.timedelta) -> str:
        """Write a span by days, hours and minutes, leaving out what is zero."""
        minutes = int(abs(span).total_seconds()) // 60
        parts = {
            "days": minutes // 1440,
            "hours": minutes // 60 % 24,
            "minutes": minutes % 60,
        }
        said = [self(f"span.{name}", n=n) for name, n in parts.items() if n]
        return " ".join(said) or self("span.none")

    def time(self, at: dt.datetime) -> str:
        """Write an instant in Korean time."""
        return kst_text(at)


def size(count: int) -> str:
    """Write a count of bytes in decimal units, one digit after the point, cut off."""
    tenths, step = count * 10, 0
    while tenths >= _STEP * 10 and step < len(_SIZES) - 1:
        tenths, step = tenths // _STEP, step + 1
    whole = f"{tenths // 10:,}"
    return f"{whole} B" if step == 0 else f"{whole}.{tenths % 10} {_SIZES[step]}"
