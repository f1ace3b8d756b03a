"""Custody rules: the order of a box's states, and what stops a box or a vehicle.

Knows boxes, seals, counts and places. Each rule lets pass or raises with what is
missing; what stops a box is returned, because that too must be recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotYetError,
)
from paperless_kernel.scan.boxes import Box, BoxState, SealState
from paperless_kernel.scan.custody.model import Found, Place, PlaceKind
from paperless_kernel.scan.model import Batch

MOST_SHEETS = 100_000
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_LARGEST_PHOTO = 8_000_000
_LARGEST_DRAWING = 500_000

STEPS: Final[Mapping[BoxState, frozenset[BoxState]]] = MappingProxyType(
    {
        BoxState.PACKED: frozenset(
            {BoxState.HANDED_OVER, BoxState.RECEIVED, BoxState.STOPPED}
        ),
        BoxState.HANDED_OVER: frozenset({BoxState.RECEIVED, BoxState.STOPPED}),
        BoxState.RECEIVED: frozenset(
            {BoxState.OPENED, BoxState.STOPPED, BoxState.RETURNED}
        ),
        BoxState.STOPPED: frozenset(
            {
                BoxState.PACKED,
                BoxState.HANDED_OVER,
                BoxState.RECEIVED,
                BoxState.OPENED,
                BoxState.RETURNED,
            }
        ),
        BoxState.OPENED: frozenset(
            {BoxState.STOPPED, BoxState.SHREDDED, BoxState.RETURNED}
        ),
        BoxState.SHREDDED: frozenset(),
        BoxState.RETURNED: frozenset(),
    }
)
"""Which state may follow which. Only clearing leads out of ``stopped``, back to where
the box was; nothing leads out of the ends."""


def check_step(box: Box, to: BoxState) -> None:
    """Let a box go on to a state.

    Raises:
        NotYetError: that state does not follow the one it is in.
    """
    if box.state is BoxState.STOPPED and to is not BoxState.STOPPED:
        raise NotYetError(_stopped(box))
    if to not in STEPS[box.state]:
        raise NotYetError(
            f"Box {box.seal} is {box.state.value}; it cannot become {to.value} now."
        )


def check_sheets(sheets: int) -> None:
    """Refuse a sheet count no box can have.

    Raises:
        InputError: below 1 or over 100,000.
    """
    if not 1 <= sheets <= MOST_SHEETS:
        raise InputError(f"A box holds 1 to {MOST_SHEETS} sheets, not {sheets}.")


def check_handlers(first: str, second: str) -> None:
    """Let two people take boxes over: there are always two on a vehicle.

    Raises:
        InputError: the second is not named, or is the first.
    """
    if not second.strip() or first == second:
        raise InputError(
            "Two different people carry sealed boxes: name the second handler."
        )


def check_drawing(drawing: bytes) -> None:
    """Take a drawn signature as PNG, or none.

    Raises:
        InputError: it is no PNG, or too large.
    """
    if drawing and not (drawing.startswith(_PNG) and len(drawing) <= _LARGEST_DRAWING):
        raise InputError(
            f"A drawn signature is a PNG of up to {_LARGEST_DRAWING} bytes."
        )


def check_photo(photo: bytes) -> None:
    """Take a photo of a seal as JPEG or PNG.

    Raises:
        InputError: it is neither, or too large.
    """
    if not photo.startswith((_PNG, _JPEG)) or len(photo) > _LARGEST_PHOTO:
        raise InputError(
            f"A photo of a seal is a JPEG or PNG of up to {_LARGEST_PHOTO} bytes."
        )


def stop_at_receipt(seal: str, supplied: Collection[str], state: SealState) -> str:
    """Return why a box must not go on at receipt, or "".

    ``supplied`` holds the seal numbers given to that customer and not used yet.
    """
    if seal not in supplied:
        return f"seal {seal} was never supplied to this customer, or came before"
    if state is not SealState.INTACT:
        return f"the seal was found {state.value} at receipt"
    return ""


def stop_of_packed(packed: Box, came: Box, state: SealState) -> str:
    """Return why a box packed before must not go on at receipt, or ""."""
    if state is not SealState.INTACT:
        return f"the seal was found {state.value} at receipt"
    if packed.order != came.order:
        return "it was packed under another work order than it came with"
    if packed.sheets != came.sheets:
        return f"{came.sheets} sheets declared at receipt, {packed.sheets} at packing"
    return ""


def stop_at_arrival(listed: Box, found: Found | None) -> str:
    """Return why a box on a vehicle's list must not go on at arrival, or ""."""
    if found is None:
        return "it was not on the vehicle when it arrived"
    if found.state is not SealState.INTACT:
        return f"the seal of box {listed.seal} was found {found.state.value} at arrival"
    return ""


