"""The courier's phone page: a link opens it, one form hands boxes over.

Knows HTTP, forms and templates. What a link may show and what a hand-over means is
`scan.custody`; a GET changes nothing. The page works without its script: a typed name
signs, and photos go as they were taken.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import InputError, PaperlessError
from paperless_kernel.base.texts import Texts, parse_texts
from paperless_kernel.scan.boxes import SealState
from paperless_kernel.scan.custody.labels import LabelKind, read_label
from paperless_kernel.scan.custody.links import (
    CourierReport,
    CourierVisit,
    SealSeen,
)
from paperless_kernel.scan.custody.model import Signature
from paperless_kernel.web.pictures import (
    MOST_PHOTO,
    clean_photo,
    clean_signature,
    read_code,
)

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""For pages below ``/c/``: one script of our own, and previews of photos."""
PREFIX: Final = "/c/"
_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_LANGUAGES = ("ko", "en")
_MOST_BODY: Final = 64 << 20
_MOST_FIELD: Final = 1 << 20
_MOST_FIELDS: Final = 400
_LONGEST_NAME: Final = 60
_SEE_OTHER = 303
_ASSETS: Final = {
    "courier.css": "text/css",
    "courier.js": "text/javascript",
}
_TOO_MUCH: Final = (
    "보낸 사진이 모두 합해 너무 큽니다(64MB까지). / "
    "The photos together are too big (64 MB at most)."
)
_NO_NAME: Final = (
    "넘기는 사람의 이름을 적어 주세요. / Give the name of who hands the boxes over."
)
_NO_SEAL: Final = (
    "{number}번 박스의 봉인 번호를 읽거나 적어 주세요. / "
    "Scan or type the seal's number of box {number}."
)
_NO_STATE: Final = (
    "{number}번 박스의 봉인 상태를 골라 주세요. / "
    "Choose how the seal of box {number} was found."
)
_OTHER_LABEL: Final = (
    "{number}번 박스: 봉인 라벨이 아닙니다. 봉인의 번호나 QR을 읽어 주세요. / "
    "Box {number}: {error}"
)
_NO_PICTURE: Final = (
    "{number}번 박스의 봉인 사진을 찍어 주세요. / Take a photo of box {number}'s seal."
)


class Couriers(Protocol):
    """What the page asks of the workshop; the link's token authorises."""

    def courier_visit(self, token: str) -> CourierVisit:
        """Return what a link shows.

        Raises:
            NotFoundError: the link is unknown or over.
        """

    def courier_hand_over(self, token: str, report: CourierReport) -> CourierVisit:
        """Hand the boxes over; the same report again changes nothing."""


