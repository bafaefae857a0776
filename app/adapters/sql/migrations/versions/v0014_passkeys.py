"""Passkeys, and who holds an account by the word of an identity provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "passkeys",
        sa.Column("passkey_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("passkey_id", name="pk_passkeys"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name="fk_passkeys_account_id_accounts", ondelete="CASCADE"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
    )
    op.create_index("ix_passkeys_account_id", "passkeys", ["account_id"])
    op.create_table(
        "identities",
        sa.Column("identity_id", sa.String(64), nullable=False),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", name="pk_identities"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name="fk_identities_account_id_accounts", ondelete="CASCADE"),
        sa.UniqueConstraint("issuer", "subject", name="uq_identities_issuer"),
        sa.UniqueConstraint("account_id", "issuer", name="uq_identities_account_id"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("identities")
    op.drop_table("passkeys")
