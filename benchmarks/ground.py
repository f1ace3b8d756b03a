"""Measures the ground every business stands on against floors and peers.

Hashing, log, cipher, signatures, time-stamps, evidence, scan pages and papers, each
beside the least work that must be done, or beside another program for the same end.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha3_512, sha256, sha512
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pikepdf
import simplejpeg
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509 import load_der_x509_certificate
from harness.sidebyside import Row, main
from harness.trial import AT, TrialOffice, trial_office
from sqlalchemy import MetaData
from typst import Compiler, Fonts

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.samplepages import make_pages
from paperless_kernel.adapters.samplerecipe import load_recipes
from paperless_kernel.adapters.typesetting import TypstTypesetter, mark_image
from paperless_kernel.base.clock import FixedClock, stamp
from paperless_kernel.base.events import Event, Json
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.config import data_folder
from paperless_kernel.scan.pictures.normalise import Side, normalise
from paperless_kernel.scan.quality.checks import half_grey, measure
from paperless_kernel.scan.sealing.assemble import PageImage, assemble
from paperless_kernel.scan.sealing.xmp import DocumentFacts
from paperless_kernel.store.blobs import Blobs
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal, add_journal
from paperless_kernel.trust.cipher import encrypt
from paperless_kernel.trust.digest import canonical_json, digests_of
from paperless_kernel.trust.evidence import HashTree, check_record, make_record
from paperless_kernel.trust.keys import public_bytes
from paperless_kernel.trust.merkle import leaf_hash, tree_root
from paperless_kernel.trust.notes import Checkpoint, sign_note
from paperless_kernel.trust.pdf import check_pdf, fill_signature
from paperless_kernel.trust.signatures import check_cms, sign_cms
from paperless_kernel.trust.timestamps import Tsa, make_request, read_response

_DOCUMENT: Final = 200_000
_BATCH: Final = 100
_SIGNS: Final = ECDSA(SHA256(), deterministic_signing=True)
_POLICY: Final = "2.25.1"
_CHAIN_CHECKS: Final = 4
"""Signatures under a token: its own, its certificate's, the root's, the list's."""


def merkle_row(*, quick: bool) -> Row:
    """Put the root of a large log beside the hashing it cannot do without."""
    size = 20_000 if quick else 100_000
    entries = [sha256(b"%d" % each).digest() * 8 for each in range(size)]
    leaves = [b"\0" + each for each in entries]
    nodes = [b"\1" + each[:64] for each in entries[1:]]

    def ours() -> bytes:
        return tree_root(leaf_hash(each) for each in entries)

    def floor() -> None:
        for each in leaves:
            sha256(each).digest()
        for each in nodes:
            sha256(each).digest()

    return Row(
        name="merkle_root",
        unit="leaf",
        units=size,
        ours=ours,
        floor_name="hashing the same bytes",
        floor=floor,
        target=2.2,
    )


def journal_row(folder: Path) -> Row:
    """Put append and sequence in batches beside the same rows in bare sqlite3."""
    batches = 3
    key = Ed25519PrivateKey.generate()
    public = public_bytes(key)
    journal = Journal(_journal_file(folder / "ours.db"), "bench")
    bare = _bare(folder / "bare.db")
    numbers, rows = count(), count()

    def signed(size: int, root: bytes) -> str:
        checkpoint = Checkpoint(origin="bench/log", size=size, root=root)
        return sign_note(checkpoint, "bench/log", public, key.sign)

    def ours() -> None:
        for _ in range(batches):
            with journal.db.begin() as tx:
                for number in (next(numbers) for _ in range(_BATCH)):
                    journal.append(tx, _event(number))
            journal.sequence(signed, AT)

    raw = canonical_json({**_event(0).body, "padding": "x" * 160})
    note = signed(1, b"\0" * 32)

    def floor() -> None:
        for _ in range(batches):
            places = [next(rows) for _ in range(_BATCH)]
            entry = [(f"e{n}", "x:thing:done", "s", stamp(AT), raw) for n in places]
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(_ENTRY, entry)
            bare.execute("COMMIT")
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(_LEAF, [(n, n + 1, b"\0" * 32) for n in places])
            size = places[-1] + 1
            bare.execute(_CHECKPOINT, (size, b"\0" * 32, note, stamp(AT)))
            bare.execute("COMMIT")

    return Row(
        name="journal",
        unit="entry",
        units=batches * _BATCH,
        ours=ours,
        floor_name="the same rows in bare sqlite3",
        floor=floor,
        target=30,
    )


