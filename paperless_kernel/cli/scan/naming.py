"""What commands of the workshop are told: labels, logins, customers, signatures.

Turns what a hand scanner or a hand typed into ids. Knows no custody.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperless_kernel.adapters.prooffiles import read as read_file
from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.scan.custody.labels import MARK, LabelKind, read_label
from paperless_kernel.scan.custody.model import Signature
from paperless_kernel.trust.digest import canonical_json, sha256

if TYPE_CHECKING:
    from paperless_kernel.base.ids import Actor
    from paperless_kernel.office import Office
    from paperless_kernel.scan.boxes import Box


def key_of(*given: str) -> str:
    """Return a name made from what is given, so that a repeat is the same one."""
    return f"cli:{sha256(canonical_json(list(given))).hex()}"


def user_of(office: Office, login: str) -> str:
    """Return the id behind a login.

    Raises:
        NotFoundError: nobody has it.
    """
    for each in office.access.users():
        if login in {each.login, each.id}:
            return each.id
    raise NotFoundError(f"nobody here has the login {login}.")


def tenant_of(office: Office, who: Actor, said: str) -> str:
    """Return the id of a customer named by id or name.

    Raises:
        NotFoundError: there is none.
    """
    for each in office.access.tenants(who):
        if said in {each.id, each.name}:
            return each.id
    raise NotFoundError(f"no customer {said} here; 'paperless access list' names them.")


def order_of(office: Office, who: Actor, said: str) -> str:
    """Return the id of a work order named by its label, id or number.

    Raises:
        InputError: it is another kind of label.
        NotFoundError: there is none, or several have that number.
    """
    wanted = read_label(said, LabelKind.ORDER).id
    found = [o.id for o in office.scan.orders(who) if wanted in {o.id, o.number}]
    if len(found) == 1:
        return found[0]
    raise NotFoundError(
        f"{len(found)} work orders have the number {wanted}: name one by its id."
    )


def box_of(office: Office, who: Actor, said: str) -> Box:
    """Return a box named by its label, id, seal, or its seal's label.

    Raises:
        InputError: it is another kind of label.
        NotFoundError: there is none.
    """
    return office.scan.find_box(who, _number(said))


def seal_of(office: Office, who: Actor, said: str) -> str:
    """Return the number on a seal, read off it or off its box's label.

    Raises:
        InputError: it is another kind of label.
        NotFoundError: no such box.
    """
    if said.strip().upper().startswith(f"{MARK}:BOX:"):
        return box_of(office, who, said).seal
    return read_label(said, LabelKind.SEAL).id


def _number(said: str) -> str:
    is_seal = said.strip().upper().startswith(f"{MARK}:SEAL:")
    return read_label(said, LabelKind.SEAL if is_seal else LabelKind.BOX).id


def signature_of(name: str, drawing: Path | None) -> Signature:
    """Return a hand-over signature from a typed name, a PNG file, or both."""
    return Signature(name=name, drawing=read_file(drawing) if drawing else b"")


def box_row(office: Office, who: Actor, box: Box) -> dict[str, Any]:
    """Return what a list shows of a box."""
    place = office.scan.place(who, box.id)
    return {
        "box": box.id,
        "seal": box.seal,
        "state": box.state.value,
        "place": place.kind.value,
        "bin": place.bin,
        "sheets": box.sheets,
        "counted": "" if box.counted is None else box.counted,
        "paper": paper_text(box),
        "received": kst_text(box.received_at),
        "reason": box.reason if box.state == "stopped" else "",
    }


def paper_text(box: Box) -> str:
    """Return a box's kind of paper in a few words."""
    paper = box.paper
    more = [
        name
        for name, is_so in (("banded", paper.banded), ("special", paper.special))
        if is_so
    ]
    return ", ".join([paper.size, paper.condition, paper.binding, *more])
