"""Document classes as data: which fields a document has, and what its paper may become.

Knows the shape of ``data/rules/document-classes.toml`` and looks classes up; the office
reads the file. How a value is checked stands in ``inspection.fields``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from paperless_kernel.base.errors import InputError


class FieldKind(StrEnum):
    """What a field of the index holds, and so how it is checked and exported."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    WON = "won"
    """Whole won."""
    CODE = "code"
    """Follows the field's pattern."""
    BUSINESS_NUMBER = "business-number"
    """사업자등록번호, ten digits, the last one a check digit."""
    CORPORATION_NUMBER = "corporation-number"
    """법인등록번호, thirteen digits, the last one a check digit."""
    BARCODE = "barcode"
    """Read from the document's first page; follows the pattern where there is one."""


class PaperRule(StrEnum):
    """What other law says of a class's paper; the disposal gate asks it."""

    ORDINARY = "ordinary"
    ORIGINAL_BY_LAW = "original-by-law"
    """Another law asks for the original itself."""
    REGISTRABLE_CONTRACT = "registrable-contract"
    """A signed contract on an asset that is registered (등기·등록)."""
    LAWSUIT_OR_LICENCE = "lawsuit-or-licence"
    """소송 관련 서류, 인·허가 서류 (재발급되지 않는 것)."""
    COMMERCIAL_ACT_SIGNED = "commercial-act-signed"
    """상법이 작성자의 기명날인 또는 서명을 요구하는 서류."""
    GMP = "gmp"
    """의약품 제조·품질관리 기록: kept unless somebody decided otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTerms:
    """Why a paper stays, in words, and the articles that say so."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """A field of a class's index (색인정보, 제32조 기타).

    Attributes:
        code: name in tables, commands and the journal; ASCII.
        label: Korean name on screens.
        required: a document is not indexed without it.
        pattern: regular expression of the whole value, "" for none.
        least: smallest number or amount, or None.
        most: largest number or amount, or None.
        since: earliest date, or None.
        ahead: days after the day of indexing a date may lie; None for any.
        after: code of a date field this date may not lie before, or "".
        carry: taken over from the document before where nothing is given.
        labels: words on the form beside which the value stands; OCR looks for them.
        accept_at: confidence (percent) from which an OCR suggestion becomes the value
            without a person, 0 for never.
    """

    code: str
    label: str
    kind: FieldKind
    required: bool
    pattern: str
    least: int | None
    most: int | None
    since: dt.date | None
    ahead: int | None
    after: str
    carry: bool
    labels: tuple[str, ...]
    accept_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentClass:
    """A type of document (문서유형) in a customer's work.

    Attributes:
        code: ASCII name.
        name: 문서유형 as people write it.
        job: 업무 it belongs to: 여신, 수신, 전표 and so on.
        path: 분류체계, from the top.
        fields: in the order they are typed.
        twice: two people enter the fields, and differences are resolved.
        paper: what other law says of the paper.
        lossless: may not be coded with loss (의료·정밀 도면, 제35조).
    """

    code: str
    name: str
    job: str
    path: tuple[str, ...]
    fields: tuple[FieldRule, ...]
    twice: bool
    paper: PaperRule
    lossless: bool

    def field(self, code: str) -> FieldRule | None:
        """Return a field by its code, or None."""
        return next((one for one in self.fields if one.code == code), None)


class Classes:
    """The document classes an office knows, and the terms of their papers."""

    def __init__(
        self,
        version: str,
        classes: Sequence[DocumentClass],
        terms: Mapping[PaperRule, PaperTerms],
    ) -> None:
        """Take what `parse_classes` read."""
        self.version = version
        self._terms = dict(terms)
        self._all = tuple(classes)
        self._named = {one.code: one for one in classes}
        self._named |= {one.name: one for one in classes}

    def of(self, kind: str) -> DocumentClass | None:
        """Return the class of a document type, by its code or its name, or None."""
        return self._named.get(kind.strip())

    def terms(self, rule: PaperRule) -> PaperTerms:
        """Return why a paper of this rule stays, with the articles."""
        return self._terms[rule]

    def __iter__(self) -> Iterator[DocumentClass]:
        return iter(self._all)


_CODE: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")
_PERCENT: Final = 100
_FIELD: Final = frozenset(
    {
        "code", "label", "kind", "required", "pattern", "least", "most", "since",
        "ahead", "after", "carry", "labels", "accept_at",
    }
)  # fmt: skip
_CLASS: Final = frozenset(
    {"name", "job", "path", "twice", "paper", "lossless", "field"}
)


def parse_classes(data: Mapping[str, Any]) -> Classes:
    """Read document classes from parsed TOML.

    Raises:
        InputError: something is missing, unknown or of the wrong kind; says where.
    """
    version = data.get("version")
    if not isinstance(version, str) or not version:
        raise InputError("the document classes have no version: give them one.")
    terms = {}
    for rule in PaperRule:
        row = data.get("paper", {}).get(rule.value, {})
        text, source = row.get("text"), row.get("source")
        if not text or not isinstance(source, str):
            raise InputError(f"document classes: [paper.{rule}] needs text and source.")
        terms[rule] = PaperTerms(text=str(text), source=source)
    classes = [_class(code, row) for code, row in data.get("class", {}).items()]
    names = [name for one in classes for name in {one.code, one.name}]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"document classes: {', '.join(twice)} is named twice.")
    return Classes(version, classes, terms)


def add_classes(ours: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return our parsed TOML with an office's own classes added; same codes are its.

    What other law says of papers is never an office's own to word.

    Raises:
        InputError: the own file has no version, or says something else than classes.
    """
    if not own:
        return dict(ours)
    strange = sorted(set(own) - {"version", "class"})
    if strange or not isinstance(own.get("version"), str):
        raise InputError(
            "the office's own document-classes.toml has a version and classes, "
            f"nothing else{': not ' + ', '.join(strange) if strange else ''}."
        )
    return {
        **ours,
        "version": f"{ours.get('version')}+{own['version']}",
        "class": {**ours.get("class", {}), **own.get("class", {})},
    }


