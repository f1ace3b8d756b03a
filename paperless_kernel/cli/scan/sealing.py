"""Commands that seal batches, hand them over, and prove that nothing is left."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.adapters.prooffiles import read as read_file
from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.cli.scan.options import DAY, PATH
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    progressing,
    show,
    show_rows,
)
from paperless_kernel.config import Settings
from paperless_kernel.trust.keys import ECDSA_P256, RSA_3072

_ALGORITHMS = {"p256": ECDSA_P256, "rsa3072": RSA_3072}


@click.command("seal")
@click.argument("batch")
@click.option(
    "--time-inside",
    is_flag=True,
    help="put a time-stamp into each signature too (PAdES B-T)",
)
@login_option
@json_option
@click.pass_obj
def seal(
    settings: Settings, batch: str, time_inside: bool, login: str | None, as_json: bool
) -> None:
    """Seal a BATCH: PDF/A, second integrity check, signature, one time-stamp."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_SEAL)
        with progressing(as_json=as_json) as tell:
            made = office.scan.seal(
                who, batch, per_document_time=time_inside, progress=tell
            )
        show({"batch": made.id, "state": made.state.value}, as_json=as_json)


@click.command("hand-over")
@click.argument("batch")
@click.option(
    "--retention",
    default="general",
    show_default=True,
    help="a class of data/rules/retention.toml",
)
@click.option(
    "--started", type=DAY, help="Korean day the retention starts, where it is known"
)
@login_option
@json_option
@click.pass_obj
def hand_over_batch(
    settings: Settings,
    batch: str,
    retention: str,
    started: dt.datetime | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Deposit a sealed BATCH in the vault; after its receipts, erase it here."""
    from paperless_kernel.flows.scan_to_vault import hand_over
    from paperless_kernel.wiring import MACHINE

    with opened(settings) as office:
        acting(office, login, Action.SCAN_SEAL)
        with progressing(as_json=as_json) as tell:
            receipts = hand_over(
                office.scan,
                office.vault,
                MACHINE,
                batch,
                retention_class=retention,
                started_on=started.date() if started else None,
                progress=tell,
            )
        show_rows(
            [
                {
                    "package": each.package_id,
                    "document": each.document_ids[0],
                    "receipt": each.entry_id,
                    "deposited": kst_text(each.deposited_at),
                }
                for each in receipts
            ],
            as_json=as_json,
        )


@click.command("residue")
@click.option(
    "--folder",
    "folders",
    multiple=True,
    type=PATH,
    help="where scans came in (hot folder); may be given again",
)
@login_option
@json_option
@click.pass_obj
def residue(
    settings: Settings, folders: tuple[Path, ...], login: str | None, as_json: bool
) -> None:
    """Say whether anything is left of what was handed over: clean, or not and what.

    Ends with 13 when something is left.
    """
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        with progressing(as_json=as_json) as tell:
            found = office.scan.residue(who, folders, progress=tell)
    left = [
        {"batch": each.batch, "where": each.where, "what": each.what}
        for each in found.leftovers
    ]
    values = {
        "answer": "clean" if found.clean else "not clean",
        "batches erased": found.batches,
        "objects at work": found.objects,
        "files searched": found.files,
    }
    show(values | ({"left": left} if as_json else {}), as_json=as_json)
    if left and not as_json:
        show_rows(left, as_json=False)
    if left:
        raise EvidenceError(
            f"{len(left)} thing(s) are left of batches that were handed over: remove "
            "them, then ask again (제21조)."
        )


@click.command("workshop-key")
@click.argument("workshop")
@click.option(
    "--algorithm",
    type=click.Choice(list(_ALGORITHMS)),
    default="p256",
    show_default=True,
    help="of the key",
)
@click.option(
    "--module",
    type=PATH,
    help="a hardware module makes and keeps the key (PKCS#11): TOML file with module, "
    "token, pin_file",
)
@login_option
@json_option
@click.pass_obj
def workshop_key(
    settings: Settings,
    workshop: str,
    algorithm: str,
    module: Path | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Hold the key ceremony of a WORKSHOP: key and certificate in its holder's name."""
    from paperless_kernel.trust.pki import fingerprint, subject_name, validity

    with opened(settings) as office:
        who = acting(office, login, Action.ACCESS_MANAGE)
        made = office.scan.certify_workshop(
            who,
            workshop,
            algorithm=_ALGORITHMS[algorithm],
            module=read_file(module).decode() if module else "",
        )
    since, until = validity(made)
    show(
        {
            "workshop": workshop,
            "subject": subject_name(made),
            "algorithm": _ALGORITHMS[algorithm],
            "from": kst_text(since),
            "until": kst_text(until),
            "fingerprint": fingerprint(made),
        },
        as_json=as_json,
    )


COMMANDS = (seal, hand_over_batch, residue, workshop_key)