def stop_of_transport(
    listed: Collection[str], found: Sequence[Found], counted: int
) -> str:
    """Return why a whole vehicle must not be unpacked, or "".

    Args:
        listed: seal numbers on its list.
        found: what was found on it.
        counted: how many boxes were counted, with or without a seal.
    """
    seen = {one.seal for one in found}
    reasons = []
    if counted != len(listed):
        reasons.append(f"{counted} box(es) counted, {len(listed)} left")
    if missing := sorted(set(listed) - seen):
        reasons.append(f"missing: {', '.join(missing)}")
    if strange := sorted(seen - set(listed)):
        reasons.append(f"not on the list: {', '.join(strange)}")
    return "; ".join(reasons)


def check_found(found: Sequence[Found], counted: int) -> None:
    """Take an arrival check as it is read off the boxes.

    Raises:
        InputError: a seal is named twice, or more seals than boxes.
    """
    seals = [one.seal for one in found]
    if len(set(seals)) != len(seals) or not all(seal.strip() for seal in seals):
        raise InputError("Name each box found once, by its seal.")
    if counted < len(seals):
        raise InputError(
            f"{len(seals)} seals were read and {counted} boxes counted: count again."
        )


def check_checker(actor: str, handlers: Collection[str]) -> None:
    """Keep whoever carried boxes from checking them in.

    Raises:
        NotAllowedError: the actor is one of the handlers.
    """
    if actor in handlers:
        raise NotAllowedError(
            "Whoever carried the boxes does not check them in: somebody else of the "
            "workshop compares seals and count."
        )


def stop_at_opening(box: Box, seal: str, state: SealState, counted: int) -> str:
    """Return why an opened box must not be scanned, or ""."""
    if seal != box.seal:
        return f"the seal reads {seal}, received was {box.seal}"
    if state is not SealState.INTACT:
        return f"the seal was found {state.value} at opening"
    if counted != box.sheets:
        return f"{counted} sheets counted, {box.sheets} declared"
    return ""


def stop_at_return(box: Box, counted: int) -> str:
    """Return why a box that was at the customer's must not go on, or ""."""
    known = box.sheets if box.counted is None else box.counted
    if counted != known:
        return f"{counted} sheets came back from the customer, {known} went"
    return ""


def check_openable(box: Box, transport: str = "") -> None:
    """Let a received box be opened; ``transport`` is why its vehicle is stopped.

    Raises:
        NotYetError: it or its vehicle is stopped, or it is past opening.
    """
    if box.state is BoxState.STOPPED:
        raise NotYetError(_stopped(box))
    if transport:
        raise NotYetError(
            f"The vehicle that brought box {box.seal} is stopped: {transport}. A "
            "manager must clear it with the customer first."
        )
    if box.state is not BoxState.RECEIVED:
        raise NotYetError(f"Box {box.seal} is {box.state.value}; it cannot be opened.")


def check_at_hand(box: Box, place: Place) -> None:
    """Let work be done on a box's paper: it is open, and at the workshop.

    Raises:
        NotYetError: it is not, or is stopped.
    """
    if box.state is BoxState.STOPPED:
        raise NotYetError(_stopped(box))
    if box.state is not BoxState.OPENED:
        raise NotYetError(f"Box {box.seal} is {box.state.value}: open it first.")
    if place.kind is not PlaceKind.WORKSHOP:
        raise NotYetError(
            f"Box {box.seal} is at the {place.kind.value}: bring it to the workshop "
            "first."
        )