_Enum = TypeVar("_Enum", bound=StrEnum)


def _class(code: str, row: Mapping[str, Any]) -> DocumentClass:
    where = f"document class {code}"
    if not _CODE.fullmatch(code):
        raise InputError(f"{where}: a code is small Latin letters, digits and dashes.")
    _check_keys(where, row, _CLASS, {"name", "job"})
    fields = tuple(_field(where, one) for one in row.get("field", ()))
    codes = [one.code for one in fields]
    if len(set(codes)) != len(codes):
        raise InputError(f"{where}: two fields have the same code.")
    for one in fields:
        other = next((each for each in fields if each.code == one.after), None)
        if one.after and (other is None or other.kind is not FieldKind.DATE):
            raise InputError(f"{where}: {one.code} is after {one.after}, no date.")
    return DocumentClass(
        code=code,
        name=str(row["name"]),
        job=str(row["job"]),
        path=tuple(str(one) for one in row.get("path", (row["job"], row["name"]))),
        fields=fields,
        twice=_flag(where, row, "twice"),
        paper=_one_of(where, PaperRule, row.get("paper", "ordinary")),
        lossless=_flag(where, row, "lossless"),
    )


def _field(where: str, row: Mapping[str, Any]) -> FieldRule:
    code = str(row.get("code", ""))
    where = f"{where}, field {code or '?'}"
    _check_keys(where, row, _FIELD, {"code", "label", "kind"})
    if not _CODE.fullmatch(code):
        raise InputError(f"{where}: a code is small Latin letters, digits and dashes.")
    pattern = str(row.get("pattern", ""))
    try:
        re.compile(pattern)
    except re.error as error:
        raise InputError(f"{where}: the pattern is wrong ({error}).") from error
    kind = _one_of(where, FieldKind, row["kind"])
    if kind is FieldKind.CODE and not pattern:
        raise InputError(f"{where}: a code needs a pattern.")
    since = row.get("since")
    if since is not None and type(since) is not dt.date:
        raise InputError(f"{where}: since is a date, as 1990-01-01.")
    accept_at = _whole(where, row, "accept_at") or 0
    if not 0 <= accept_at <= _PERCENT:
        raise InputError(f"{where}: accept_at is a percentage.")
    return FieldRule(
        code=code,
        label=str(row["label"]),
        kind=kind,
        required=_flag(where, row, "required"),
        pattern=pattern,
        least=_whole(where, row, "least"),
        most=_whole(where, row, "most"),
        since=since,
        ahead=_whole(where, row, "ahead"),
        after=str(row.get("after", "")),
        carry=_flag(where, row, "carry"),
        labels=tuple(str(one) for one in row.get("labels", ())),
        accept_at=accept_at,
    )


def _check_keys(
    where: str, row: Mapping[str, Any], known: frozenset[str], needed: set[str]
) -> None:
    for name in sorted(needed):
        if not isinstance(row.get(name), str) or not row[name]:
            raise InputError(f"{where}: {name} is missing.")
    unknown = sorted(set(row) - known)
    if unknown:
        raise InputError(f"{where}: {', '.join(unknown)} means nothing here.")


def _flag(where: str, row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise InputError(f"{where}: {name} is true or false.")
    return value


def _whole(where: str, row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    if value is not None and type(value) is not int:
        raise InputError(f"{where}: {name} is a whole number.")
    return value


def _one_of(where: str, kind: type[_Enum], value: object) -> _Enum:
    try:
        return kind(str(value))
    except ValueError as error:
        known = ", ".join(kind)
        raise InputError(f"{where}: {value} is none of {known}.") from error
