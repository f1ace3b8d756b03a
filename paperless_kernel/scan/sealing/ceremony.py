"""The key ceremony: a workshop gets a key and a certificate in its holder's name.

The keeper makes both and keeps the key; the journal keeps the certificate's
fingerprint. Without a registration the certificate itself says that it is for trial.
"""

from __future__ import annotations

from typing import Final

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.events import Json
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.orders.holder import registration_of
from paperless_kernel.scan.orders.records import get_workshop
from paperless_kernel.scan.tags import WORKSHOP_CERTIFIED
from paperless_kernel.scan.workshop import Desk
from paperless_kernel.trust.keys import ECDSA_P256
from paperless_kernel.trust.pki import fingerprint

_UNIT: Final = 64  # letters in an organisational unit (X.520 ub-organizational-unit)


class Certifying(Desk):
    """Decides whose certificate seals."""

    def certify_workshop(
        self,
        actor: Actor,
        workshop: str,
        *,
        algorithm: str = ECDSA_P256,
        module: str = "",
    ) -> bytes:
        """Make a workshop's key and certificate; return the certificate, DER.

        The subject is the holder; the issuer this office's root. A repeat returns what
        was made.

        Args:
            actor: who holds the ceremony.
            workshop: id of an entered workshop.
            algorithm: ``ECDSA_P256`` or ``RSA_3072`` of ``trust.keys``.
            module: describes a hardware module (PKCS#11) that is to make and keep
                the key; "" leaves that to the keeper.

        Raises:
            NotAllowedError: the actor may not manage the office.
            NotFoundError: no such workshop is entered.
            BusyError: another process holds the keys.
            ConflictError: it has a key of another kind.
        """
        require(actor, Action.ACCESS_MANAGE)
        parts = self._parts
        with parts.db.read() as tx:
            named = get_workshop(tx, workshop)
            held = registration_of(parts, tx, workshop, parts.clock.now())
        # 1. Key and certificate are durable with the keeper. A crash here leaves a
        #    certified key that nobody journaled; the repeat finds and journals it.
        made = parts.keeper.certify(
            workshop,
            name=named.holder,
            unit=(TRIAL_MARK if held is None else f"{held.kind} {held.number}")[:_UNIT],
            algorithm=algorithm,
            module=module,
        )
        # 2. The journal says whose it is.
        known = list(parts.journal.entries(tag=WORKSHOP_CERTIFIED, subject=workshop))
        if not known:
            body: dict[str, Json] = {
                "fingerprint": fingerprint(made),
                "algorithm": algorithm,
                "trial": held is None,
            }
            with parts.db.begin() as tx:
                self._write(tx, actor, WORKSHOP_CERTIFIED, workshop, body)
        self._acknowledge()
        return made
