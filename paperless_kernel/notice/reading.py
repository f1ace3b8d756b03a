"""The recipient's side: from a link to a read document, each step a fact.

Knows links, sessions and one-time codes. A code sent to the line proves possession of
that line only, and the grade says so. Knows no HTTP.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from hmac import compare_digest
from threading import Lock
from typing import TYPE_CHECKING

from paperless_kernel.base.errors import (
    EvidenceError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
    PaperlessError,
    UnavailableError,
)
from paperless_kernel.base.events import Json
from paperless_kernel.notice.codes import (
    Code,
    check_may_send,
    digits_of,
    message_of,
    usable,
)
from paperless_kernel.notice.handover import number_context, token_hash
from paperless_kernel.notice.model import (
    CODE_SENT,
    Campaign,
    Channel,
    Fact,
    FactKind,
    Grade,
    Message,
    Notice,
)
from paperless_kernel.notice.openings import Openings
from paperless_kernel.notice.pages import page_images
from paperless_kernel.notice.parts import Parts
from paperless_kernel.notice.person import mask_name
from paperless_kernel.notice.records.campaigns import has_fact, route_of
from paperless_kernel.notice.records.reading import (
    SessionRow,
    add_code,
    add_refusal,
    add_session,
    code_times,
    count_try,
    mark_session,
    newest_code,
    notice_of_link,
    session_by,
    use_code,
)
from paperless_kernel.notice.shelf import Shelf
from paperless_kernel.notice.statuses import load_notice
from paperless_kernel.notice.visits import (
    CODE_NOT_SENT,
    CODE_OLD,
    CODE_USED,
    CONFIRM_FIRST,
    NO_LINE,
    NO_PAGE,
    NO_SESSION,
    TERMS_FIRST,
    TOO_LATE,
    Landing,
    ReadDocument,
    Visit,
    wrong_code,
)
from paperless_kernel.notice.wording import code_text
from paperless_kernel.trust.digest import sha256

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)
_SESSION_BYTES = 32
_CODE_NOISE = 8


class Reading:
    """Everything a recipient's page asks for. The link and the session authorise."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._shelf = Shelf()
        self._fetching = Lock()
        self._openings = Openings()

    def terms(self, lang: str) -> tuple[str, str]:
        """Return the version and text of the terms of use."""
        rules = self._parts.rules
        return rules.terms_version, rules.terms.get(lang, rules.terms["ko"])

    def fresh_cookie(self) -> str:
        """Return a new unguessable cookie value; nothing is stored."""
        return self._parts.random.token(_SESSION_BYTES).hex()

    def landing(self, token: str) -> Landing:
        """Return what a link may show; changes nothing.

        Raises:
            NotFoundError: no notice has this link.
        """
        notice, campaign = self._find(token)
        with self._parts.db.read() as tx:
            line = route_of(tx, notice.id)[1]
            declined = has_fact(tx, notice.id, [FactKind.DECLINED])
        return Landing(
            notice=notice.id,
            sender=campaign.sender,
            title=campaign.title,
            name=mask_name(notice.name),
            line=line,
            deadline=campaign.deadline,
            expired=self._parts.clock.now() >= campaign.deadline,
            declined=declined,
        )

    def open(self, token: str, agent: str) -> str:
        """Start a session by the reader's own act; return its cookie value.

        Args:
            token: from the link.
            agent: class of the browser (``phone``, ``computer``), not its name.

        Raises:
            NotFoundError: no notice has this link.
            NotAllowedError: the reading deadline has passed, or the link was opened
                too often within an hour.
        """
        parts = self._parts
        notice, _ = self._readable(token)
        self._openings.count(notice.id, parts.clock.now())
        cookie = self.fresh_cookie()
        with parts.db.begin() as tx:
            add_session(tx, token_hash(cookie), notice.id, self._until())
            self._add(tx, notice, FactKind.OPENED, {"agent": agent})
        parts.sequence()
        return cookie

    def visit(self, token: str, cookie: str) -> Visit:
        """Return where a session stands; changes nothing.

        Raises:
            NotFoundError: no notice has this link.
            NotYetError: there is no live session; begin again at the link.
        """
        notice, _ = self._find(token)
        session = self._session(notice, cookie)
        return Visit(
            landing=self.landing(token),
            consented=session.consented,
            identified=session.identified,
            reading=session.reading,
        )

    def consent(self, token: str, cookie: str, lang: str) -> None:
        """Accept the terms shown in one language, then send the first code.

        Raises:
            NotYetError: there is no live session.
            NotAllowedError: the codes of the day are used up, or the deadline passed.
            UnavailableError: the code could not be sent; ask for another.
        """
        parts = self._parts
        notice, _ = self._readable(token)
        session = self._session(notice, cookie)
        version, text = self.terms(lang)
        detail = {"terms": version, "terms_sha256": sha256(text.encode()).hex()}
        with parts.db.begin() as tx:
            mark_session(tx, session.sha256, "consented", self._until())
            self._add(tx, notice, FactKind.CONSENTED, detail)
        parts.sequence()
        self.send_code(token, cookie)

    def send_code(self, token: str, cookie: str) -> None:
        """Send a new one-time code to the line the notice went to.

        Raises:
            NotYetError: the terms are not accepted in this session.
            NotAllowedError: the codes of the day are used up, or the deadline passed.
            UnavailableError: the code could not be sent; ask for another.
        """
        parts = self._parts
        notice, campaign = self._readable(token)
        session = self._session(notice, cookie)
        if not session.consented:
            raise NotYetError(TERMS_FIRST)
        with parts.db.read() as tx:
            network, _, box, _, _ = route_of(tx, notice.id)
        if network is None or box is None:
            raise NotFoundError(NO_LINE)
        digits = digits_of(parts.random.token(_CODE_NOISE))
        code_id = parts.ids.new()
        (mac,) = parts.keeper.mac("otp", [message_of(notice.id, code_id, digits)])
        # 1. The code counts before it is sent: a crash here uses one up, never sends
        #    more than the day allows.
        with parts.db.begin() as tx:
            check_may_send(code_times(tx, notice.id), parts.clock.now(), parts.rules)
            made = Code(
                id=code_id,
                notice=notice.id,
                mac=mac,
                made_at=parts.clock.now(),
                tries=0,
                used=False,
            )
            add_code(tx, made)
            body: dict[str, Json] = {"tenant": notice.tenant, "code": code_id}
            parts.write(tx, CODE_SENT, notice.id, _reader(notice), body)
        parts.sequence()
        number = parts.keeper.unseal(
            "ci",
            box,
            number_context(notice.id),
            actor=_reader(notice),
            purpose=f"code {code_id}",
        ).decode()
        message = Message(
            ref=code_id,
            to=number,
            channel=Channel.SMS,
            sender=campaign.sender_number,
            title="인증번호",
            text=code_text(campaign.sender, digits, parts.rules.code_minutes),
        )
        try:
            parts.carriers[network].send([message], code_id)
        except PaperlessError as error:
            log.warning("code %s was not sent: %s", code_id, error.code)
            raise UnavailableError(CODE_NOT_SENT) from error

    def confirm(self, token: str, cookie: str, digits: str) -> None:
        """Check a code; the session is identified when it is right.

        Raises:
            NotYetError: no live session, or the terms are not accepted.
            InputError: the code is wrong, old or used up.
            NotAllowedError: the reading deadline has passed.
        """
        parts = self._parts
        notice, _ = self._readable(token)
        session = self._session(notice, cookie)
        if not session.consented:
            raise NotYetError(TERMS_FIRST)
        # 1. The try is counted and durable before the code is compared.
        with parts.db.begin() as tx:
            known = newest_code(tx, notice.id)
            if known is None or not usable(known, parts.clock.now(), parts.rules):
                raise InputError(CODE_OLD)
            count_try(tx, known.id)
        (mac,) = parts.keeper.mac(
            "otp", [message_of(notice.id, known.id, digits.strip())]
        )
        if not compare_digest(mac, known.mac):
            left = parts.rules.code_tries - known.tries - 1
            raise InputError(wrong_code(left))
        # 2. The code is used up together with what it proved.
        with parts.db.begin() as tx:
            if not use_code(tx, known.id):
                raise InputError(CODE_USED)
            line = route_of(tx, notice.id)[1]
            mark_session(tx, session.sha256, "identified", self._until())
            detail: dict[str, Json] = {
                "grade": Grade.POSSESSION.value,
                "method": "sms-code",
                "line": line,
            }
            self._add(tx, notice, FactKind.IDENTIFIED, detail)
        parts.sequence()

    def read(self, token: str, cookie: str) -> None:
        """Record the reading: the identified reader asks for the document.

        The document is fetched and its hash checked first, so that nothing is called
        read which could not be shown.

        Raises:
            NotYetError: the session is not identified.
            EvidenceError: the document is not the one that was accepted.
        """
        parts = self._parts
        notice, _ = self._readable(token)
        session = self._session(notice, cookie)
        if not session.identified:
            raise NotYetError(CONFIRM_FIRST)
        document = self._fetch(notice)
        self._shelf.put(session.sha256, document, until=self._until())
        detail: dict[str, Json] = {
            "document_sha256": document.sha256,
            "pages": len(document.pages),
            "mode": "at-identification",
            "grade": Grade.POSSESSION.value,
        }
        with parts.db.begin() as tx:
            mark_session(tx, session.sha256, "reading", self._until())
            self._add(tx, notice, FactKind.READ, detail)
        parts.sequence()

    def document(self, token: str, cookie: str) -> ReadDocument:
        """Return the document to a session whose reading is recorded.

        It was checked when the reading was recorded and lies in memory as long as the
        session. Only where it was given up is it fetched, and so opened, once more.

        Raises:
            NotYetError: it is not.
            EvidenceError: the document is not the one that was accepted.
        """
        notice, _ = self._find(token)
        session = self._session(notice, cookie)
        if not session.reading:
            raise NotYetError(CONFIRM_FIRST)
        now = self._parts.clock.now()
        held = self._shelf.get(session.sha256, now)
        if held is not None:
            return held
        with self._fetching:  # a document's pictures are asked for all at once
            held = self._shelf.get(session.sha256, now)
            if held is None:
                held = self._fetch(notice)
                self._shelf.put(session.sha256, held, until=session.until)
        return held

    def decline(self, token: str) -> None:
        """Decline further notices of this sender; the present one stays readable."""
        parts = self._parts
        notice, _ = self._find(token)
        with parts.db.begin() as tx:
            add_refusal(tx, notice.tenant, notice.ci_mac, parts.clock.now())
            self._add(tx, notice, FactKind.DECLINED, {})
        parts.sequence()

    def _find(self, token: str) -> tuple[Notice, Campaign]:
        with self._parts.db.read() as tx:
            notice_id = notice_of_link(tx, token_hash(token))
        if notice_id is None:
            raise NotFoundError(NO_PAGE)
        return load_notice(self._parts, notice_id)

    def _readable(self, token: str) -> tuple[Notice, Campaign]:
        notice, campaign = self._find(token)
        if self._parts.clock.now() >= campaign.deadline:
            raise NotAllowedError(TOO_LATE)
        return notice, campaign

    def _session(self, notice: Notice, cookie: str) -> SessionRow:
        with self._parts.db.read() as tx:
            found = session_by(tx, token_hash(cookie))
        live = found is not None and found.until > self._parts.clock.now()
        if found is None or not live or found.notice != notice.id:
            raise NotYetError(NO_SESSION)
        return found

    def _until(self) -> dt.datetime:
        minutes = self._parts.rules.session_minutes
        return self._parts.clock.now() + dt.timedelta(minutes=minutes)

    def _add(
        self, tx: Connection, notice: Notice, kind: FactKind, detail: Mapping[str, Json]
    ) -> None:
        fact = Fact(
            notice=notice.id,
            kind=kind,
            at=self._parts.clock.now(),
            entry="",
            detail=detail,
        )
        self._parts.add(tx, fact, tenant=notice.tenant, actor=_reader(notice))

    def _fetch(self, notice: Notice) -> ReadDocument:
        given = self._parts.documents.fetch(notice.document)
        digest = sha256(given.data).hex()
        if digest != notice.document_sha256:
            raise EvidenceError(
                f"the document of notice {notice.id} is not the one that was accepted: "
                "it is not shown. Restore it."
            )
        return ReadDocument(
            title=given.title,
            pdf=given.data,
            sha256=digest,
            pages=self._shelf.pages(digest) or page_images(given.data),
        )


def _reader(notice: Notice) -> str:
    return f"recipient:{notice.id}"
