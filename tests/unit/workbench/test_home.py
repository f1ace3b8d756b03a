from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from paperless_kernel.base.errors import (
    BusyError,
    NotFoundError,
    PaperlessError,
    StorageError,
)
from paperless_kernel.flows.snapshot import Snapshot
from paperless_kernel.workbench.home import Home
from paperless_kernel.workbench.markup import Visitor
from paperless_kernel.workbench.places import texts


def home(load: Callable[[], Snapshot]) -> Home:
    return Home(texts=texts(), load=load)


def test_nothing_is_read_until_a_visitor_comes(samples: ModuleType) -> None:
    reads: list[int] = []

    def load() -> Snapshot:
        reads.append(1)
        shot: Snapshot = samples.snapshot()
        return shot

    app = home(load)
    assert reads == []
    assert "불러오는 중" in app.view.html

    app.welcome(who=Visitor(name="Kim"), lang="en")

    assert reads == [1]
    assert app.view.lang == "en"
    assert app.view.title == "Office at a glance · Paperless Kernel"
    assert "Kim" in app.view.html
    assert "<dd>14</dd>" in app.view.html


def test_the_language_changes_without_reading_again(samples: ModuleType) -> None:
    shots = iter([samples.snapshot()])
    app = home(lambda: next(shots))
    app.welcome(who=Visitor(), lang="ko")

    app._heard(app.view, {"act": "language", "lang": "en"}, [])
    assert app.view.lang == "en"
    assert "Trusted scanning" in app.view.html

    app._heard(app.view, {"act": "language", "lang": "../.."}, [])
    assert app.view.lang == "ko"


def test_a_refresh_reads_again_and_says_so(samples: ModuleType) -> None:
    shots = iter([samples.empty(), samples.snapshot()])
    app = home(lambda: next(shots))
    app.welcome(who=Visitor(), lang="ko")
    assert "아직 처리한 문서가 없습니다" in app.view.html

    app._heard(app.view, {"act": "refresh"}, [])

    assert "14면" in app.view.html
    assert "현황을 다시 읽었습니다." in app.view.html


@pytest.mark.parametrize("message", [None, "refresh", {}, {"act": "delete"}, {"a": 1}])
def test_an_unknown_message_changes_nothing(
    message: object, samples: ModuleType
) -> None:
    app = home(samples.snapshot)
    app.welcome(who=Visitor(), lang="ko")
    before = app.view.html

    app._heard(app.view, message, [])

    assert app.view.html == before


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotFoundError("no office in /secret/place"), "paperless demo"),
        (BusyError("x"), "다른 작업이 쓰고 있습니다"),
        (StorageError("x"), "저장된 문서는 그대로입니다"),
        (PaperlessError("x"), "코드: internal"),
        (RuntimeError("a bug in /secret/place"), "코드: internal"),
    ],
)
def test_trouble_gives_words_and_no_inner_text(error: Exception, words: str) -> None:
    def load() -> Snapshot:
        raise error

    app = home(load)
    app.welcome(who=Visitor(), lang="ko")

    assert words in app.view.html
    assert "/secret/place" not in app.view.html
    assert "Traceback" not in app.view.html


def test_trouble_goes_away_with_its_cause(samples: ModuleType) -> None:
    answers: list[Snapshot | Exception] = [BusyError("x"), samples.snapshot()]

    def load() -> Snapshot:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    app = home(load)
    app.welcome(who=Visitor(), lang="ko")
    app.refresh()

    assert "pk-trouble" not in app.view.html
    assert "14면" in app.view.html


def test_a_pages_start_pays_for_no_frames_charts_or_grammars() -> None:
    code = (
        "import sys; import paperless_kernel.workbench.home; "
        "heavy = {'pandas', 'plotly', 'voila', 'lark', 'numpy', 'jupyter_server'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")
