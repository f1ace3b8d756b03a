"""The seam to a typesetter: values in, PDF/A bytes out.

Knows what a paper needs and not how it is set; the typst adapter is
``adapters.typesetting`` and the templates are ``data/papers/*.typ``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import datetime as dt

    from paperless_kernel.base.events import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file carried inside a paper; makes it PDF/A-3b instead of 2b."""

    name: str
    media_type: str
    data: bytes
    description: str


class Typesetter(Protocol):
    """Sets the office's papers: certificates, invoices, letters, reports."""

    def pdf(
        self,
        template: str,
        values: Mapping[str, Json],
        *,
        made_at: dt.datetime,
        images: Mapping[str, bytes] | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> bytes:
        """Set ``data/papers/<template>.typ``; the same values give the same bytes.

        Args:
            template: file name without its ending.
            values: read in the template as ``json(bytes(sys.inputs.values))``.
            made_at: the document's date; nothing is taken from the machine.
            images: name to PNG, JPEG or SVG bytes, for pictures the template names.
            attachments: files to embed.

        Raises:
            InputError: the template is missing or does not compile.
        """


class MarkImage(Protocol):
    """A line of text as a picture: 1 bit a pixel, rows padded to bytes, 0 is ink."""

    @property
    def data(self) -> bytes:
        """Return the rows from the top, highest bit first."""

    @property
    def width(self) -> int:
        """Return the width in pixels."""

    @property
    def height(self) -> int:
        """Return the height in pixels."""
