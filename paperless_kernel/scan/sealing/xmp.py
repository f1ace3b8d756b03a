"""The XMP packet of a sealed document: PDF/A-2b, title, transfer note, standing.

Knows the words a document says about itself; ``scan.assemble`` puts them in the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from paperless_kernel.base.clock import aware
from paperless_kernel.base.events import Json
from paperless_kernel.trust.digest import canonical_json

NAMESPACE = "urn:paperless-kernel:scan:1#"
PRODUCER = "Paperless Kernel"

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PROPERTIES = {
    "standing": "Whether a designated or certified body issued this document",
    "transferNote": "Capture facts as canonical JSON: who, when, device, result",
    "indexFields": "Index fields as canonical JSON",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a sealed document says about itself (전자화문서의 등록정보).

    Attributes:
        title: shown by readers; control characters become spaces.
        made_at: when it was assembled, aware UTC; nothing is taken from the machine.
        standing: the facility's line, or the trial mark.
        transfer_note: capture facts (BSI TR-03138 Transfervermerk): operator, device,
            settings, time, anomalies, inspection result, the angle of each page.
        fields: index fields by name.
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
    signer_name: str
    location: str = ""
    reason: str = "전자화문서 봉인 · Sealed scan"
    plain: bool = False


def clean(text: str) -> str:
    """Return ``text`` with what XML cannot hold replaced by spaces."""
    return _CONTROL.sub(" ", text)


def xmp_packet(facts: DocumentFacts) -> bytes:
    """Write the packet: the same facts, the same bytes.

    Raises:
        InputError: the note holds a float or an integer beyond 2^53.
    """
    at = aware(facts.made_at).strftime("%Y-%m-%dT%H:%M:%SZ")
    values = {
        "standing": facts.standing,
        "transferNote": canonical_json(facts.transfer_note).decode(),
        "indexFields": canonical_json(dict(facts.fields)).decode(),
    }
    own = "".join(
        f"<pk:{name}>{escape(clean(value))}</pk:{name}>\n"
        for name, value in values.items()
    )
    return _PACKET.format(
        title=escape(clean(facts.title)),
        at=at,
        producer=PRODUCER,
        namespace=NAMESPACE,
        own=own,
        described="".join(
            _PROPERTY.format(name=name, text=text) for name, text in _PROPERTIES.items()
        ),
    ).encode()


_PROPERTY = """<rdf:li rdf:parseType="Resource">
<pdfaProperty:name>{name}</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType>
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
 xmlns:pk="{namespace}">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<xmp:CreateDate>{at}</xmp:CreateDate>
<xmp:ModifyDate>{at}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
{own}<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Sealed scan</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pk</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
{described}</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
