"""The deposit container: which files are accepted and what is recorded of them.

Knows formats by their content (a file's name proves nothing), digests, the salted
commitment to metadata and the body of the deposit entry. Encrypts and stores nothing.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import puremagic

from paperless_kernel.base.errors import InputError, UnsupportedError
from paperless_kernel.base.events import Json
from paperless_kernel.trust.digest import Digests, canonical_json, digests_of, sha256
from paperless_kernel.vault.model import Deposit, DepositFile, Document, Metadata

SALT_SIZE = 32
_LARGEST_FILE = 1 << 30
_MOST_FILES = 1000
_CFB = bytes.fromhex("d0cf11e0a1b11ae1")
_PREFIXES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"HWP Document File", "application/x-hwp"),
    (b"{\\rtf1", "application/rtf"),
    (b"<?xml", "application/xml"),
    (b"\xef\xbb\xbf<?xml", "application/xml"),
)
_INSIDE_CFB = (
    (b"HWP Document File", "application/x-hwp"),
    ("WordDocument".encode("utf-16-le"), "application/msword"),
    ("Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
    ("PowerPoint Document".encode("utf-16-le"), "application/vnd.ms-powerpoint"),
    ("__properties_version1.0".encode("utf-16-le"), "application/vnd.ms-outlook"),
)
_OOXML = "application/vnd.openxmlformats-officedocument."
_INSIDE_ZIP = (
    ("word/", _OOXML + "wordprocessingml.document"),
    ("xl/", _OOXML + "spreadsheetml.sheet"),
    ("ppt/", _OOXML + "presentationml.presentation"),
)
_ZIP_MIMETYPES = (
    "application/hwp+zip",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/epub+zip",
)
_MAIL = (b"from:", b"received:", b"return-path:", b"mime-version:", b"message-id:")
_READ_PLAINLY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What readers of foreign bytes raise where these are damaged or made to hurt."""
_FAMILIES = ("audio/", "video/", "image/")
SUFFIXES: Mapping[str, str] = {
    "application/pdf": ".pdf",
    "application/x-hwp": ".hwp",
    "application/hwp+zip": ".hwpx",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    _OOXML + "wordprocessingml.document": ".docx",
    _OOXML + "spreadsheetml.sheet": ".xlsx",
    _OOXML + "presentationml.presentation": ".pptx",
    "application/zip": ".zip",
    "application/xml": ".xml",
    "message/rfc822": ".eml",
    "text/plain": ".txt",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/gif": ".gif",
}
"""File name endings by media type; what is not here ends in ``.bin``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a file is found to be before anything is kept."""

    media: str
    digests: Digests


def media_of(data: bytes) -> str:
    """Return the media type by content.

    Raises:
        InputError: the file is empty.
        UnsupportedError: the content is of no accepted kind.
    """
    if not data:
        raise InputError("The file is empty: there is nothing to hold.")
    for prefix, media in _PREFIXES:
        if data.startswith(prefix):
            return media
    if data.startswith(_CFB):
        return _first(_INSIDE_CFB, data)
    if data.startswith(b"PK\x03\x04"):
        return _zip_media(data)
    return _text_media(data) or _magic_media(data)


def _first(table: Sequence[tuple[bytes, str]], data: bytes) -> str:
    for mark, media in table:
        if mark in data:
            return media
    raise _refused("a compound file of no known program")


