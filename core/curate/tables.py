"""The tables of the store as the newest migration leaves them."""

from __future__ import annotations

import sqlalchemy as sa

HEAD = "0002"  # the newest revision in `migrations`
METADATA = sa.MetaData()

PROJECTS = sa.Table(
    "projects",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("last_number", sa.BigInteger, nullable=False),
)
EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("project", sa.Text, sa.ForeignKey("projects.name"), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("example", sa.Text, nullable=False),
    sa.Column("curator", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),  # a JSON list
    sa.Column("batch", sa.Text),
    sa.Column("undoes", sa.Text),
    sa.Column("resolves", sa.Boolean, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),  # sha256 of what was said
    sa.UniqueConstraint("project", "id", name="events_once"),
)
ASSIGNMENTS = sa.Table(
    "assignments",
    METADATA,
    sa.Column("project", sa.Text, sa.ForeignKey("projects.name"), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("curators", sa.Text, nullable=False),  # a JSON list
    sa.Column("overlap", sa.Double, nullable=False),
    sa.Column("judges", sa.Integer, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)
GUIDELINES = sa.Table(
    "guidelines",
    METADATA,
    sa.Column("project", sa.Text, sa.ForeignKey("projects.name"), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)
