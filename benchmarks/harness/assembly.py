"""A careful assembly of public libraries for the same end, run in the peers' own venv.

Each page is read and hashed, decoded once at half scale, measured with plain OpenCV and
numpy for the same defects, turned into a skew angle by strip projection, a 256-bit
perceptual hash, and searched for a QR code; img2pdf writes one PDF for five pages and
pyHanko signs it with a key it parses once. No database, no log, no encryption, no
PDF/A gate, no second integrity check. Knows nothing of the product.

Prints its own CPU seconds; libraries are loaded and one page is done before the clock.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import img2pdf
import numpy as np
import simplejpeg
import zxingcpp
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, signers
from pyhanko.sign.fields import SigSeedSubFilter

Pixels: TypeAlias = np.ndarray[Any, Any]


def decoded(data: bytes) -> Pixels:
    """Decode to grey at half scale."""
    high, wide, *_ = simplejpeg.decode_jpeg_header(data)
    grey = simplejpeg.decode_jpeg(
        data, "GRAY", min_height=high // 2, min_width=wide // 2, min_factor=2
    )
    return np.ascontiguousarray(grey[:, :, 0])


def measured(grey: Pixels) -> dict[str, float]:
    """Measure a page for blur, light, evenness, streak, noise, blank and the rest."""
    paper = float(np.percentile(grey[::4, ::4], 80))
    ink = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 51, 20
    )
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    back = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    near = cv2.dilate(ink, np.ones((9, 9), np.uint8))
    columns = cv2.reduce(grey, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    rows = cv2.reduce(grey, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    faint = cv2.inRange(cv2.subtract(back, cv2.blur(small, (3, 3))), 4, 40)
    return {
        "blur": float(cv2.Laplacian(grey, cv2.CV_16S).var()),
        "paper": paper,
        "burnt": float((grey[::2, ::2] >= 254).mean()),  # noqa: PLR2004
        "ink": cv2.countNonZero(ink) / ink.size,
        "noise": float(cv2.mean(cv2.absdiff(grey, cv2.medianBlur(grey, 3)), ~near)[0]),
        "uneven": float(np.subtract(*np.percentile(back, (96, 4)))),
        "streak": float(np.abs(columns - cv2.blur(columns, (15, 1))).max()),
        "fold": float(np.abs(rows - cv2.blur(rows, (1, 15))).max()),
        "through": cv2.countNonZero(faint) / faint.size,
        "crop": float((ink[:, :8] > 0).any(axis=1).sum()),
    }


def skew(grey: Pixels) -> float:
    """Strip projection at half scale, integer shifts, coarse then fine."""
    _, dark = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    wide = dark.shape[1] // 32
    strips = dark[:, : 32 * wide].reshape(len(dark), 32, wide).sum(axis=2).T
    strips = strips.astype(np.int32)

    def score(angle: float) -> int:
        total = np.zeros(strips.shape[1], np.int32)
        for number, strip in enumerate(strips):
            move = round(np.tan(np.radians(angle)) * (number - 15.5) * wide)
            total += np.roll(strip, -move)
        return int(np.square(np.diff(total)).sum())

    rough = max(np.arange(-8, 8.01, 0.5), key=score)
    return float(max(rough + np.arange(-0.5, 0.501, 0.05), key=score))


def look(grey: Pixels) -> str:
    """Return a 256-bit perceptual hash."""
    low = cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    waves = cv2.dct(low)[:16, 1:17]
    return np.packbits((waves > np.median(waves)).ravel()).tobytes().hex()


def code(grey: Pixels) -> int:
    """Count QR codes, the fast way."""
    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormat.QRCode,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
    )
    return len(found)


def page_of(path: Path) -> bytes:
    """Do one page; return its bytes."""
    data = path.read_bytes()
    sha256(data).digest()
    grey = decoded(data)
    measured(grey)
    skew(grey)
    look(grey)
    code(grey)
    return data


def sealed(pages: list[bytes], signer: signers.SimpleSigner, out: Path) -> None:
    """Write one signed PDF durably."""
    writer = IncrementalPdfFileWriter(io.BytesIO(img2pdf.convert(pages)))
    meta = PdfSignatureMetadata(field_name="S", subfilter=SigSeedSubFilter.PADES)
    made = signers.PdfSigner(meta, signer).sign_pdf(writer, bytes_reserved=16384)
    with out.open("wb") as file:
        file.write(made.getbuffer())
        file.flush()
        os.fsync(file.fileno())


def main() -> None:
    """Run over the files named after key, certificate and output folder."""
    key, certificate, folder, *names = sys.argv[1:]
    signer = signers.SimpleSigner.load(key, certificate)
    files = [Path(name) for name in names]
    sealed([page_of(files[0])], signer, Path(folder) / "warm.pdf")
    began = time.process_time()
    for first in range(0, len(files), 5):
        pages = [page_of(file) for file in files[first : first + 5]]
        sealed(pages, signer, Path(folder) / f"{first}.pdf")
    print(json.dumps({"cpu": time.process_time() - began}))


if __name__ == "__main__":
    main()