class CourierPages:
    """Handlers of ``/c/<token>``; one instance per application."""

    def __init__(self, couriers: Couriers, *, trial: bool) -> None:
        """Take the workshop's part.

        Args:
            couriers: decides and records.
            trial: say on every page that this is a trial.
        """
        self._couriers = couriers
        self._trial = trial
        self._texts = courier_texts()
        self._pages = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
        )

    def routes(self) -> list[Route]:
        """Return the routes, style sheet and script included."""
        return [
            *(Route(f"/assets/{name}", self._asset) for name in _ASSETS),
            Route("/c/{token}", self.show),
            Route("/c/{token}", self.send, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Show the boxes of a transport, or that they were handed over."""
        visit = self._couriers.courier_visit(request.path_params["token"])
        return self._show(request, visit, {})

    async def send(self, request: Request) -> Response:
        """Take the form; tell what is missing, or show that it was recorded."""
        # A link that opens nothing costs nothing: the form behind it is not read.
        token = request.path_params["token"]
        visit = await run_in_threadpool(self._couriers.courier_visit, token)
        if visit.done_at is not None:
            return self._back(request)
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > _MOST_BODY:
            raise InputError(_TOO_MUCH)
        try:
            form = await request.form(
                max_files=len(visit.boxes),
                max_fields=_MOST_FIELDS,
                max_part_size=_MOST_FIELD,
            )
        except (LookupError, ValueError) as error:
            raise HTTPException(400) from error
        try:
            return await run_in_threadpool(self._take, request, visit, form)
        finally:
            await form.close()

    def _take(self, request: Request, visit: CourierVisit, form: FormData) -> Response:
        token = request.path_params["token"]
        try:
            self._couriers.courier_hand_over(token, _report(form, visit))
        except InputError as error:
            said = {name: text for name, text in form.items() if isinstance(text, str)}
            return self._show(request, visit, said, error)
        return self._back(request)

    def _back(self, request: Request) -> Response:
        address = f"{PREFIX}{request.path_params['token']}{_query(request)}"
        return RedirectResponse(address, status_code=_SEE_OTHER)

    def failed(self, request: Request, error: PaperlessError) -> Response:
        """Show an error that ended a step; nothing of how the server failed."""
        status = error.http_status
        if status >= 500:  # noqa: PLR2004 - the server's own failures
            return self._wrong(request, status, "error.internal")
        if status == 404:  # noqa: PLR2004 - says nothing of what exists
            return self._wrong(request, status, "error.link")
        text = _in(_lang(request), str(error))
        return self._render(request, "courier_error.html", status=status, error=text)

    def unreadable(self, request: Request) -> Response:
        """Say that a form could not be read."""
        return self._wrong(request, 400, "error.unreadable")

    def broken(self, request: Request) -> Response:
        """Say that this server failed, and nothing of how."""
        return self._wrong(request, 500, "error.internal")

    def _wrong(self, request: Request, status: int, key: str) -> Response:
        text = self._texts.t(key, _lang(request))
        return self._render(request, "courier_error.html", status=status, error=text)

    def _show(
        self,
        request: Request,
        visit: CourierVisit,
        said: dict[str, str],
        error: InputError | None = None,
    ) -> Response:
        lang = _lang(request)
        done = visit.done_at
        return self._render(
            request,
            "courier.html",
            status=error.http_status if error else 200,
            error=_in(lang, str(error)) if error else "",
            visit=visit,
            said=said,
            until=kst_text(visit.until),
            done=kst_text(done) if done else "",
        )

    def _render(
        self,
        request: Request,
        template: str,
        *,
        status: int,
        **values: Any,  # noqa: ANN401
    ) -> Response:
        lang = _lang(request)
        other = next(each for each in _LANGUAGES if each != lang)
        page = self._pages.get_template(template).render(
            lang=lang,
            other=other,
            other_url=f"{request.scope['path']}?lang={other}",
            query=_query(request),
            trial=self._trial,
            t=lambda key, **more: self._texts.t(key, lang, **more),
            **values,
        )
        return Response(page, status_code=status, media_type="text/html")

    def _asset(self, request: Request) -> Response:
        name = request.scope["path"].rpartition("/")[2]
        text = (_TEMPLATES / name).read_text(encoding="utf-8")
        return Response(text, media_type=_ASSETS[name])


def courier_texts() -> Texts:
    """Return the page's sentences, Korean first."""
    return parse_texts(
        {
            lang: (_HERE / "texts" / f"courier.{lang}.toml").read_text(encoding="utf-8")
            for lang in _LANGUAGES
        }
    )


def _report(form: FormData, visit: CourierVisit) -> CourierReport:
    """Return what the form says.

    Raises:
        InputError: something is missing or is no picture.
    """
    seals = tuple(
        _seen(form, number, box.id) for number, box in enumerate(visit.boxes, 1)
    )
    return CourierReport(seals=seals, giver=_signed(form))


def _seen(form: FormData, number: int, box: str) -> SealSeen:
    said = _text(form, f"state{number}")
    if said not in set(SealState):  # no form of ours: nothing is taken for intact
        raise InputError(_NO_STATE.format(number=number))
    state = SealState(said)
    sent = form.get(f"photo{number}")
    data = sent.file.read(MOST_PHOTO + 1) if isinstance(sent, UploadFile) else b""
    if not data:
        raise InputError(_NO_PICTURE.format(number=number))
    photo = clean_photo(data)
    typed = _text(form, f"seal{number}") or read_code(photo)
    if not typed and state is not SealState.MISSING:
        raise InputError(_NO_SEAL.format(number=number))
    try:
        read = read_label(typed, LabelKind.SEAL).id if typed else ""
    except InputError as error:
        raise InputError(_OTHER_LABEL.format(number=number, error=error)) from error
    return SealSeen(box=box, number=read, state=state, photo=photo)


def _signed(form: FormData) -> Signature:
    name = _text(form, "giver_name")
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise InputError(_NO_NAME)
    return Signature(name=name, drawing=clean_signature(_text(form, "giver_drawn")))


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _lang(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    if asked in _LANGUAGES:
        return asked
    accepted = request.headers.get("accept-language", "")[:2].lower()
    return accepted if accepted in _LANGUAGES else "ko"


def _in(lang: str, text: str) -> str:
    """Return one language of a sentence written in both."""
    korean, _, english = text.partition(" / ")
    return (english or korean) if lang == "en" else korean


def _query(request: Request) -> str:
    """Carry a language somebody chose from page to page."""
    asked = request.query_params.get("lang", "")
    return f"?lang={asked}" if asked in _LANGUAGES else ""
