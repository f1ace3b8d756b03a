"""Pages drawn for tests: text lines, a filled form, a blank, and their defects."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from paperless_kernel.scan.rules import ScanRules, parse_rules

A4_150 = (1240, 1754)
A4_300 = (2480, 3508)


class Draw:
    """Makes pages."""

    @staticmethod
    def drawn(
        seed: int = 1, size: tuple[int, int] = A4_150, lines: int = 24, words: str = ""
    ) -> Any:
        """A grey page of text lines; another seed is another text."""
        width, height = size
        scale = width / 1240
        page = np.full((height, width), 245, np.uint8)
        chance = np.random.default_rng(seed)
        letters = np.array(list("abcdeghiklmnoprstuvz0123456789    "))
        for line in range(lines):
            text = words or "".join(chance.choice(letters, 44))
            at = (int(120 * scale), int((150 + line * 62) * scale))
            cv2.putText(
                page,
                text,
                at,
                cv2.FONT_HERSHEY_SIMPLEX,
                1.15 * scale,
                30,
                max(1, round(2 * scale)),
                cv2.LINE_AA,
            )
        noise = chance.normal(0, 3, page.shape)
        return np.clip(page + noise, 0, 255).astype(np.uint8)

    @staticmethod
    def blank(seed: int = 1, size: tuple[int, int] = A4_150) -> Any:
        noise = np.random.default_rng(seed).normal(0, 3, (size[1], size[0]))
        return np.clip(248 + noise, 0, 255).astype(np.uint8)

    @staticmethod
    def turned(page: Any, degrees: float) -> Any:
        """Turn a page clockwise about its middle."""
        height, width = page.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
        return cv2.warpAffine(page, matrix, (width, height), borderValue=245)

    @staticmethod
    def encoded(
        page: Any, form: str = "JPEG", dpi: float = 300, mode: str = "", **how: Any
    ) -> bytes:
        """Write a page as an image file."""
        image = Image.fromarray(page)
        if mode:
            image = image.convert(mode)
        out = io.BytesIO()
        if dpi:
            how["dpi"] = (dpi, dpi)
        image.save(out, form, **how)
        return out.getvalue()

    @staticmethod
    def fax(page: Any, dpi: float = 300) -> bytes:
        """Write a page as one G4 strip in a TIFF."""
        image = Image.fromarray(page).convert("1", dither=Image.Dither.NONE)
        out = io.BytesIO()
        image.save(
            out,
            "TIFF",
            compression="group4",
            dpi=(dpi, dpi),
            strip_size=image.width * image.height,
            tiffinfo={262: 0},
        )
        return out.getvalue()


@pytest.fixture(scope="session")
def draw() -> Draw:
    return Draw()


@pytest.fixture(scope="session")
def rules(repository: Path) -> ScanRules:
    text = (repository / "data" / "rules" / "notice-2013-99.toml").read_text("utf-8")
    return parse_rules(tomllib.loads(text))
