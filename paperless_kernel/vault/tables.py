"""The vault's tables.

Two sets: `metadata` for the vault's database, and `keys_metadata` for ``keys.db``,
which holds the wrapped keys and nothing else and is backed up apart. Rows are only
ever inserted; ``records`` and ``issued`` read and write them.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from paperless_kernel.store.journal import add_journal

metadata = MetaData()
add_journal(metadata)
keys_metadata = MetaData()

accepted = Table(
    "accepted",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("package_id", Text, nullable=False, unique=True),
    Column("entry_id", Text, nullable=False, unique=True),
    Column("document_ids", Text, nullable=False),
    Column("at", Text, nullable=False),
)
package = Table(
    "package",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("entry_id", Text, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("deposited_at", Text, nullable=False),
    Column("retention_class", Text, nullable=False),
    Column("started_on", Text),
    Column("floor", Text),
    Column("ceiling", Text),
)
document = Table(
    "document",
    metadata,
    Column("id", Text, primary_key=True),
    Column("package_id", Text, ForeignKey("package.id"), nullable=False, index=True),
    Column("tenant", Text, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("media", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("sha512", Text, nullable=False),
    Column("sha3_512", Text, nullable=False),
    Column("cipher_sha256", Text, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("meta_box", LargeBinary, nullable=False),
    Column("meta_nonce", LargeBinary, nullable=False),
)
annex = Table(
    "annex",
    metadata,
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("media", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("cipher_sha256", Text, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
)
search_token = Table(
    "search_token",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("document_id", Text, ForeignKey("document.id"), primary_key=True),
    sqlite_with_rowid=False,
)
batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("algorithm", Text, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("at", Text, nullable=False),
)
batch_leaf = Table(
    "batch_leaf",
    metadata,
    Column("batch_id", Text, ForeignKey("batch.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("document_id", Text, ForeignKey("document.id"), unique=True),
    Column("digest", LargeBinary, nullable=False),
)
certificate = Table(
    "certificate",
    metadata,
    Column("serial", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("document_id", Text, ForeignKey("document.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("entry_id", Text, nullable=False, unique=True),
    Column("requested_at", Text, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("valid_until", Text, nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    UniqueConstraint("tenant", "key"),
)
certificate_file = Table(
    "certificate_file",
    metadata,
    Column("serial", Text, ForeignKey("certificate.serial"), primary_key=True),
    Column("leaf", Integer, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("pdf_object", Text, nullable=False),
    Column("pdf_nonce", LargeBinary, nullable=False),
    Column("acr_object", Text, nullable=False),
    Column("acr_nonce", LargeBinary, nullable=False),
)
purpose_grant = Table(
    "purpose_grant",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("entry_id", Text, nullable=False),
    Column("at", Text, nullable=False),
)
wrapped_key = Table(
    "wrapped_key",
    keys_metadata,
    Column("document_id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("nonces", LargeBinary, nullable=False),
)