_ENTRY: Final = "INSERT INTO entry (id, tag, subject, at, raw) VALUES (?, ?, ?, ?, ?)"
_LEAF: Final = "INSERT INTO leaf (n, seq, hash) VALUES (?, ?, ?)"
_CHECKPOINT: Final = "INSERT INTO checkpoint VALUES (?, ?, ?, ?)"


def _event(number: int) -> Event:
    return Event(
        tag="x:thing:done",
        id=f"e{number}",
        subject="s",
        at=AT,
        actor="2.25.000000000000000000000000000000000000007",
        body={"tenant": "t1", "bytes": number, "sha256": "ab" * 32},
    )


def _journal_file(path: Path) -> Database:
    db = Database(path)
    metadata = MetaData()
    add_journal(metadata)
    metadata.create_all(db.engine)
    return db


def _bare(path: Path) -> sqlite3.Connection:
    _journal_file(path).close()
    bare = sqlite3.connect(path, isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    return bare


def blob_row(folder: Path) -> Row:
    """Put keeping an object beside writing and syncing a file of the same bytes."""
    times = 10
    blobs = Blobs(folder / "blobs")
    plain, numbers = folder / "plain", count()
    plain.mkdir()

    def fresh() -> bytes:
        return next(numbers).to_bytes(8, "big") * (_DOCUMENT // 8)

    def ours() -> None:
        for _ in range(times):
            blobs.put(fresh())

    def floor() -> None:
        for _ in range(times):
            data = fresh()
            with (plain / sha256(data).hexdigest()).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())

    return Row(
        name="keep_object",
        unit="200 kB object",
        units=times,
        ours=ours,
        floor_name="sha256, write and fsync",
        floor=floor,
        target=3.5,
    )


def cipher_rows() -> Iterator[Row]:
    """Put encryption and three digests beside one digest, and beside bare calls."""
    documents = [secrets.token_bytes(_DOCUMENT) for _ in range(10)]
    key, nonce = secrets.token_bytes(32), secrets.token_bytes(7)
    box = AESGCM(key)

    def ours() -> None:
        for each in documents:
            digests_of(each)
            encrypt(each, key, nonce, b"document")

    def one_digest() -> None:
        for each in documents:
            sha256(each).digest()

    def bare() -> None:
        for each in documents:
            for make in (sha256, sha512, sha3_512):
                make(each).digest()
            box.encrypt(nonce + b"\0\0\0\0\1", each, b"document")

    for name, floor_name, floor, target in (
        ("protect", "sha256 alone", one_digest, 16),
        ("protect_bare", "the same four calls, bare", bare, 1.25),
    ):
        yield Row(
            name=name,
            unit="200 kB document",
            units=len(documents),
            ours=ours,
            floor_name=floor_name,
            floor=floor,
            target=target,
        )


def signature_rows(office: TrialOffice) -> Iterator[Row]:
    """Put making and checking a CMS signature beside the bare curve operations."""
    times = 40
    content = secrets.token_bytes(1000)
    key, signer = office.scan.key, office.scan.signer
    public = key.public_key()
    cms = sign_cms(content, signer, detached=True)
    check_cms(cms, content)
    raw = key.sign(content, _SIGNS)

    def repeat(call: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(times):
                call()

        return run

    def bare_checks() -> None:
        for _ in range(3):  # its own, its certificate's, the root's
            public.verify(raw, content, ECDSA(SHA256()))

    yield Row(
        name="cms_sign",
        unit="signature",
        units=times,
        ours=repeat(lambda: sign_cms(content, signer, detached=True)),
        floor_name="bare P-256 signature",
        floor=repeat(lambda: key.sign(content, _SIGNS)),
        target=3,
    )
    yield Row(
        name="cms_check",
        unit="signature",
        units=times,
        ours=repeat(lambda: check_cms(cms, content)),
        floor_name="three bare P-256 checks",
        floor=repeat(bare_checks),
        target=4,
    )


def token_row(office: TrialOffice, folder: Path) -> Row:
    """Put an RFC 3161 token made in process beside `openssl ts -reply`."""
    times = 3
    serials = count(10)
    clock = FixedClock(AT)
    tsa = Tsa(office.tsa.signer, office.crl, _POLICY, clock, lambda: next(serials))
    request = make_request(sha256(b"root").digest(), "sha256", 1 << 63)
    read_response(tsa.respond(request), request)
    openssl = shutil.which("openssl")
    command = _openssl_tsa(openssl, office, folder, request) if openssl else None

    def ours() -> None:
        for _ in range(times):
            tsa.respond(request)

    def peer() -> None:
        for _ in range(times):
            subprocess.run(command or (), check=True, capture_output=True)

    return Row(
        name="time_stamp",
        unit="token",
        units=times,
        ours=ours,
        floor_name="openssl ts -reply (a process each)",
        floor=peer if command else None,
        target=0.3,
    )


def _openssl_tsa(
    openssl: str, office: TrialOffice, folder: Path, request: bytes
) -> Sequence[str]:
    leaf, root = office.tsa.signer.certificates
    for name, der in (("tsa.crt", leaf), ("root.crt", root)):
        pem = load_der_x509_certificate(der).public_bytes(Encoding.PEM)
        (folder / name).write_bytes(pem)
    (folder / "tsa.key").write_bytes(
        office.tsa.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "request.tsq").write_bytes(request)
    (folder / "serial").write_text("10\n")
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder, policy=_POLICY))
    command = [openssl, "ts", "-reply", "-config", str(folder / "tsa.cnf")]
    command += ["-queryfile", str(folder / "request.tsq")]
    return [*command, "-out", str(folder / "reply.tsr")]


