"""Commands of billing: invoices that explain themselves and can be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
    show_rows,
)
from paperless_kernel.config import Settings

if TYPE_CHECKING:
    from paperless_kernel.base.ids import Actor
    from paperless_kernel.office import Office


@click.group()
def billing() -> None:
    """Look at invoices, have them explain themselves, rate them again."""


@billing.command("invoices")
@login_option
@json_option
@click.pass_obj
def billing_invoices(settings: Settings, login: str | None, as_json: bool) -> None:
    """List the issued invoices: a customer's own, or every customer's."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.BILLING_VIEW)
        rows = [
            {
                "invoice": invoice.id,
                "number": invoice.number,
                "customer": tenant.name,
                "month": invoice.month.text,
                "total": invoice.total,
            }
            for tenant in office.access.tenants(who)
            for invoice in office.billing.invoices(who, tenant.id)
        ]
        show_rows(rows, as_json=as_json)


@billing.command("explain")
@click.argument("invoice")
@click.option(
    "--lang",
    type=click.Choice(["ko", "en"]),
    default="ko",
    show_default=True,
    help="language of the explanation",
)
@login_option
@json_option
@click.pass_obj
def billing_explain(
    settings: Settings, invoice: str, lang: str, login: str | None, as_json: bool
) -> None:
    """Let every line of an invoice say where its won come from."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.BILLING_VIEW)
        found = office.billing.invoice(who, _id_of(office, who, invoice))
        texts = [office.billing.explain(line) for line in found.lines]
        show_rows(
            [
                {
                    "line": line.item,
                    "won": line.amount,
                    "why": " / ".join(text.ko if lang == "ko" else text.en),
                }
                for line, text in zip(found.lines, texts, strict=True)
            ],
            as_json=as_json,
        )


@billing.command("verify-invoice")
@click.argument("invoice")
@login_option
@json_option
@click.pass_obj
def billing_verify(
    settings: Settings, invoice: str, login: str | None, as_json: bool
) -> None:
    """Rate an issued invoice again and compare it byte for byte."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.BILLING_VIEW)
        found = office.billing.verify_invoice(who, _id_of(office, who, invoice))
        show(
            {"invoice": found.number, "total": found.total, "same": True},
            as_json=as_json,
        )


def _id_of(office: Office, who: Actor, given: str) -> str:
    """Take an invoice's id, or the number people read on it."""
    found = (
        invoice.id
        for tenant in office.access.tenants(who)
        for invoice in office.billing.invoices(who, tenant.id)
        if invoice.number == given
    )
    return next(found, given)
