"""Starts the workbench's server on an office: ``python -m paperless_kernel.workbench``.

``paperless serve`` starts it as a process of its own. Knows the office's users only by
two questions: is this password right, and who has this id.
"""

from __future__ import annotations

import json
import os
import sys

import click

from paperless_kernel.access.service import Access
from paperless_kernel.adapters.processes import end_with_parent
from paperless_kernel.base.errors import NotAllowedError, PaperlessError
from paperless_kernel.base.ids import Actor, SystemRandom
from paperless_kernel.config import dashboards_folder, load
from paperless_kernel.office import Office, open_office
from paperless_kernel.workbench.login import People, cookie_secret
from paperless_kernel.workbench.server import serve

SECRET = "workbench.secret"  # noqa: S105  # a file name
LOGINS = "demo-logins.json"
"""In a demo's office, 0600: ``[{"login": ..., "password": ..., "name": ...}]``."""


def people_of(access: Access) -> People:
    """Return the two questions the server asks about users."""

    def check(login: str, password: str) -> Actor | None:
        try:
            return access.log_in(login, password)
        except NotAllowedError:
            return None

    def find(actor_id: str) -> Actor | None:
        found = (user for user in access.users() if user.id == actor_id)
        user = next(found, None)
        return None if user is None else user.actor()

    return People(check=check, find=find)


def welcome(office: Office, url: str) -> None:
    """Print where the workbench is and, for a demo office, who may sign in."""
    click.echo(f"Workbench: {url}")
    logins = demo_logins(office)
    if logins:
        click.echo("Demo logins (made up, for this trial office only):")
    for each in logins:
        click.echo(f"  {each['login']:<12} {each['password']:<18} {each['name']}")
    click.echo("Ctrl-C stops it.")


def demo_logins(office: Office) -> list[dict[str, str]]:
    """Return the made-up logins the demo left in its office; none in any other."""
    file = office.folder / LOGINS
    if not office.is_demo or not file.exists():
        return []
    return [dict(each) for each in json.loads(file.read_text(encoding="utf-8"))]


def main() -> int:
    """Serve until stopped; return the exit code."""
    end_with_parent()
    try:
        settings = load()
        # Kernels start in the dashboards' folder; a relative path would not hold there.
        os.environ["PAPERLESS_HOME"] = str(settings.folder.resolve())
        with open_office(settings, reader=True) as office:
            serve(
                dashboards=dashboards_folder(),
                people=people_of(office.access),
                secret=cookie_secret(settings.folder / SECRET, SystemRandom()),
                host=settings.host,
                port=settings.port,
                on_ready=lambda url: welcome(office, url),
            )
    except PaperlessError as error:
        click.echo(f"paperless: {error}", err=True)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
