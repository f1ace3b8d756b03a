"""Commands of the vault: search, open, deposit, certify, audit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.adapters.prooffiles import read as read_file
from paperless_kernel.adapters.wholefiles import put_whole
from paperless_kernel.base.clock import kst_date, kst_text
from paperless_kernel.base.errors import ConflictError, EvidenceError, InputError
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
    show_rows,
)
from paperless_kernel.config import Settings
from paperless_kernel.trust.digest import sha256
from paperless_kernel.vault.model import (
    Applicant,
    CertificateRequest,
    Deposit,
    DepositFile,
    Purpose,
    Recipient,
)

if TYPE_CHECKING:
    from paperless_kernel.access.model import Tenant
    from paperless_kernel.base.ids import Actor
    from paperless_kernel.office import Office


@click.group()
def vault() -> None:
    """Search, open, certify and audit what the vault holds."""


@vault.command("search")
@click.argument("text")
@click.option("--kind", help="document type, such as 계약서")
@login_option
@json_option
@click.pass_obj
def vault_search(
    settings: Settings, text: str, kind: str | None, login: str | None, as_json: bool
) -> None:
    """Find documents by words of title and keywords, newest first."""
    with opened(settings) as office:
        who = acting(office, login, Action.VAULT_READ)
        hits = office.vault.search(who, who.tenant, text, kind)
        show_rows(
            [
                {
                    "document": hit.document_id,
                    "title": hit.title,
                    "kind": hit.kind,
                    "bytes": hit.size,
                    "deposited": kst_text(hit.deposited_at),
                }
                for hit in hits
            ],
            as_json=as_json,
        )


@vault.command("open")
@click.argument("document")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="file to write"
)
@login_option
@click.pass_obj
def vault_open(settings: Settings, document: str, out: Path, login: str | None) -> None:
    """Write a held document to a file; the opening is journaled."""
    with opened(settings) as office:
        who = acting(office, login, Action.VAULT_READ)
        put_whole(out, office.vault.open(who, document, Purpose.READ))
        click.echo(str(out))


@vault.command("deposit")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--title", required=True, help="문서명, found by its words")
@click.option("--kind", required=True, help="document type, such as 계약서")
@click.option("--keyword", multiple=True, help="검색어; may be given again")
@click.option(
    "--retention",
    default="general",
    show_default=True,
    help="a class of data/rules/retention.toml",
)
@click.option(
    "--key",
    help="name of this deposit, done once; default: one made from the file's bytes",
)
@login_option
@json_option
@click.pass_obj
def vault_deposit(
    settings: Settings,
    file: Path,
    title: str,
    kind: str,
    keyword: tuple[str, ...],
    retention: str,
    key: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Deposit one file; the receipt leaves once the fact is under a checkpoint.

    The same command again returns the same receipt and deposits nothing.
    """
    data = read_file(file)
    with opened(settings) as office, _key_named():
        who = acting(office, login, Action.VAULT_READ)
        receipt = office.vault.deposit(
            who,
            Deposit(
                key=key or f"cli:{sha256(data).hex()}",
                tenant=_customer_of(office, who).id,
                files=(
                    DepositFile(
                        name=file.name,
                        data=data,
                        title=title,
                        kind=kind,
                        keywords=keyword,
                    ),
                ),
                retention_class=retention,
            ),
        )
        show(
            {
                "package": receipt.package_id,
                "document": receipt.document_ids[0],
                "log index": receipt.leaf,
                "bytes": receipt.size,
                "deposited": kst_text(receipt.deposited_at),
            },
            as_json=as_json,
        )


@vault.command("certify")
@click.argument("document")
@click.option("--purpose", required=True, help="증명서 용도, such as 법원 제출용")
@click.option("--for", "recipient", required=True, help="whom it is for")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="folder")
@click.option(
    "--key",
    help="name of this request, issued once; default: one certificate a day (KST) for "
    "the same document, purpose and recipient",
)
@login_option
@click.pass_obj
def vault_certify(
    settings: Settings,
    document: str,
    purpose: str,
    recipient: str,
    out: Path,
    key: str | None,
    login: str | None,
) -> None:
    """Issue a certificate of original as PDF and .acr bundle.

    The same request on the same day (KST) writes the same certificate again; on a later
    day it issues a new one, with its own term.
    """
    with opened(settings) as office, _key_named():
        who = acting(office, login, Action.VAULT_READ)
        tenant = _customer_of(office, who)
        today = kst_date(office.clock.now())
        issued = office.vault.certify(
            who,
            CertificateRequest(
                key=key or f"cli:{document}:{purpose}:{recipient}:{today}",
                document_id=document,
                applicant=Applicant(
                    name=tenant.name, identity=tenant.number, company=True
                ),
                purpose=purpose,
                recipients=(Recipient(name=recipient),),
            ),
        )
        for ending, data in (("pdf", issued.pdf), ("acr", issued.acr)):
            file = out / f"{issued.serial}.{ending}"
            put_whole(file, data)
            click.echo(str(file))


def _customer_of(office: Office, who: Actor) -> Tenant:
    """Return the customer somebody acts for.

    Raises:
        InputError: they act for the office and hold nothing of their own.
    """
    if not who.tenant:
        raise InputError(
            f"{who.name or who.id} belongs to no customer; give --login with one of a "
            "customer's people."
        )
    return office.access.tenant(who, who.tenant)


@contextmanager
def _key_named() -> Iterator[None]:
    """Let a conflict of keys name the option that settles it."""
    try:
        yield
    except ConflictError as error:
        raise ConflictError(f"{error} The option is --key.") from error


@vault.command("audit")
@login_option
@json_option
@click.pass_obj
def vault_audit(settings: Settings, login: str | None, as_json: bool) -> None:
    """Re-read every document and recompute every root; exit code 13 on a finding."""
    with opened(settings) as office:
        report = office.vault.audit(acting(office, login, Action.VAULT_AUDIT))
        sizes: dict[str, int] = {}
        findings = [
            f"{each.kind.value} {each.subject}: {each.text}" for each in report.findings
        ]
        for name, journal in office.journals.items():
            try:
                sizes[name] = journal.check(office.keeper.vkey(name))
            except EvidenceError as error:
                if name != "vault":  # the vault's own audit has said so
                    findings.append(f"log {name}: {error}")
        show(
            {
                "clean": not findings,
                "documents": report.documents,
                "bytes": report.read_bytes,
                "tokens": report.tokens,
                "findings": findings,
                "orphans": len(report.orphans),
                "unfinished": list(report.unfinished),
                **{f"log {name}": size for name, size in sizes.items()},
            },
            as_json=as_json,
        )
    sys.exit(EvidenceError.exit_code if findings else 0)
