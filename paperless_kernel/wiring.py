"""Wires the services of an open office: which store, which adapter, which data file.

Knows constructors and file names; the folder, the clock and the keeper are given. Knows
no rule.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from paperless_kernel.access.service import Access
from paperless_kernel.adapters.calendars import load_calendar
from paperless_kernel.adapters.carrier import TIME_OUT, HttpCarrier
from paperless_kernel.adapters.checkers import pdfa_complaints
from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.lines import SimulatedLines
from paperless_kernel.adapters.spreadsheet import XlsxSpreadsheet
from paperless_kernel.adapters.typesetting import TypstTypesetter, mark_image
from paperless_kernel.base.clock import Clock
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.ids import Actor, Ids, Random, Role
from paperless_kernel.base.typeset import Typesetter
from paperless_kernel.billing.service import Billing
from paperless_kernel.billing.tariff import Catalogue, parse_tariff
from paperless_kernel.config import Settings, data_folder
from paperless_kernel.flows.vault_to_notice import VaultDocuments
from paperless_kernel.notice.model import Network
from paperless_kernel.notice.rules import read_rules
from paperless_kernel.notice.service import Notices
from paperless_kernel.scan.classes import Classes, add_classes, parse_classes
from paperless_kernel.scan.duties import DutyBook, parse_duties
from paperless_kernel.scan.profiles import parse_profiles
from paperless_kernel.scan.rules import parse_rules
from paperless_kernel.scan.service import Scan
from paperless_kernel.store.blobs import Blobs
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper
from paperless_kernel.vault.retention import parse_retention
from paperless_kernel.vault.service import Vault

MACHINE = Actor(id="office", roles=frozenset({Role.MACHINE}), name="office")
"""The office's own processes: hand-overs, dispatcher, day close."""
CARRIER = "carrier.url"
"""File in the office's folder with the relay's address."""
LINES = "lines.json"
"""File of the simulated line directory."""
CLASSES = "document-classes.toml"
"""File of document classes: ours in the data, an office's own in its folder."""

SIMULATOR = "paperless_kernel.adapters.carrier_simulator"
"""Module of the demo's carriers, started as a process."""
PAGES = "paperless_kernel.web"
"""Module of the recipients' pages, started as a process."""

_NOBODY = "http://127.0.0.1:9"  # answers nothing: what needs a relay says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the services stand on."""

    settings: Settings
    folder: Path
    is_demo: bool
    databases: Mapping[str, Database]
    journals: Mapping[str, Journal]
    keeper: Keeper
    clock: Clock
    ids: Ids
    random: Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The four businesses and who may enter them."""

    access: Access
    scan: Scan
    vault: Vault
    notices: Notices
    billing: Billing
    relay: httpx.Client


def wire(on: Grounds) -> Services:
    """Build every service of an office."""
    data = data_folder()
    fonts = office_fonts()
    typesetter = TypstTypesetter(data / "papers", fonts.folder)
    access = Access(
        db=on.databases["access"],
        journal=on.journals["access"],
        keeper=on.keeper,
        clock=on.clock,
        ids=on.ids,
    )
    vault = _vault(on, access, typesetter, data)
    rules = parse_rules(_toml(data / "rules" / "notice-2013-99.toml"))
    relay = httpx.Client(base_url=_relay_address(on.folder), timeout=TIME_OUT)
    return Services(
        access=access,
        scan=Scan(
            db=on.databases["scan"],
            journal=on.journals["scan"],
            blobs=Blobs(on.folder / "workshop"),
            keeper=on.keeper,
            clock=on.clock,
            ids=on.ids,
            random=on.random,
            rules=rules,
            profiles=parse_profiles(
                _toml(data / "rules" / "quality-profiles.toml"), rules
            ),
            duties=DutyBook.of(
                parse_duties(_toml(file))
                for file in sorted((data / "rules").glob("notice-*.toml"))
            ),
            classes=_classes(on.folder, data),
            facility=access.facility,
            facilities=access.facilities_on,
            pdfa=pdfa_complaints,
            mark=lambda text: mark_image(text, fonts),
            typesetter=typesetter,
            is_demo=on.is_demo,
        ),
        vault=vault,
        notices=_notices(on, access, vault, typesetter, relay),
        billing=Billing(
            db=on.databases["billing"],
            journal=on.journals["billing"],
            keeper=on.keeper,
            clock=on.clock,
            ids=on.ids,
            typesetter=typesetter,
            tariffs=Catalogue.of(
                parse_tariff(file.read_text(encoding="utf-8"), name=file.name)
                for file in sorted((data / "tariffs").glob("*.toml"))
            ),
            spreadsheet=XlsxSpreadsheet(),
            facility=access.facility,
        ),
        relay=relay,
    )


def _vault(on: Grounds, access: Access, typesetter: Typesetter, data: Path) -> Vault:
    readme = [
        (data / "bundle" / f"README.{lang}.txt").read_bytes() for lang in ("ko", "en")
    ]
    return Vault(
        db=on.databases["vault"],
        keys_db=on.databases["keys"],
        journal=on.journals["vault"],
        blobs=Blobs(on.folder / "objects"),
        keeper=on.keeper,
        clock=on.clock,
        ids=on.ids,
        random=on.random,
        typesetter=typesetter,
        facility=access.facility,
        retention=parse_retention(_toml(data / "rules" / "retention.toml")),
        texts={
            "README.txt": b"\n\n".join(readme),
            "verify.py": (data / "bundle" / "verify.py").read_bytes(),
        },
    )


def _notices(
    on: Grounds,
    access: Access,
    vault: Vault,
    typesetter: Typesetter,
    relay: httpx.Client,
) -> Notices:
    data, settings = data_folder(), on.settings
    pages = settings.page_url or f"http://{settings.host}:{settings.web_port}"
    return Notices(
        db=on.databases["notice"],
        journal=on.journals["notice"],
        keeper=on.keeper,
        clock=on.clock,
        ids=on.ids,
        random=on.random,
        calendar=load_calendar(data / "holidays"),
        rules=read_rules((data / "rules" / "service.toml").read_text(encoding="utf-8")),
        typesetter=typesetter,
        carriers={
            each: HttpCarrier(each, relay, on.clock, demo=on.is_demo)
            for each in Network
        },
        lines=SimulatedLines(on.folder / LINES, demo=on.is_demo),
        documents=VaultDocuments(vault, MACHINE),
        facility=access.facility,
        page_url=pages,
    )


def simulator_arguments(folder: Path) -> tuple[str, ...]:
    """Return how a demo office's carrier simulator is started."""
    return ("--demo", "--ledger", str(folder / "handsets.db"))


def _relay_address(folder: Path) -> str:
    file = folder / CARRIER
    return file.read_text(encoding="utf-8").strip() if file.is_file() else _NOBODY


def _classes(folder: Path, data: Path) -> Classes:
    """Return the document classes: ours, and those of the office's own file."""
    ours = _toml(data / "rules" / CLASSES)
    own = folder / CLASSES
    try:
        added = _toml(own) if own.is_file() else {}
        return parse_classes(add_classes(ours, added))
    except (ValueError, InputError) as error:  # a TOML error is a ValueError
        raise InputError(f"{own} is wrong: {error} Correct it.") from error


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
