"""Draws the parts of a made-up Korean office paper: text, tables, stamps, signatures.

Knows pixels on one A4 sheet at 300 dpi. What a contract or a slip consists of is
``adapters.samplepages``; what a scanner does to it is ``adapters.samplescanner``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from paperless_kernel.adapters.fonts import BOLD, REGULAR, FontFiles

Pixels = NDArray[np.uint8]
"""Rows, columns, and red, green, blue."""

DPI: Final = 300
WIDTH: Final = 2480
HEIGHT: Final = 3508
LEFT: Final = 280
RIGHT: Final = WIDTH - LEFT
TOP: Final = 260
BODY: Final = 44
"""Em size of running text: 10.5 points."""
FOOTER: Final = "견본 · 자동 생성"
"""Stands on every page made here, so that none is taken for a real one."""

_BLACK: Final = (24, 24, 28)
_GREY: Final = (150, 150, 150)
_LABEL: Final = (232, 235, 238)
_SEAL_RED: Final = (200, 30, 40)
_PEN_BLUE: Final = (30, 40, 130)

Seal = Literal["", "round", "square"]


class SheetDrawing:
    """One white sheet and how far down it is written."""

    def __init__(self, fonts: FontFiles) -> None:
        self._fonts = fonts
        self._image = Image.new("RGB", (WIDTH, HEIGHT), "white")
        self._draw = ImageDraw.Draw(self._image)
        self.y = TOP

    def pixels(self) -> Pixels:
        """Return the sheet as drawn so far, with the footer of made pages."""
        face = self._fonts.face(26)
        place = (WIDTH / 2 - face.getlength(FOOTER) / 2, HEIGHT - 90)
        self._draw.text(place, FOOTER, fill=_GREY, font=face)
        return np.array(self._image)

    def gap(self, pixels: int) -> None:
        """Leave white space."""
        self.y += pixels

    def title(self, text: str, size: int = 96) -> None:
        """Write a centred, spaced, bold title."""
        face = self._fonts.face(size, BOLD)
        space = size // 4 if len(text) < 12 else 0  # noqa: PLR2004 - short titles are spaced
        long = sum(face.getlength(sign) + space for sign in text) - space
        x = WIDTH / 2 - long / 2
        for sign in text:
            self._draw.text((x, self.y), sign, fill=_BLACK, font=face)
            x += face.getlength(sign) + space
        self.y += size * 2

    def line(
        self,
        text: str,
        *,
        size: int = BODY,
        weight: int = REGULAR,
        align: Literal["left", "center", "right"] = "left",
    ) -> None:
        """Write one line and go to the next."""
        face = self._fonts.face(size, weight)
        rest = RIGHT - LEFT - face.getlength(text)
        x = LEFT + {"left": 0.0, "center": rest / 2, "right": rest}[align]
        self._draw.text((x, self.y), text, fill=_BLACK, font=face)
        self.y += round(size * 1.75)

    def paragraph(self, text: str) -> None:
        """Write running text; a clause's heading (제1조) is bold."""
        weight = BOLD if text.startswith("제") and text.endswith(")") else REGULAR
        for piece in self._wrapped(text, RIGHT - LEFT, BODY, weight):
            self.line(piece, weight=weight)
        self.y += BODY // 3

    def rule(self, thickness: int = 3) -> None:
        """Draw a line across the text's width."""
        self._draw.line((LEFT, self.y, RIGHT, self.y), fill=_BLACK, width=thickness)
        self.y += thickness + 20

    def table(
        self,
        rows: Sequence[Sequence[str]],
        shares: Sequence[float],
        *,
        head: bool = False,
        labels: Sequence[int] = (),
        numbers: Sequence[int] = (),
    ) -> None:
        """Draw a ruled table as wide as the text.

        Args:
            rows: cell texts; longer ones wrap.
            shares: each column's share of the width.
            head: the first row is a head.
            labels: columns set on grey.
            numbers: columns set right.
        """
        stops = np.cumsum([0.0, *shares]) / sum(shares) * (RIGHT - LEFT) + LEFT
        top = self.y
        for index, row in enumerate(rows):
            cells = [
                self._wrapped(text, stops[at + 1] - stops[at] - 40, BODY - 4, REGULAR)
                for at, text in enumerate(row)
            ]
            high = max(map(len, cells)) * 66 + 36
            for at, lines in enumerate(cells):
                box = (stops[at], self.y, stops[at + 1], self.y + high)
                grey = at in labels or (head and index == 0)
                self._cell(box, lines, grey=grey, right=at in numbers and index > 0)
            self.y += high
        self._draw.rectangle((LEFT, top, RIGHT, self.y), outline=_BLACK, width=6)
        self.y += 40

    def approvals(self, names: Sequence[str], generator: Generator) -> None:
        """Draw the approval boxes (결재란), top right, each with a small seal."""
        side, top = 230, 150
        for index, (role, name) in enumerate(
            zip(("담당", "팀장", "부장"), names, strict=False)
        ):
            x = RIGHT - side * (len(names) - index)
            self._cell((x, top, x + side, top + 70), [role], grey=True, right=False)
            self._cell((x, top + 70, x + side, top + 290), [], grey=False, right=False)
            self.seal(name, (x + side // 2, top + 180), "round", generator, size=150)
        self.y = max(self.y, top + 330)

    def party(self, text: str, name: str, seal: Seal, generator: Generator) -> None:
        """Write who signs, at the right, with a seal or a hand signature over it."""
        self.line(f"{text}  {name}  (인)", align="right")
        spot = (RIGHT + 10, self.y - 50)
        if seal:
            self.seal(name, spot, seal, generator)
        else:
            self.signature((spot[0] - 430, spot[1]), generator)

    def seal(
        self,
        name: str,
        centre: tuple[int, int],
        shape: Seal,
        generator: Generator,
        size: int = 210,
    ) -> None:
        """Press a red seal (도장, 직인): a little turned, a little worn."""
        size = size * 5 // 4 if shape == "square" else size
        mask = Image.new("L", (size, size), 0)
        draw = ImageDraw.Draw(mask)
        edge, room = max(5, size // 28), size // 14
        box = (room, room, size - room, size - room)
        (draw.ellipse if shape == "round" else draw.rectangle)(
            box, outline=255, width=edge
        )
        self._seal_text(draw, name, size, 0.58 if shape == "round" else 0.74)
        turned = mask.rotate(
            float(generator.uniform(-9, 9)), Image.Resampling.BICUBIC, expand=True
        )
        worn = cv2.resize(
            generator.uniform(0.45, 1.0, (9, 9)),
            turned.size,
            interpolation=cv2.INTER_CUBIC,
        )
        pressed = Image.fromarray((np.asarray(turned) * worn.clip(0, 1)).astype("u1"))
        place = (centre[0] - turned.width // 2, centre[1] - turned.height // 2)
        self._image.paste(_SEAL_RED, place, pressed)

    def signature(self, start: tuple[int, int], generator: Generator) -> None:
        """Scribble a hand signature: joined Bezier curves of a pen that presses."""
        steps = np.linspace(0, 1, 24)[:, None]
        pen = np.array(start, float)
        for _ in range(5):
            bends = generator.uniform((-60, -110), (150, 110), (2, 2)) + pen
            end = pen + generator.uniform((50, -40), (110, 40))
            curve = (
                (1 - steps) ** 3 * pen
                + 3 * (1 - steps) ** 2 * steps * bends[0]
                + 3 * (1 - steps) * steps**2 * bends[1]
                + steps**3 * end
            )
            width = int(generator.integers(5, 10))
            path = [(float(x), float(y)) for x, y in curve]
            self._draw.line(path, fill=_PEN_BLUE, width=width, joint="curve")
            pen = end

    def picture(self, image: Image.Image, top: int) -> None:
        """Put a picture in the middle of the width."""
        self._image.paste(image, ((WIDTH - image.width) // 2, top))
        self.y = top + image.height + 60

    def _seal_text(
        self, draw: ImageDraw.ImageDraw, name: str, size: int, share: float
    ) -> None:
        # Two or three signs to a column, columns read from the right.
        signs = [*name.replace(" ", "").replace("(", "").replace(")", ""), "인"]
        rows = 2 if len(signs) <= 4 else 3  # noqa: PLR2004 - 2 by 2, else by 3
        columns = -(-len(signs) // rows)
        pitch = size * share / max(rows, columns)
        face = self._fonts.face(max(8, int(pitch * 0.95)), BOLD)
        for index, sign in enumerate(signs):
            column, row = divmod(index, rows)
            draw.text(
                (
                    size / 2 + ((columns - 1) / 2 - column) * pitch,
                    size / 2 + (row - (rows - 1) / 2) * pitch,
                ),
                sign,
                fill=255,
                font=face,
                anchor="mm",
            )

    def _cell(
        self,
        box: tuple[float, float, float, float],
        lines: Sequence[str],
        *,
        grey: bool,
        right: bool,
    ) -> None:
        fill = _LABEL if grey else None
        self._draw.rectangle(box, fill=fill, outline=_BLACK, width=3)
        face = self._fonts.face(BODY - 4, BOLD if grey else REGULAR)
        for index, text in enumerate(lines):
            long = face.getlength(text)
            x = box[2] - 20 - long if right else box[0] + 20
            if grey:
                x = (box[0] + box[2] - long) / 2
            y = box[1] + 18 + index * 66
            self._draw.text((x, y), text, fill=_BLACK, font=face)

    def _wrapped(self, text: str, room: float, size: int, weight: int) -> list[str]:
        face = self._fonts.face(size, weight)
        first, *words = text.split(" ")
        lines, line = [], first
        for word in words:
            longer = f"{line} {word}"
            if face.getlength(longer) > room and line.strip():
                lines.append(line)
                longer = word
            line = longer
        return [*lines, line]