_CONFIG: Final = """[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.crt
certs = {folder}/root.crt
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = {policy}
digests = sha256
accuracy = secs:1
clock_precision_digits = 3
ess_cert_id_alg = sha256
"""


def evidence_row(office: TrialOffice) -> Row:
    """Put a batch's evidence records beside hashing and four bare curve checks."""
    documents = [secrets.token_bytes(_DOCUMENT) for _ in range(16)]
    serials = count(10)
    clock = FixedClock(AT)
    tsa = Tsa(office.tsa.signer, office.crl, _POLICY, clock, lambda: next(serials))
    key = office.tsa.key
    raw, public = key.sign(b"x", _SIGNS), key.public_key()

    def ours() -> None:
        tree = HashTree([sha256(each).digest() for each in documents])
        request = make_request(tree.root, "sha256", 1 << 63)
        token = read_response(tsa.respond(request), request)
        for index, each in enumerate(documents):
            check_record(make_record(tree, index, token), each)

    def floor() -> None:
        for each in documents:
            sha256(each).digest()
            sha256(each).digest()
            for _ in range(_CHAIN_CHECKS):
                public.verify(raw, b"x", ECDSA(SHA256()))

    return Row(
        name="evidence",
        unit="document",
        units=len(documents),
        ours=ours,
        floor_name="2 x sha256 and 4 bare P-256 checks",
        floor=floor,
        target=6,
    )


