"""The recipient's reading page: a link opens it, each step is a form, no script.

Knows HTTP, cookies and templates. What may be shown and what it means is
`notice.reading`; a GET changes nothing of a notice. Only where a document being read
had to leave the memory does a GET fetch it again, which the vault journals.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import (
    InputError,
    NotAllowedError,
    PaperlessError,
    UnavailableError,
)
from paperless_kernel.base.texts import Texts, parse_texts
from paperless_kernel.notice.reading import Reading
from paperless_kernel.notice.visits import Landing, Visit
from paperless_kernel.trust.digest import sha256

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_LANGUAGES = ("ko", "en")
_PHONE = re.compile(r"Mobile|Android|iPhone", re.IGNORECASE)
_SEE_OTHER = 303
Endpoint = Callable[[Request], Awaitable[Response]]


_TOO_OLD = (
    "화면이 오래되었습니다. 처음부터 다시 시작해 주세요. / "
    "This page is too old; please start again."
)
_UNREADABLE = (
    "보낸 내용을 읽을 수 없습니다. 처음부터 다시 시작해 주세요. / "
    "What was sent cannot be read; please start again."
)


def page_texts() -> Texts:
    """Return the reading page's sentences, Korean first."""
    return parse_texts(
        {
            lang: (_HERE / "texts" / f"{lang}.toml").read_text(encoding="utf-8")
            for lang in _LANGUAGES
        }
    )


