"""The disposal desk: shredding a box's paper, or sending it back.

Loads, asks ``disposal.rules``, writes rows and journal together.
"""

from __future__ import annotations

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import InputError, NotYetError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.disposal.rules import check_disposable, check_shreddable
from paperless_kernel.scan.model import Box, BoxState
from paperless_kernel.scan.tags import BOX_RETURNED, BOX_SHREDDED
from paperless_kernel.scan.workshop import Desk, is_line


class Disposing(Desk):
    """Ends a box's stay: nobody destroys paper that is still the only original."""

    def shred_box(self, actor: Actor, box: str, *, method: str) -> Box:
        """Record that a box's paper was shredded (파쇄), and how (제53조②).

        Raises:
            NotAllowedError: the caller has no custody of boxes.
            NotYetError: a sheet is not sealed and handed over yet.
        """
        if not is_line(method):
            raise InputError("Say how the paper was destroyed (method, device).")
        return self._end(actor, box, BoxState.SHREDDED, {"method": method})

    def return_box(self, actor: Actor, box: str) -> Box:
        """Record that a box's paper went back to the customer (회송).

        A box that nobody scanned from may always go back.

        Raises:
            NotAllowedError: the caller has no custody of boxes.
            NotYetError: scanning has begun and is not handed over yet.
        """
        return self._end(actor, box, BoxState.RETURNED, {})

    def _end(
        self, actor: Actor, box: str, end: BoxState, facts: dict[str, Json]
    ) -> Box:
        require(actor, Action.SCAN_CUSTODY)
        with self._parts.db.begin() as tx:
            found = records.get_box(tx, box)
            batches = records.find_batches(tx, box)
            if found.state is not end:
                if found.state in {BoxState.SHREDDED, BoxState.RETURNED}:
                    raise NotYetError(
                        f"Box {found.seal} is {found.state.value} already."
                    )
                if end is BoxState.SHREDDED or batches:
                    check_disposable(found, batches)
                if end is BoxState.SHREDDED:
                    check_shreddable(records.kept_as_paper(tx, box))
                records.set_state(tx, tables.box, box, end)
                tag = BOX_SHREDDED if end is BoxState.SHREDDED else BOX_RETURNED
                self._write(tx, actor, tag, box, {"tenant": found.tenant, **facts})
            found = records.get_box(tx, box)
        self._acknowledge()
        return found