def capture_row(pages: Sequence[bytes]) -> Row:
    """Put capture and measuring of scanned pages beside decoding them once."""
    sizes = [simplejpeg.decode_jpeg_header(each)[:2] for each in pages]

    def ours() -> None:
        for each in pages:
            for side in normalise(each):
                measure(side, half_grey(side))

    def floor() -> None:
        for each, (high, wide) in zip(pages, sizes, strict=True):
            # Without a least size simplejpeg does not shrink, whatever the factor.
            simplejpeg.decode_jpeg(
                each, "GRAY", min_height=high // 2, min_width=wide // 2, min_factor=2
            )

    return Row(
        name="capture",
        unit="page",
        units=len(pages),
        ours=ours,
        floor_name="one half-scale grey decode",
        floor=floor,
        target=5,
    )


def seal_rows(
    office: TrialOffice, pages: Sequence[Side], folder: Path
) -> Iterator[Row]:
    """Put a sealed one-page document beside a copy, and beside pikepdf and pyHanko."""
    mark = mark_image(TRIAL_MARK, office_fonts())

    def sealed(page: Side) -> bytes:
        unsigned = assemble((_image(page),), _FACTS, mark)
        return fill_signature(unsigned, office.scan.signer, crls=(office.crl,))

    check_pdf(sealed(pages[0]))

    def ours() -> None:
        for each in pages:
            assemble((_image(each),), _FACTS, mark)

    def copied() -> None:
        for each in pages:
            sha256(each.data).digest()
            bytearray(each.data)

    def sealing() -> None:
        for each in pages:
            sealed(each)

    yield Row(
        name="assemble",
        unit="page",
        units=len(pages),
        ours=ours,
        floor_name="sha256 and a copy",
        floor=copied,
        target=5,
    )
    yield Row(
        name="seal",
        unit="page",
        units=len(pages),
        ours=sealing,
        floor_name="pikepdf and pyHanko (no PDF/A)",
        floor=_pyhanko(office, pages, folder) if find_spec("pyhanko") else None,
        target=0.2,
    )


_FACTS: Final = DocumentFacts(
    title="사무기기 임대차 계약서",
    made_at=AT,
    standing=TRIAL_MARK,
    transfer_note={"operator": "u1", "device": "bench"},
    fields={"계약번호": "가상-2026-0117"},
    signer_name="Trial office",
)


def _image(side: Side) -> PageImage:
    return PageImage(
        data=side.data,
        kind=side.kind,
        width=side.width,
        height=side.height,
        dpi=side.dpi_x,
        components=side.colours,
        skew_degrees=0.4,
    )


def _pyhanko(
    office: TrialOffice, pages: Sequence[Side], folder: Path
) -> Callable[[], None]:
    from pyhanko.pdf_utils.incremental_writer import (  # noqa: PLC0415 - may be missing
        IncrementalPdfFileWriter,
    )
    from pyhanko.sign import signers  # noqa: PLC0415
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415

    leaf, root = office.scan.signer.certificates
    for name, der in (("scan.crt", leaf), ("root.crt", root)):
        pem = load_der_x509_certificate(der).public_bytes(Encoding.PEM)
        (folder / name).write_bytes(pem)
    (folder / "scan.key").write_bytes(
        office.scan.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    signer = signers.SimpleSigner.load(  # type: ignore[no-untyped-call]
        str(folder / "scan.key"),
        str(folder / "scan.crt"),
        ca_chain_files=(str(folder / "root.crt"),),
    )
    about = signers.PdfSignatureMetadata(
        field_name="Signature", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
    )

    def run() -> None:
        for each in pages:
            writer = IncrementalPdfFileWriter(io.BytesIO(_plain_pdf(each)))
            signers.sign_pdf(writer, about, signer=signer)

    return run


def _plain_pdf(side: Side) -> bytes:
    """Return the page as pikepdf's makers would: its JPEG on a page, nothing else."""
    wide, high = (each * 72 / side.dpi_x for each in (side.width, side.height))
    out = io.BytesIO()
    with pikepdf.Pdf.new() as paper:
        page = paper.add_blank_page(page_size=(wide, high))
        image = pikepdf.Stream(paper, side.data)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = side.width, side.height, 8
        spaces = {1: pikepdf.Name.DeviceGray, 3: pikepdf.Name.DeviceRGB}
        image.ColorSpace = spaces[side.colours]
        image.Filter = pikepdf.Name.DCTDecode
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=image))
        drawing = f"q {wide:.2f} 0 0 {high:.2f} 0 0 cm /Page Do Q"
        page.Contents = pikepdf.Stream(paper, drawing.encode())
        paper.save(out)
    return out.getvalue()


