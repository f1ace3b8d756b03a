"""Commands that ask whether paper may be destroyed, and record how it ended."""

from __future__ import annotations

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.cli.scan.naming import box_of, user_of
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
    show_rows,
)
from paperless_kernel.config import Settings
from paperless_kernel.scan.disposal.model import Method

_agreed = click.option("--agreed", required=True, help="the customer's letter, named")


@click.command("may-destroy")
@click.argument("box")
@login_option
@json_option
@click.pass_obj
def may_destroy(settings: Settings, box: str, login: str | None, as_json: bool) -> None:
    """Answer whether the paper of a BOX (id or seal) may be destroyed, and why not."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        found = office.scan.may_destroy(who, box_of(office, who, box).id)
    reasons = [
        {"why": one.text, "article": one.article, "what to do": one.todo}
        for one in found.reasons
    ]
    values = {
        "box": found.seal,
        "answer": "yes" if found.allowed else "no",
        "demo paper": found.demo_paper,
        "basis": list(found.basis) if as_json else " · ".join(found.basis),
    }
    show(values | ({"reasons": reasons} if as_json else {}), as_json=as_json)
    if reasons and not as_json:
        show_rows(reasons, as_json=False)


@click.command("shred")
@click.argument("box")
@click.option(
    "--method",
    type=click.Choice([one.value for one in Method]),
    default=Method.SHREDDING.value,
    show_default=True,
    help="how it was destroyed (개인정보법 시행령 제16조)",
)
@click.option("--person", required=True, help="login of who destroyed it")
@click.option("--witness", required=True, help="login of somebody else who saw it")
@click.option("--device", required=True, help="shredder or furnace, by its name")
@login_option
@json_option
@click.pass_obj
def shred(
    settings: Settings,
    box: str,
    method: str,
    person: str,
    witness: str,
    device: str,
    login: str | None,
    as_json: bool,
) -> None:
    """Record that the paper of a BOX was destroyed; refused without a yes."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        done = office.scan.shred_box(
            who,
            box_of(office, who, box).id,
            method=Method(method),
            person=user_of(office, person),
            witness=user_of(office, witness),
            device=device,
        )
        show({"box": done.seal, "state": done.state.value}, as_json=as_json)


@click.command("return")
@click.argument("box")
@click.option("--person", help="login of who gave it back; default: who acts")
@click.option("--witness", help="login of who saw it")
@login_option
@json_option
@click.pass_obj
def give_back(
    settings: Settings,
    box: str,
    person: str | None,
    witness: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Record that the paper of a BOX went back to the customer (회송)."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        done = office.scan.return_box(
            who,
            box_of(office, who, box).id,
            person=user_of(office, person) if person else "",
            witness=user_of(office, witness) if witness else "",
        )
        show({"box": done.seal, "state": done.state.value}, as_json=as_json)


@click.command("hold-paper")
@click.argument("box")
@_agreed
@click.option("--release", is_flag=True, help="the customer no longer wants it kept")
@login_option
@json_option
@click.pass_obj
def hold_paper(
    settings: Settings,
    box: str,
    agreed: str,
    release: bool,
    login: str | None,
    as_json: bool,
) -> None:
    """Keep the paper of a BOX at the customer's word, or release it."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CLEAR)
        act = office.scan.release_paper if release else office.scan.hold_paper
        done = act(who, box_of(office, who, box).id, agreed=agreed)
        answer = "released" if release else "held"
        show({"box": done.seal, "paper": answer, "agreed": agreed}, as_json=as_json)


@click.command("approve-copies")
@click.argument("box")
@click.option("--protocol", required=True, help="the signed validation, named")
@login_option
@json_option
@click.pass_obj
def approve_copies(
    settings: Settings, box: str, protocol: str, login: str | None, as_json: bool
) -> None:
    """Record that a validated true-copy step was signed for a BOX (GMP)."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CLEAR)
        done = office.scan.approve_copies(
            who, box_of(office, who, box).id, protocol=protocol
        )
        show({"box": done.seal, "protocol": protocol}, as_json=as_json)


COMMANDS = (may_destroy, shred, give_back, hold_paper, approve_copies)
