"""What the demo's workshop has before its first box: rules, people, scanners.

Made up, and entered as a real workshop would enter it; a repeat changes nothing, and a
demo that comes back after its clock has jumped renews what has run out.
"""

from __future__ import annotations

import datetime as dt
import io
import tomllib
from typing import Final

import numpy as np
from PIL import Image

from paperless_kernel.access.model import Tenant
from paperless_kernel.adapters.samplescanner import ScannerSettings
from paperless_kernel.adapters.samplescanner import scan as as_scanned
from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.ids import Role
from paperless_kernel.config import data_folder
from paperless_kernel.demo.people import actor
from paperless_kernel.office import Office
from paperless_kernel.scan.orders.model import Order
from paperless_kernel.scan.quality.target import target_page

SCANNER: Final = "SIM-01"
"""Draws the project's own pages."""
FOLDER: Final = "folder"
"""A scanner that writes into a folder."""

_STAFF: Final = {
    "manager": Role.SCAN_MANAGER,
    "operator": Role.SCAN_OPERATOR,
    "inspector": Role.SCAN_INSPECTOR,
    "admin": Role.SYSTEM_ADMIN,
}
_HOURS: Final = 12
_SEED: Final = 39


def prepare(office: Office) -> None:
    """Register rules, people with their education, and scanners tested today."""
    scan, manager = office.scan, actor(office, "manager")
    today = kst_date(office.clock.now())
    if not scan.regulations(manager):
        file = data_folder() / "rules" / "regulation-trial.toml"
        rules = tomllib.loads(file.read_text(encoding="utf-8"))
        scan.register_regulation(manager, key="demo:rules", rules=rules)
    known = {line.appointment.person for line in scan.staff(manager)}
    people = {actor(office, login).id: role for login, role in _STAFF.items()}
    for person, role in people.items():
        if person not in known:
            scan.appoint(
                manager,
                key=f"demo:staff:{person}",
                role=role,
                person=person,
                id_checked_on=today,
                pledge_signed_on=today,
                since=today,
            )
    _educate(office, tuple(people), today)
    operator = actor(office, "operator")
    seen = scan.measure_target(operator, _target_scan(), name="target page")
    for device, model in ((SCANNER, "simulated flatbed"), (FOLDER, "hot folder")):
        scan.register_device(manager, device=device, model=model, serial=f"0-{device}")
        scan.test_device(
            operator,
            key=f"demo:test:{device}:{today}",
            device=device,
            measured=seen.measured,
            passed=seen.passed,
            page=seen.page,
            note=seen.note,
        )


def _target_scan() -> bytes:
    """Return the target page as the simulated scanner sees it."""
    with Image.open(io.BytesIO(target_page())) as page:
        sheet = np.asarray(page.convert("RGB"))
    settings = ScannerSettings(skew_degrees=0.2)
    return as_scanned(sheet, settings, np.random.default_rng(_SEED))


def _educate(office: Office, people: tuple[str, ...], today: dt.date) -> None:
    manager = actor(office, "manager")
    years = {each.on.year for each in office.scan.courses(manager, people[0])}
    if today.year in years:
        return
    office.scan.educate(
        manager,
        key=f"demo:course:{today.year}",
        persons=people,
        course="전자화관계자 교육 (가상)",
        on=today,
        hours=_HOURS,
        official=True,
    )


def agree(office: Office, tenant: Tenant, pile: str) -> Order:
    """Record the contract of the year and the work order of one pile."""
    manager, number = actor(office, "manager"), f"의뢰-{pile[-12:]}"
    for known in office.scan.orders(manager, tenant.id):
        if known.number == number:
            return known
    year = kst_date(office.clock.now()).year
    contract = f"DEMO-PRIVACY-{year}"
    office.scan.record_contract(
        manager,
        tenant=tenant.id,
        number=contract,
        since=dt.date(year, 1, 1),
        until=dt.date(year + 1, 12, 31),
        consignor=tenant.name,
        consignee=office.facts.name,
    )
    return office.scan.place_order(
        manager,
        key=f"{pile}:order",
        tenant=tenant.id,
        number=number,
        contract=contract,
        demo_paper=True,
    )
