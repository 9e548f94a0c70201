"""The tables brought to the newest revision by whoever opens them first; newer ones are refused."""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from core.curate.faults import StoreError
from core.curate.tables import HEAD
from core.publish import plain_disk_errors, sync_folder

SCRIPTS = Path(__file__).parent / "migrations"
VERSIONS = "alembic_version"
REVISION = re.compile(r"v(\d{4})_\w+\.py")
LOCK = 0x0C0_5E7_A71A5  # of the migration, among PostgreSQL's advisory locks


def revisions() -> tuple[str, ...]:
    """Every revision this program knows, oldest first."""
    found = (REVISION.fullmatch(path.name) for path in (SCRIPTS / "versions").iterdir())
    return tuple(sorted(match[1] for match in found if match))


def revision_of(connection: sa.Connection) -> str | None:
    """The revision of the tables there; None where there are none yet."""
    if not sa.inspect(connection).has_table(VERSIONS):
        return None
    return connection.scalar(sa.text(f"SELECT version_num FROM {VERSIONS}"))


def bring_up_to_date(engine: sa.Engine, place: str, *, file: Path | None = None) -> Path | None:
    """Run the migrations that are missing, in one transaction; gives the backup if one was made.

    One process at a time: the others wait and find it done. `file` is the SQLite database, of
    which a backup is made before its tables change. StoreError where the tables are newer than
    this program; nothing is changed then.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        found = revision_of(connection)
        check_known(found, place)
        if found == HEAD:
            return None
        backup = _backup(file, found) if file is not None and found is not None else None
        _upgrade(connection)
    return backup


def check_known(revision: str | None, place: str) -> None:
    """Refuse tables of a newer program."""
    if revision is not None and revision not in revisions():
        raise StoreError(
            f"the decisions in {place} were written by a newer version (schema {revision}; this "
            f"one knows up to {HEAD}); nothing was changed, open them with the newer version"
        )


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def _backup(file: Path, revision: str) -> Path:
    """A whole copy beside the database, made while nobody can write."""
    target = file.with_name(f"{file.stem}-backup-{revision}-{secrets.token_hex(4)}{file.suffix}")
    draft = target.with_name(f".draft-{target.name}")
    with plain_disk_errors(target):
        try:
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(draft)) as copy:
                source.backup(copy)
            handle = os.open(draft, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            draft.replace(target)
            sync_folder(target.parent)
        finally:
            draft.unlink(missing_ok=True)
    return target
