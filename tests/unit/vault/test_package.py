from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from paperless_kernel.base.errors import InputError, UnsupportedError
from paperless_kernel.vault.model import Deposit, DepositFile
from paperless_kernel.vault.package import (
    check_deposit,
    commitment,
    content_fingerprint,
    measure,
    media_of,
    metadata_from,
    metadata_of,
)

OOXML = "application/vnd.openxmlformats-officedocument."


def _zip(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _cfb(inside: bytes) -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + inside + bytes(512)


def _wav() -> bytes:
    head = (
        b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    )
    return head + bytes(16) + b"data" + bytes(4)


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"II*\x00abcd", "image/tiff"),
        (_cfb(b"HWP Document File"), "application/x-hwp"),
        (_cfb("WordDocument".encode("utf-16-le")), "application/msword"),
        (_cfb("Workbook".encode("utf-16-le")), "application/vnd.ms-excel"),
        (_zip({"mimetype": b"application/hwp+zip"}), "application/hwp+zip"),
        (
            _zip({"[Content_Types].xml": b"", "word/document.xml": b""}),
            OOXML + "wordprocessingml.document",
        ),
        (
            _zip({"[Content_Types].xml": b"", "xl/workbook.xml": b""}),
            OOXML + "spreadsheetml.sheet",
        ),
        (_zip({"a.txt": b"a"}), "application/zip"),
        (b"<?xml version='1.0'?><a/>", "application/xml"),
        ("안녕하십니까".encode(), "text/plain"),
        (b"From: a@b\r\nSubject: x\r\n\r\nhi", "message/rfc822"),
        (_wav(), "audio/wave"),
    ],
)
def test_formats_are_known_by_content(data: bytes, media: str) -> None:
    assert media_of(data) == media


@pytest.mark.parametrize(
    "data",
    [
        b"MZ" + bytes(200),
        b"\x7fELF\x02\x01\x01" + bytes(100),
        _cfb(b"something else"),
        b"\x00\x01\x02\x03 nothing known",
        b"PK\x03\x04 broken",
    ],
)
def test_other_content_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedError):
        media_of(data)


def test_an_empty_file_and_a_locked_zip_are_refused() -> None:
    with pytest.raises(InputError, match="empty"):
        media_of(b"")
    locked = bytearray(_zip({"a.txt": b"a"}))
    for at in (locked.find(b"PK\x03\x04") + 6, locked.find(b"PK\x01\x02") + 8):
        locked[at] |= 1
    with pytest.raises(UnsupportedError, match="password"):
        media_of(bytes(locked))


def _zip_first(coding: int, damage: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", coding) as archive:
        archive.writestr("mimetype", b"application/hwp+zip" * 10)
    data = bytearray(out.getvalue())
    data[38 : 38 + len(damage)] = damage
    return bytes(data)


def test_a_deflated_type_is_read_and_a_damaged_one_refused() -> None:
    spaced = io.BytesIO()
    with zipfile.ZipFile(spaced, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", b"application/hwp+zip" + b" " * 90)
    assert media_of(spaced.getvalue()) == "application/hwp+zip"
    with pytest.raises(UnsupportedError, match="damaged"):
        media_of(_zip_first(zipfile.ZIP_DEFLATED, b"\xff" * 10))


@pytest.mark.parametrize("coding", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_type_coded_otherwise_is_no_type_and_never_opened(coding: int) -> None:
    assert media_of(_zip_first(coding, b"")) == "application/zip"
    assert media_of(_zip_first(coding, b"\xff" * 20)) == "application/zip"


def test_no_damage_to_a_zip_escapes_as_another_error() -> None:
    whole = _zip_first(zipfile.ZIP_DEFLATED, b"")
    for place in range(4, len(whole)):
        for value in (0, 0xFF, whole[place] ^ 1):
            data = bytearray(whole)
            data[place] = value
            try:
                assert media_of(bytes(data))
            except UnsupportedError:
                continue


def _file(**more: object) -> DepositFile:
    values: dict[str, object] = {
        "name": "a.pdf",
        "data": b"%PDF-1.7\n",
        "title": "근로계약서",
        "kind": "계약서",
        **more,
    }
    return DepositFile(**values)  # type: ignore[arg-type]


def test_the_declared_digest_must_fit() -> None:
    digest = measure(_file()).digests.sha256
    assert measure(_file(declared_sha256=digest)).media == "application/pdf"
    with pytest.raises(InputError, match="declared"):
        measure(_file(declared_sha256="0" * 64))


@pytest.mark.parametrize("more", [{"title": " "}, {"kind": ""}])
def test_title_and_type_are_needed(more: dict[str, object]) -> None:
    with pytest.raises(InputError, match="title"):
        measure(_file(**more))


def test_a_package_needs_key_customer_and_files() -> None:
    good = Deposit(key="k", tenant="t", files=(_file(),), retention_class="general")
    check_deposit(good)
    for key, tenant, files in (
        ("", "t", 1),
        ("k", "", 1),
        ("k", "t", 0),
        ("k", "t", 1001),
    ):
        with pytest.raises(InputError):
            check_deposit(
                Deposit(
                    key=key,
                    tenant=tenant,
                    files=(_file(),) * files,
                    retention_class="general",
                )
            )


def test_metadata_reads_back_and_the_commitment_needs_its_salt() -> None:
    metadata = metadata_of(_file(keywords=("근로", " ")))
    assert metadata.keywords == ("근로",)
    written = {**metadata.json(), "keywords": list(metadata.keywords)}
    assert metadata_from(written) == metadata
    one = commitment(b"a" * 32, metadata.json())
    assert one != commitment(b"b" * 32, metadata.json())
    with pytest.raises(InputError):
        commitment(b"short", metadata.json())


def test_the_fingerprint_changes_with_content_title_and_annex() -> None:
    def of(file: DepositFile) -> bytes:
        deposit = Deposit(key="k", tenant="t", files=(file,), retention_class="general")
        return content_fingerprint(deposit, [measure(file)])

    assert of(_file()) == of(_file())
    assert of(_file()) != of(_file(title="다른 제목"))
    assert of(_file()) != of(_file(data=b"%PDF-1.4\n"))