def _zip_media(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if any(each.flag_bits & 1 for each in members):
                raise UnsupportedError(
                    "The ZIP is locked with a password: nobody could prove what is in "
                    "it. Deposit it unlocked; the vault encrypts it."
                )
            first = members[0] if members else zipfile.ZipInfo("nothing")
            if _says_its_type(first):
                with archive.open(first) as member:
                    said = member.read(100).decode("ascii", "replace").strip()
                if said in _ZIP_MIMETYPES:
                    return said
    except _DAMAGE as error:
        raise UnsupportedError(
            f"The ZIP container is damaged ({error}); make it again and deposit that."
        ) from error
    names = [each.filename for each in members]
    if "[Content_Types].xml" in names:
        for folder, media in _INSIDE_ZIP:
            if any(name.startswith(folder) for name in names):
                return media
    return "application/zip"


def _says_its_type(member: zipfile.ZipInfo) -> bool:
    """Tell whether the first member names the format (OPC 3.3: stored, or deflated).

    Other codings reserve what memory a stranger asks for, so they are not opened.
    """
    return member.filename == "mimetype" and member.compress_type in _READ_PLAINLY


def _text_media(data: bytes) -> str | None:
    if b"\x00" in data:
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    head = data[:4096].lstrip().lower()
    return "message/rfc822" if head.startswith(_MAIL) else "text/plain"


def _magic_media(data: bytes) -> str:
    try:
        found = puremagic.magic_string(data)
    except (puremagic.PureError, *_DAMAGE):
        found = []
    for each in found:
        if str(each.mime_type).startswith(_FAMILIES):
            return str(each.mime_type)
    raise _refused(found[0].name if found else "unknown content")


def _refused(what: str) -> UnsupportedError:
    return UnsupportedError(
        f"This file is {what}, which the vault does not take. Bring PDF, an image, "
        "HWP/HWPX, an office document, XML, text, mail, audio, video or a plain ZIP."
    )


def measure(file: DepositFile) -> Measured:
    """Find out what a file is, and compare it with what was declared.

    Raises:
        InputError: empty, too large, untitled, or not the bytes that were declared.
        UnsupportedError: not an accepted format.
    """
    if not file.title.strip() or not file.kind.strip():
        raise InputError(f"{file.name}: give a title and a document type.")
    if len(file.data) > _LARGEST_FILE:
        raise InputError(f"{file.name}: over 1 GiB; split it before deposit.")
    found = Measured(media=media_of(file.data), digests=digests_of(file.data))
    if file.declared_sha256 not in ("", found.digests.sha256):
        raise InputError(
            f"{file.name}: the bytes that arrived hash to {found.digests.sha256[:16]}…,"
            f" not to the declared {file.declared_sha256[:16]}…; send it again."
        )
    return found


def check_deposit(deposit: Deposit) -> None:
    """Check what can be checked without hashing.

    Raises:
        InputError: no key, no file, or too many.
    """
    if not deposit.key.strip() or not deposit.tenant.strip():
        raise InputError("A deposit needs a key of its own and a customer.")
    if not 1 <= len(deposit.files) <= _MOST_FILES:
        raise InputError(f"A package holds 1 to {_MOST_FILES} files.")


def metadata_of(file: DepositFile) -> Metadata:
    """Return what a file's owner says about it, as it will be kept."""
    return Metadata(
        name=file.name,
        title=file.title.strip(),
        kind=file.kind.strip(),
        keywords=tuple(each.strip() for each in file.keywords if each.strip()),
        description=file.description.strip(),
        origin=file.origin.strip(),
    )


def metadata_from(value: Json) -> Metadata:
    """Read what `Metadata.json` wrote."""
    if not isinstance(value, Mapping):
        raise InputError("Stored metadata is not an object.")
    keywords = value["keywords"]
    return Metadata(
        name=str(value["name"]),
        title=str(value["title"]),
        kind=str(value["kind"]),
        keywords=tuple(
            str(each) for each in (keywords if isinstance(keywords, list) else ())
        ),
        description=str(value["description"]),
        origin=str(value.get("origin", "")),
    )


def commitment(salt: bytes, value: Json) -> str:
    """Return the hex SHA-256 of salt and canonical JSON.

    The log holds this and never the value; the salt lies encrypted with the document,
    so when its key is erased nobody can guess what the commitment was to.
    """
    if len(salt) != SALT_SIZE:
        raise InputError(f"A commitment's salt has {SALT_SIZE} bytes.")
    return sha256(salt + canonical_json(value)).hex()


def content_fingerprint(deposit: Deposit, measured: Sequence[Measured]) -> bytes:
    """Return what a repeat of the same key must match; to be MACed, never logged."""
    return canonical_json(
        {
            "retention": deposit.retention_class,
            "started_on": str(deposit.started_on),
            "files": [
                {
                    "sha512": each.digests.sha512,
                    "metadata": metadata_of(file).json(),
                    "annexes": [
                        [annex.name, annex.media, sha256(annex.data).hex()]
                        for annex in file.annexes
                    ],
                }
                for file, each in zip(deposit.files, measured, strict=True)
            ],
        }
    )


def logged_document(document: Document) -> Mapping[str, Json]:
    """Return what the log says of a document: digests and sizes, no names."""
    return {
        "id": document.id,
        "size": document.digests.size,
        "media": document.media,
        "sha256": document.digests.sha256,
        "sha512": document.digests.sha512,
        "sha3-512": document.digests.sha3_512,
        "cipher_sha256": document.cipher_sha256,
        "metadata": document.commitment,
        "annexes": [
            {
                "media": annex.media,
                "sha256": annex.sha256,
                "cipher_sha256": annex.cipher_sha256,
            }
            for annex in document.annexes
        ],
    }
