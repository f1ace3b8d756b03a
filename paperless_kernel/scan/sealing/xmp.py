"""The XMP packet of a sealed document: PDF/A-2b, title, transfer note, standing.

Knows the words a document says about itself; ``scan.assemble`` puts them in the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from paperless_kernel.base.clock import aware
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.trust.digest import canonical_json

NAMESPACE = "urn:paperless-kernel:scan:1#"
PRODUCER = "Paperless Kernel"

INDEX_NAMESPACE = "urn:paperless-kernel:index:1#"
"""Holds one property for each free field of a document class, named by its code."""

Value = str | int | Sequence[str]
"""What a property holds: a line, a whole number, or a bag of lines."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_JSON = {
    "standing": "Whether a designated or certified body issued this document",
    "transferNote": "Capture facts as canonical JSON: who, when, device, result",
    "indexFields": "Index fields as canonical JSON",
}
ATTRIBUTES = {
    "service": "trusted (신뢰스캔) or plain (일반스캔, replaces no paper)",
    "document": "Id of the document in the workshop",
    "workshop": "In whose name it was scanned and sealed (보관자, 명의)",
    "order": "Number of the work order (전자화 작업의뢰서)",
    "box": "Seal number of the box the paper came in",
    "batch": "Id of the batch",
    "operator": "Ids of those who scanned (전자화작성자)",
    "inspector": "Id of who inspected (전자화검사자)",
    "capturedAt": "When the first page was captured, UTC",
    "program": "Program that made the document",
    "scanner": "Device that captured",
    "settings": "Settings of the device",
    "rules": "Rule-set the pages were judged by",
    "regulation": "Number of the registered rules (전자화문서관리규정)",
    "signature": "Form and algorithm of the signature (전자서명)",
    "timestamp": "Where the time-stamp stands (시점확인)",
    "pages": "How many pages",
    "colour": "Colours of the pictures",
    "resolution": "Resolutions of the pictures",
    "imageFormat": "Format of the pictures",
    "compression": "Whether the pictures were coded with loss",
    "imageSize": "Sizes of the pictures in pixels",
    "retention": "Retention period (보존기간)",
    "documentType": "Type of document (문서유형)",
    "documentClass": "Code of the document class",
    "classification": "Classification from the top (분류체계)",
}
"""속성정보 (제31조) and 색인정보 (제32조): every property a file may say, explained."""
_BAGS = frozenset(
    {"operator", "colour", "resolution", "imageFormat", "compression", "imageSize"}
)
_NUMBERS = frozenset({"pages"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexField:
    """A free field of a document class: code, name for people, value."""

    code: str
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a sealed document says about itself (전자화문서의 등록정보).

    Attributes:
        title: shown by readers; control characters become spaces.
        made_at: when it was assembled, aware UTC; nothing is taken from the machine.
        standing: the facility's line, or the trial mark.
        transfer_note: capture facts (BSI TR-03138 Transfervermerk): operator, device,
            settings, time, anomalies, inspection result, the angle of each page.
        fields: index fields by name, kept as JSON for programs.
        keywords: search words (검색어), shown by readers.
        attributes: single properties by name, of `ATTRIBUTES`.
        index: free fields of the document's class.
        signer_name: who seals, as the signature names it.
        location: where it was sealed.
        reason: why; the standing is added to it.
        plain: a plain scan, which never stands in for its paper.
    """

    title: str
    made_at: dt.datetime
    standing: str
    transfer_note: Mapping[str, Json] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    keywords: Sequence[str] = ()
    attributes: Mapping[str, Value] = field(default_factory=dict)
    index: Sequence[IndexField] = ()
    signer_name: str
    location: str = ""
    reason: str = "전자화문서 봉인 · Sealed scan"
    plain: bool = False


def clean(text: str) -> str:
    """Return ``text`` with what XML cannot hold replaced by spaces."""
    return _CONTROL.sub(" ", text)


def xmp_packet(facts: DocumentFacts) -> bytes:
    """Write the packet: the same facts, the same bytes.

    Every property is declared in an extension schema, so that the file stays PDF/A-2b
    (ISO 19005-2, 6.6.2.3) and standard tools show each by its name.

    Raises:
        InputError: the note holds a float or an integer beyond 2^53, or a property or
            field has no name that can stand in a file.
    """
    at = aware(facts.made_at).strftime("%Y-%m-%dT%H:%M:%SZ")
    values: dict[str, Value] = {
        "standing": facts.standing,
        "transferNote": canonical_json(facts.transfer_note).decode(),
        "indexFields": canonical_json(dict(facts.fields)).decode(),
        **facts.attributes,
    }
    unknown = sorted(set(facts.attributes) - set(ATTRIBUTES))
    wrong = [one.code for one in facts.index if not _CODE.fullmatch(one.code)]
    if unknown or wrong:
        raise InputError(f"no property of a sealed file is named {unknown or wrong}.")
    told = _JSON | {name: ATTRIBUTES[name] for name in facts.attributes}
    own = "".join(_element("pk", name, value) for name, value in values.items())
    fields = "".join(_element("pki", one.code, one.value) for one in facts.index)
    labels = {one.code: one.label for one in facts.index}
    return _PACKET.format(
        title=escape(clean(facts.title)),
        subject=_subject(facts.keywords),
        at=at,
        producer=PRODUCER,
        namespace=NAMESPACE,
        index_namespace=INDEX_NAMESPACE,
        own=own + fields,
        schemas=_schema("Sealed scan", NAMESPACE, "pk", told)
        + (_schema("Index fields", INDEX_NAMESPACE, "pki", labels) if labels else ""),
    ).encode()


def _element(prefix: str, name: str, value: Value) -> str:
    if isinstance(value, str | int):
        inside = escape(clean(str(value)))
    else:
        lines = "".join(f"<rdf:li>{escape(clean(one))}</rdf:li>" for one in value)
        inside = f"<rdf:Bag>{lines}</rdf:Bag>"
    return f"<{prefix}:{name}>{inside}</{prefix}:{name}>\n"


def _subject(keywords: Sequence[str]) -> str:
    words = [clean(word) for word in keywords if clean(word).strip()]
    if not words:
        return ""
    lines = "".join(f"<rdf:li>{escape(word)}</rdf:li>" for word in words)
    return f"<dc:subject><rdf:Bag>{lines}</rdf:Bag></dc:subject>\n"


def _schema(title: str, namespace: str, prefix: str, told: Mapping[str, str]) -> str:
    return _SCHEMA.format(
        title=title,
        namespace=namespace,
        prefix=prefix,
        described="".join(
            _PROPERTY.format(
                name=name, kind=_kind(prefix, name), text=escape(clean(text))
            )
            for name, text in told.items()
        ),
    )


def _kind(prefix: str, name: str) -> str:
    if prefix == "pk" and name in _NUMBERS:
        return "Integer"
    return "bag Text" if prefix == "pk" and name in _BAGS else "Text"


_SCHEMA = """<rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>{title}</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
{described}</rdf:Seq></pdfaSchema:property>
</rdf:li>"""

_PROPERTY = """<rdf:li rdf:parseType="Resource">
<pdfaProperty:name>{name}</pdfaProperty:name>
<pdfaProperty:valueType>{kind}</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>{text}</pdfaProperty:description>
</rdf:li>
"""

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 xmlns:pk="{namespace}"
 xmlns:pki="{index_namespace}">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
{subject}<xmp:CreateDate>{at}</xmp:CreateDate>
<xmp:ModifyDate>{at}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
{own}<pdfaExtension:schemas><rdf:Bag>{schemas}</rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
