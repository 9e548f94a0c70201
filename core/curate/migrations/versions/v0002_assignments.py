"""Who decides what, and the guideline that they decide by; both with their history."""

import sqlalchemy as sa
from alembic import op

from core.curate.migrations.appending import append_only

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables beside the log, which stays as it is."""
    op.create_table(
        "assignments",
        *_numbered(),
        sa.Column("curators", sa.Text, nullable=False),
        sa.Column("overlap", sa.Double, nullable=False),
        sa.Column("judges", sa.Integer, nullable=False),
        *_signed(),
    )
    op.create_table(
        "guidelines", *_numbered(), sa.Column("text", sa.Text, nullable=False), *_signed()
    )
    append_only("assignments")
    append_only("guidelines")


def _numbered() -> tuple[sa.Column[str], sa.Column[int]]:
    return (
        sa.Column("project", sa.Text, sa.ForeignKey("projects.name"), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    )


def _signed() -> tuple[sa.Column[str], sa.Column[float]]:
    return (
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