def paper_row(folder: Path) -> Row:
    """Put a certificate through our typesetter beside the bare typst compiler."""
    papers, fonts = data_folder() / "papers", office_fonts().folder
    setter = TypstTypesetter(papers, fonts)
    compiler = Compiler(
        font_paths=Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(fonts)],
        )
    )
    for file in papers.glob("*.typ"):
        shutil.copy(file, folder)
    numbers = count()

    def ours() -> bytes:
        return setter.pdf(_PAPER, _certificate(next(numbers)), made_at=AT)

    def bare() -> Any:  # noqa: ANN401 - typst says bytes or a list
        return compiler.compile(
            input=str(folder / f"{_PAPER}.typ"),
            root=str(folder),
            format="pdf",
            sys_inputs={
                "values": json.dumps(_certificate(next(numbers))),
                "made": json.dumps([2026, 11, 23, 14, 45, 29]),
                "images": "[]",
                "attachments": "[]",
            },
            pdf_standards="a-2b",
            timestamp=AT,
        )

    return Row(
        name="paper",
        unit="certificate",
        units=1,
        ours=ours,
        floor_name="typst alone, folder laid out before",
        floor=bare,
        target=1.5,
    )


_PAPER: Final = "vault_certificate"


def _certificate(number: int) -> dict[str, Json]:
    """Return as many rows as a certificate of original has; never twice the same."""
    rows: list[Json] = [
        {
            "label": f"항목 {each}",
            "label_en": f"Field {each}",
            "value": f"시험용 값 {number}-{each}",
            "code": each % 4 == 0,
        }
        for each in range(8)
    ]
    sections: list[Json] = [
        {"title": f"부분 {each}", "title_en": f"Part {each}", "rows": rows}
        for each in range(5)
    ]
    return {
        "title": "원본증명서",
        "title_en": "Certificate of original",
        "serial": f"{number:016x}",
        "issuer": "시험 사무소",
        "standing": TRIAL_MARK,
        "statement": "본 증명서는 시험 사무소에서 발급한 원본증명서입니다.",
        "statement_en": "This certificate of original was issued by Trial office.",
        "valid_text": "유효기간이 지난 증명서는 효력이 없습니다.",
        "valid_text_en": "Valid for one year.",
        "issued_text": "2026년 11월 23일",
        "mark": f"{number:016x}",
        "sections": sections,
    }


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    """Make every row; drawing the sample pages comes first and is not measured."""
    office = trial_office()
    recipe = load_recipes(data_folder() / "samples")["office-small"]
    pages = [page.data for page in make_pages(recipe, office_fonts())]
    if quick:
        pages = pages[:3]
    sides = [side for each in pages for side in normalise(each)]
    yield merkle_row(quick=quick)
    yield journal_row(folder)
    yield blob_row(folder)
    yield from cipher_rows()
    yield from signature_rows(office)
    yield token_row(office, folder)
    yield evidence_row(office)
    yield capture_row(pages)
    yield from seal_rows(office, sides, folder)
    yield paper_row(folder)


if __name__ == "__main__":
    # Under the checkout: /tmp may be memory, where a durable write costs nothing.
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=out) as work:
        main(
            "ground",
            "What the four businesses stand on, beside floors and peers.",
            lambda quick: list(rows(Path(work), quick=quick)),
            ("cryptography", "sqlalchemy", "simplejpeg", "pikepdf", "typst"),
        )