def check_prepared(box: Box, prepared_by: Collection[str]) -> None:
    """Let a box be scanned once its paper is sorted and free of clips (분류, 전처리).

    Boxes of older offices, which have no work order, come without this record.

    Raises:
        NotYetError: nobody recorded preparing it.
    """
    if box.order and not prepared_by:
        raise NotYetError(
            f"Box {box.seal} was not prepared yet: record who sorted its paper and "
            "removed the clips; they count as authors (제41조②)."
        )


def check_scannable(box: Box, batches: Sequence[Batch], sheets: int) -> None:
    """Let a new batch of ``sheets`` be started from an opened box.

    Raises:
        NotYetError: the box is not open, or is stopped.
        InputError: the batches would hold more sheets than were counted.
    """
    if box.state is BoxState.STOPPED:
        raise NotYetError(_stopped(box))
    if box.state is not BoxState.OPENED:
        raise NotYetError(f"Box {box.seal} is {box.state.value}: open it first.")
    check_sheets(sheets)
    begun = sum(batch.sheets for batch in batches)
    if begun + sheets > (box.counted or 0):
        raise InputError(
            f"Box {box.seal} was counted at {box.counted} sheets; {begun} are in "
            f"batches already, {sheets} more do not fit."
        )


def cleared_state(box: Box, place: Place) -> BoxState:
    """Return where a stopped box goes on once a manager cleared it."""
    if box.counted is not None:
        return BoxState.OPENED
    # A box that never arrived is cleared to be looked for, one that never left the
    # customer's to be handed over: neither to be opened.
    before = {
        PlaceKind.VEHICLE: BoxState.HANDED_OVER,
        PlaceKind.CUSTOMER: BoxState.PACKED,
    }
    return before.get(place.kind, BoxState.RECEIVED)


def place_of(box: Box, last: Place | None) -> Place:
    """Return where a box stands, from its state and its last movement."""
    if box.state in {BoxState.SHREDDED, BoxState.RETURNED}:
        return Place(kind=PlaceKind.GONE)
    # Boxes of older offices moved without being written down; they are at hand.
    return last or Place(kind=PlaceKind.WORKSHOP)


def check_storable(box: Box, place: Place, bin_id: str) -> None:
    """Let a box be put into a bin of the warehouse.

    Raises:
        NotYetError: it is stopped, not received yet, or has ended.
        ConflictError: it stands in a bin.
    """
    if box.state is BoxState.STOPPED:
        raise NotYetError(_stopped(box))
    if box.state not in {BoxState.RECEIVED, BoxState.OPENED}:
        raise NotYetError(
            f"Box {box.seal} is {box.state.value}; it cannot be stored now."
        )
    if place.kind is PlaceKind.WAREHOUSE:
        raise ConflictError(
            f"Box {box.seal} stands in bin {place.bin}, so it cannot be put into "
            f"{bin_id}: fetch it, or move it from bin to bin."
        )


def check_in_warehouse(box: Box, place: Place) -> None:
    """Let a box be asked for, fetched or moved: it is in the warehouse.

    Raises:
        NotYetError: it is elsewhere.
    """
    if place.kind is not PlaceKind.WAREHOUSE:
        raise NotYetError(
            f"Box {box.seal} is not in the warehouse but at the {place.kind.value}."
        )


def check_endable(box: Box, place: Place, end: BoxState) -> None:
    """Let a box's paper be shredded or given back: it is where that is done.

    Raises:
        NotYetError: the paper is still, or again, somewhere else.
    """
    here = {PlaceKind.WORKSHOP, PlaceKind.WAREHOUSE}
    if end is BoxState.RETURNED and box.counted is not None:
        here.add(PlaceKind.CUSTOMER)  # what was delivered on demand may stay there
    if place.kind not in here:
        raise NotYetError(
            f"The paper of box {box.seal} is at the {place.kind.value}: nobody here "
            "can say what became of it."
        )


def _stopped(box: Box) -> str:
    return (
        f"Box {box.seal} is stopped: {box.reason}. A manager must clear it with the "
        "customer first."
    )
