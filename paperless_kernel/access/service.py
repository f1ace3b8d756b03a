"""Who is here: tenants, users, facility records and the trial clock's jumps.

Loads, asks the permission table, writes rows and journal together. Decides no business
question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from paperless_kernel.access import records
from paperless_kernel.access.model import (
    CLOCK_JUMPED,
    FACILITY_ENTERED,
    TENANT_JOINED,
    USER_ADDED,
    ClockJump,
    Plan,
    Tenant,
    User,
)
from paperless_kernel.access.permissions import Action, check_appointment, require
from paperless_kernel.base.clock import Clock, kst_date, stamp
from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    InputError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.events import Event, Json
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Ids, Role
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper

_SHORTEST = 8


class Access:
    """Tenants, users and the office's own dated facts."""

    def __init__(
        self,
        *,
        db: Database,
        journal: Journal,
        keeper: Keeper,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._db = db
        self._journal = journal
        self._keeper = keeper
        self._clock = clock
        self._ids = ids
        # OWASP's argon2id parameters: 19 MiB, two passes, one lane.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

    def join(
        self, actor: Actor, *, key: str, name: str, number: str, plan: Plan
    ) -> Tenant:
        """Make a tenant; the same key again returns the same tenant.

        Raises:
            NotAllowedError: the actor may not manage access.
            ConflictError: the key belongs to a tenant with other facts.
        """
        require(actor, Action.ACCESS_MANAGE)
        with self._db.begin() as tx:
            found = records.find_tenants(tx, key=key)
            if found:
                known = found[0]
                if (known.name, known.number, known.plan) != (name, number, plan):
                    raise ConflictError(
                        f"the key {key!r} is {known.name}'s, with another name, number "
                        "or plan; give this customer a key of its own."
                    )
                return known
            made = Tenant(
                id=self._ids.new(),
                key=key,
                name=name,
                number=number,
                plan=plan,
                joined_at=self._clock.now(),
            )
            records.add_tenant(tx, made)
            body: dict[str, Json] = {"tenant": made.id, "plan": plan.value}
            self._journal.append(tx, self._event(TENANT_JOINED, actor, made.id, body))
        self._keeper.sequence(self._journal.name)
        return made

    def tenants(self, actor: Actor) -> tuple[Tenant, ...]:
        """Return the tenants somebody may know: their own; the office's people, all."""
        with self._db.read() as tx:
            found = records.find_tenants(tx)
        return tuple(each for each in found if actor.tenant in ("", each.id))

    def tenant(self, actor: Actor, tenant_id: str) -> Tenant:
        """Return one tenant.

        Raises:
            NotFoundError: there is none with this id, or not for this actor.
        """
        for each in self.tenants(actor):
            if each.id == tenant_id:
                return each
        raise NotFoundError(f"no tenant {tenant_id} in this office.")

    def add_user(
        self,
        actor: Actor,
        *,
        login: str,
        name: str,
        roles: frozenset[Role],
        password: str,
        tenant: str = "",
    ) -> User:
        """Make a user; the same login again returns the same user.

        Raises:
            NotAllowedError: the actor may not manage access.
            NotFoundError: there is no such tenant.
            InputError: the password is under 8 characters, or a role does not fit.
            ConflictError: the login is taken by somebody with other roles.
        """
        require(actor, Action.ACCESS_MANAGE)
        check_appointment(roles, tenant)
        if tenant:
            self.tenant(actor, tenant)
        if len(password) < _SHORTEST:
            raise InputError(f"a password has at least {_SHORTEST} characters.")
        made = User(
            id=self._ids.new(), login=login, name=name, roles=roles, tenant=tenant
        )
        with self._db.read() as tx:
            known = _same_user(records.find_user(tx, login), made)
        if known is not None:
            return known
        hashed = self._hasher.hash(password)  # slow on purpose: outside any transaction
        with self._db.begin() as tx:
            known = _same_user(records.find_user(tx, login), made)
            if known is not None:
                return known
            records.add_user(tx, made, hashed)
            body: dict[str, Json] = {
                "tenant": tenant,
                "roles": sorted(str(role) for role in roles),
            }
            self._journal.append(tx, self._event(USER_ADDED, actor, made.id, body))
        self._keeper.sequence(self._journal.name)
        return made

    def list_users(self, actor: Actor) -> tuple[User, ...]:
        """Return every user, by login.

        Raises:
            NotAllowedError: the actor may not manage access.
        """
        require(actor, Action.ACCESS_MANAGE)
        return self.users()

    def users(self) -> tuple[User, ...]:
        """Return every user, by login; for the office itself, before anybody acts."""
        with self._db.read() as tx:
            return records.find_users(tx)

    def log_in(self, login: str, password: str) -> Actor:
        """Return who logs in.

        Raises:
            NotAllowedError: the login or the password is wrong; which one is not said.
        """
        with self._db.read() as tx:
            found = records.find_user(tx, login)
        try:
            # An unknown login costs the same time as a wrong password.
            self._hasher.verify(found[1] if found else self._hasher.hash(""), password)
        except Argon2Error:
            found = None
        if found is None:
            raise NotAllowedError("the login or the password is wrong; try again.")
        return found[0].actor()

    def enter_facility(self, actor: Actor, facility: Facility) -> None:
        """Record a designation somebody really holds (지정·인증 사실).

        Raises:
            NotAllowedError: the actor may not manage access.
            InputError: it ends before it begins, or names no holder or number.
            ConflictError: the number was entered with other facts.
        """
        require(actor, Action.ACCESS_MANAGE)
        if facility.until < facility.since or not facility.holder.strip():
            raise InputError("a facility record needs a holder and since <= until.")
        if not facility.number.strip():
            raise InputError("a facility record needs its designation number.")
        body: dict[str, Json] = {
            "kind": facility.kind.value,
            "holder": facility.holder,
            "number": facility.number,
            "since": facility.since.isoformat(),
            "until": facility.until.isoformat(),
        }
        with self._db.begin() as tx:
            found = records.find_facilities(tx, number=facility.number)
            entered = [
                each for each in self._entered() if each.number == facility.number
            ]
            if any(each != facility for each in (*found, *entered)):
                raise ConflictError(
                    f"facility record {facility.number} is already entered with other "
                    "facts; a record never changes. Look at it with 'access list'."
                )
            if entered:
                return
            if not found:
                records.add_facility(tx, facility)
            subject = facility.kind.value
            self._journal.append(
                tx, self._event(FACILITY_ENTERED, actor, subject, body)
            )
        self._keeper.sequence(self._journal.name)

    def facilities(self, actor: Actor) -> tuple[Facility, ...]:
        """Return every facility record, newest first.

        Raises:
            NotAllowedError: the actor may not manage access.
        """
        require(actor, Action.ACCESS_MANAGE)
        return self._entered()

    def facility(self, kind: FacilityKind, at: dt.datetime) -> Facility | None:
        """Return the facility record that covers an instant, or nothing.

        Raises:
            EvidenceError: an entry of the log cannot be read.
        """
        return next(iter(self.facilities_on(kind, at)), None)

    def facilities_on(
        self, kind: FacilityKind, at: dt.datetime
    ) -> tuple[Facility, ...]:
        """Return every facility record of a kind that covers an instant.

        Raises:
            EvidenceError: an entry of the log cannot be read.
        """
        day = kst_date(at)
        found = (each for each in self._entered() if each.kind is kind)
        return tuple(each for each in found if each.holds_on(day))

    def _entered(self) -> tuple[Facility, ...]:
        """Return what the log says was entered, newest first.

        A row proves nothing: anybody who can write to the database can make one, and
        every proof of the office would lose its trial mark by it.
        """
        entries = self._journal.entries(tag=FACILITY_ENTERED)
        said = [
            _facility_from(each.body)
            for each in entries
            if each.tag == FACILITY_ENTERED  # in the entry itself, not its column
        ]
        return tuple(each for each in reversed(said) if each is not None)

    def record_jump(
        self, actor: Actor, *, key: str, to: dt.datetime, reason: str
    ) -> ClockJump | None:
        """Journal that the trial clock moves forward; the caller then moves it.

        Returns nothing where the key was recorded before or ``to`` is not ahead.

        Raises:
            NotAllowedError: the actor may not move the clock.
        """
        require(actor, Action.CLOCK_JUMP)
        now = self._clock.now()
        with self._db.begin() as tx:
            done = any(jump.key == key for jump in records.find_jumps(tx))
            if done or to <= now:
                return None
            jump = ClockJump(key=key, frm=now, to=to, reason=reason)
            records.add_jump(tx, jump)
            body: dict[str, Json] = {
                "from": stamp(now),
                "to": stamp(to),
                "reason": reason,
            }
            self._journal.append(tx, self._event(CLOCK_JUMPED, actor, key, body))
        self._keeper.sequence(self._journal.name)
        return jump

    def jumps(self) -> tuple[ClockJump, ...]:
        """Return every jump of the trial clock, oldest first."""
        with self._db.read() as tx:
            return records.find_jumps(tx)

    def _event(
        self, tag: str, actor: Actor, subject: str, body: dict[str, Json]
    ) -> Event:
        return Event(
            tag=tag,
            id=self._ids.new(),
            subject=subject,
            at=self._clock.now(),
            actor=actor.id,
            body=body,
        )


def _facility_from(body: Mapping[str, Json]) -> Facility | None:
    """Read an entry; one without a holder names nobody and does not count."""
    if "holder" not in body:
        return None
    try:
        return Facility(
            kind=FacilityKind(str(body["kind"])),
            holder=str(body["holder"]),
            number=str(body["number"]),
            since=dt.date.fromisoformat(str(body["since"])),
            until=dt.date.fromisoformat(str(body["until"])),
        )
    except (KeyError, ValueError) as error:
        raise EvidenceError(
            f"A facility entry of the log cannot be read ({error}): restore the "
            "access database from a backup."
        ) from error


def _same_user(found: tuple[User, str] | None, wanted: User) -> User | None:
    if found is None:
        return None
    user = found[0]
    if user.roles != wanted.roles or user.tenant != wanted.tenant:
        raise ConflictError(f"login {wanted.login} is taken; choose another.")
    return user
