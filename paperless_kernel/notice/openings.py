"""How often one link may be opened: a brake on whoever opens it without end.

Counts in the memory of the one process that serves the pages. Draws no time itself.
"""

from __future__ import annotations

import datetime as dt
from threading import Lock

from paperless_kernel.base.errors import NotAllowedError

SESSIONS = 20
"""Sessions per notice within `SPAN`; our own figure, far above any reader's need."""
SPAN = dt.timedelta(hours=1)


class TooOftenError(NotAllowedError):
    """A link was opened too often; try again within the hour."""

    http_status = 429


class Openings:
    """When each notice was opened, as far back as it matters."""

    def __init__(self) -> None:
        self._times: dict[str, list[dt.datetime]] = {}
        self._lock = Lock()

    def count(self, notice: str, now: dt.datetime) -> None:
        """Count one opening.

        Raises:
            TooOftenError: the hour's openings are used up; this one is not counted.
        """
        with self._lock:
            recent = {
                known: [at for at in times if at > now - SPAN]
                for known, times in self._times.items()
                if times[-1] > now - SPAN
            }
            self._times = recent
            times = recent.setdefault(notice, [])
            if len(times) < SESSIONS:
                times.append(now)
                return
        raise TooOftenError(
            "이 안내문을 너무 자주 열었습니다. 한 시간 뒤 다시 시도해 주세요. / "
            "This notice was opened too often; try again in an hour."
        )
