from __future__ import annotations

import re
import tomllib
from pathlib import Path

from paperless_kernel.base.facility import TRIAL_MARK, TRIAL_MARK_EN
from paperless_kernel.base.ids import Role
from paperless_kernel.base.texts import disagreements
from paperless_kernel.flows.snapshot import FIGURES, Business, Unit
from paperless_kernel.workbench.places import LANGUAGES, texts

USED = re.compile(r"""\bt\(\s*["']([a-z_.]+)["']\s*[,)]""")


def test_the_languages_have_the_same_keys_and_placeholders(repository: Path) -> None:
    def flat(tree: dict[str, object], prefix: str = "") -> dict[str, str]:
        rows: dict[str, str] = {}
        for name, value in tree.items():
            if isinstance(value, dict):
                rows |= flat(value, f"{prefix}{name}.")
            else:
                rows[prefix + name] = str(value)
        return rows

    tables = {
        lang: flat(tomllib.loads((repository / f"data/i18n/{lang}.toml").read_text()))
        for lang in LANGUAGES
    }

    assert disagreements(tables) == ()
    assert all(text.strip() for table in tables.values() for text in table.values())


def test_every_figure_business_unit_role_and_journal_has_words() -> None:
    wanted = [f"business.{each}.{part}" for each in Business for part in NAME_WORDS]
    wanted += [f"figure.{each}.{key}" for each in Business for key, _ in FIGURES[each]]
    wanted += [f"unit.{each}" for each in Unit]
    wanted += [f"role.{each}" for each in Role]
    wanted += [f"journal.{each}" for each in ("access", *Business)]

    assert [key for key in wanted if not texts().has(key)] == []


NAME_WORDS = ("name", "words")


def test_every_key_a_template_names_exists(repository: Path) -> None:
    folder = repository / "paperless_kernel/workbench/templates"
    named = {
        key for file in folder.glob("*.j2") for key in USED.findall(file.read_text())
    }

    assert len(named) > 30
    assert [key for key in sorted(named) if not texts().has(key)] == []


def test_the_trial_line_is_the_one_every_proof_carries() -> None:
    assert texts().t("trial.mark", "ko") == TRIAL_MARK
    assert texts().t("trial.mark", "en") == TRIAL_MARK_EN


def test_no_reserved_or_foreign_name_is_used_for_ourselves(repository: Path) -> None:
    reserved = ("공인전자문서센터", "공인전자문서중계자", "공인전자주소", "KT")
    for lang in LANGUAGES:
        text = (repository / f"data/i18n/{lang}.toml").read_text()
        assert [name for name in reserved if re.search(rf"\b{name}\b", text)] == []
