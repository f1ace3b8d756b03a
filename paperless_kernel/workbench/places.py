"""Where the workbench's own files and texts lie."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from paperless_kernel.base.errors import StorageError
from paperless_kernel.base.texts import Texts, parse_texts
from paperless_kernel.config import data_folder

HERE = Path(__file__).parent
LANGUAGES = ("ko", "en")


@cache
def texts() -> Texts:
    """Read the text tables ``data/i18n/*.toml``.

    Raises:
        StorageError: a table cannot be read.
        InputError: the tables disagree.
    """
    folder = data_folder() / "i18n"
    try:
        return parse_texts(
            {
                lang: (folder / f"{lang}.toml").read_text(encoding="utf-8")
                for lang in LANGUAGES
            }
        )
    except OSError as error:
        raise StorageError(
            f"the texts in {folder} cannot be read ({error.strerror}); install again"
        ) from error