class ReaderPages:
    """Handlers of ``/n/<token>``; one instance per application."""

    def __init__(self, reading: Reading, *, secure: bool, trial: bool) -> None:
        """Take the service's reading part.

        Args:
            reading: decides and records.
            secure: served over HTTPS: the cookie gets the ``__Host-`` prefix.
            trial: say on every page that this is a trial.
        """
        self._reading = reading
        self._secure = secure
        self._trial = trial
        self._cookie = "__Host-notice" if secure else "notice"
        self._texts = page_texts()
        self._pages = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
        )

    def routes(self) -> list[Route]:
        """Return the routes, the style sheet included."""
        base = "/n/{token}"
        return [
            Route("/assets/reader.css", self._style),
            Route(base, self.landing),
            Route(f"{base}/open", self._step(self._open), methods=["POST"]),
            Route(f"{base}/terms", self.terms),
            Route(f"{base}/consent", self._step(self._consent), methods=["POST"]),
            Route(f"{base}/code", self.code),
            Route(f"{base}/code", self._step(self._confirm), methods=["POST"]),
            Route(f"{base}/again", self._step(self._again), methods=["POST"]),
            Route(f"{base}/document", self.document),
            Route(f"{base}/read", self._step(self._read), methods=["POST"]),
            Route(f"{base}/page/{{number:int}}.jpg", self.page),
            Route(f"{base}/document.pdf", self.file),
            Route(f"{base}/refuse", self.refuse),
            Route(f"{base}/refuse", self._step(self._decline), methods=["POST"]),
        ]

    def landing(self, request: Request) -> Response:
        """Show who wrote what to whom, masked; a button opens it."""
        landing = self._reading.landing(request.path_params["token"])
        return self._show_landing(request, "landing.html", landing)

    def refuse(self, request: Request) -> Response:
        """Ask before notices are declined."""
        landing = self._reading.landing(request.path_params["token"])
        return self._show_landing(request, "refuse.html", landing)

    def terms(self, request: Request) -> Response:
        """Show the terms of use to somebody who opened the notice."""
        visit = self._visit(request)
        version, text = self._reading.terms(self._lang(request))
        return self._show(
            request, "terms.html", landing=visit.landing, version=version, terms=text
        )

    def code(self, request: Request) -> Response:
        """Ask for the code that was sent."""
        visit = self._visit(request)
        if not visit.consented:
            return self._go(request, "terms")
        return self._show(request, "code.html", landing=visit.landing)

    def document(self, request: Request) -> Response:
        """Show the pages, or the button that records the reading first."""
        visit = self._visit(request)
        if not visit.identified:
            return self._go(request, "code")
        document = None
        if visit.reading:
            document = self._reading.document(*self._who(request))
        return self._show(
            request, "document.html", landing=visit.landing, document=document
        )

    def page(self, request: Request) -> Response:
        """Return one page's picture to a reader whose reading is recorded."""
        pages = self._reading.document(*self._who(request)).pages
        number = request.path_params["number"]
        if not 1 <= number <= len(pages):
            return Response(status_code=404)
        return Response(pages[number - 1].jpeg, media_type="image/jpeg")

    def file(self, request: Request) -> Response:
        """Return the PDF itself to a reader whose reading is recorded."""
        document = self._reading.document(*self._who(request))
        held = {"Content-Disposition": 'attachment; filename="notice.pdf"'}
        return Response(document.pdf, media_type="application/pdf", headers=held)

    def failed(self, request: Request, error: PaperlessError) -> Response:
        """Show an error that ended a step."""
        if error.http_status >= 500:  # noqa: PLR2004 - the server's own failures
            return self.broken(request, error.http_status)
        text = _in(self._lang(request), str(error))
        return self._error(request, error.http_status, text)

    def unreadable(self, request: Request) -> Response:
        """Say that a form could not be read."""
        return self._error(request, 400, _in(self._lang(request), _UNREADABLE))

    def broken(self, request: Request, status: int = 500) -> Response:
        """Say that this server failed, and nothing of how."""
        text = self._texts.t("error.internal", self._lang(request))
        return self._error(request, status, text)

    def _error(self, request: Request, status: int, text: str) -> Response:
        token = request.path_params.get("token", "")
        return self._render(
            request,
            "error.html",
            status=status,
            error=text,
            base=f"/n/{token}" if token else "",
        )

    def _style(self, _request: Request) -> Response:
        style = (_TEMPLATES / "reader.css").read_text(encoding="utf-8")
        return Response(style, media_type="text/css")

    def _step(self, act: Callable[[Request, dict[str, str]], Response]) -> Endpoint:
        """Wrap a state change: read the form, check it is ours, act in a thread."""

        async def endpoint(request: Request) -> Response:
            form = await _form(request)
            expected = _form_token(request.cookies.get(self._cookie, ""))
            if not compare_digest(form.get("form", "").encode(), expected.encode()):
                raise NotAllowedError(_TOO_OLD)
            return await run_in_threadpool(act, request, form)

        return endpoint

    def _open(self, request: Request, _form: dict[str, str]) -> Response:
        agent = request.headers.get("user-agent", "")
        device = "phone" if _PHONE.search(agent) else "computer"
        cookie = self._reading.open(request.path_params["token"], device)
        response = self._go(request, "terms")
        self._set_cookie(response, cookie)
        return response

    def _consent(self, request: Request, form: dict[str, str]) -> Response:
        if form.get("agree") != "yes":
            return self._go(request, "terms")
        token, cookie = self._who(request)
        try:
            self._reading.consent(token, cookie, self._lang(request))
        except (NotAllowedError, UnavailableError) as error:
            return self._code_again(request, error)
        return self._go(request, "code")

    def _again(self, request: Request, _form: dict[str, str]) -> Response:
        try:
            self._reading.send_code(*self._who(request))
        except (NotAllowedError, UnavailableError) as error:
            return self._code_again(request, error)
        return self._go(request, "code")

    def _confirm(self, request: Request, form: dict[str, str]) -> Response:
        token, cookie = self._who(request)
        try:
            self._reading.confirm(token, cookie, form.get("code", ""))
        except InputError as error:
            return self._code_again(request, error)
        self._reading.read(token, cookie)
        return self._go(request, "document")

    def _read(self, request: Request, _form: dict[str, str]) -> Response:
        self._reading.read(*self._who(request))
        return self._go(request, "document")

    def _decline(self, request: Request, _form: dict[str, str]) -> Response:
        self._reading.decline(request.path_params["token"])
        return self._go(request, "refuse")

    def _code_again(self, request: Request, error: PaperlessError) -> Response:
        landing = self._reading.landing(request.path_params["token"])
        return self._show(
            request,
            "code.html",
            status=error.http_status,
            landing=landing,
            error=_in(self._lang(request), str(error)),
        )

    def _visit(self, request: Request) -> Visit:
        return self._reading.visit(*self._who(request))

    def _who(self, request: Request) -> tuple[str, str]:
        return request.path_params["token"], request.cookies.get(self._cookie, "")

    def _show_landing(
        self, request: Request, template: str, landing: Landing
    ) -> Response:
        # The cookie only ties the form to this browser; nothing is stored for it.
        cookie = request.cookies.get(self._cookie) or self._reading.fresh_cookie()
        response = self._show(
            request,
            template,
            landing=landing,
            deadline=kst_text(landing.deadline),
            form=_form_token(cookie),
        )
        if self._cookie not in request.cookies:
            self._set_cookie(response, cookie)
        return response

    def _show(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        **values: Any,  # noqa: ANN401
    ) -> Response:
        values.setdefault("form", _form_token(request.cookies.get(self._cookie, "")))
        base = f"/n/{request.path_params['token']}"
        return self._render(request, template, status=status, base=base, **values)

    def _render(
        self,
        request: Request,
        template: str,
        *,
        status: int,
        **values: Any,  # noqa: ANN401
    ) -> Response:
        lang = self._lang(request)
        other = next(each for each in _LANGUAGES if each != lang)
        values.setdefault("error", "")
        path = values["base"] if request.method == "POST" else request.scope["path"]
        page = self._pages.get_template(template).render(
            lang=lang,
            other=other,
            other_url=f"{path}?lang={other}",
            query=_query(request),
            trial=self._trial,
            t=lambda key, **more: self._texts.t(key, lang, **more),
            **values,
        )
        return Response(page, status_code=status, media_type="text/html")

    def _go(self, request: Request, where: str) -> Response:
        token = request.path_params["token"]
        query = _query(request)
        return RedirectResponse(f"/n/{token}/{where}{query}", status_code=_SEE_OTHER)

    def _set_cookie(self, response: Response, cookie: str) -> None:
        response.set_cookie(
            self._cookie,
            cookie,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def _lang(self, request: Request) -> str:
        asked = request.query_params.get("lang", "")
        if asked in _LANGUAGES:
            return asked
        accepted = request.headers.get("accept-language", "")[:2].lower()
        return accepted if accepted in _LANGUAGES else "ko"


async def _form(request: Request) -> dict[str, str]:
    """Read a form; its sender names the encoding, which may be no text at all."""
    try:
        async with request.form(max_files=0, max_fields=8, max_part_size=4096) as raw:
            form = {key: str(value) for key, value in raw.items()}
        for text in (*form, *form.values()):
            text.encode()
    except (LookupError, ValueError) as error:
        raise HTTPException(400) from error
    return form


def _form_token(cookie: str) -> str:
    """Tie a form to the browser's cookie, which another site cannot read."""
    return sha256(b"form|" + cookie.encode()).hex()


def _in(lang: str, text: str) -> str:
    """Return one language of a sentence written in both."""
    korean, _, english = text.partition(" / ")
    return (english or korean) if lang == "en" else korean


def _query(request: Request) -> str:
    """Carry a language somebody chose from page to page."""
    asked = request.query_params.get("lang", "")
    return f"?lang={asked}" if asked in _LANGUAGES else ""
