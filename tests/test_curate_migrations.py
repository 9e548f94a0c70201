"""The tables of decisions through their revisions: nothing lost, newer ones left alone."""

import hashlib
import multiprocessing
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.curate import journal, schema
from core.curate.engine import sqlite_engine
from core.curate.faults import StoreError
from core.curate.files import read_events
from core.curate.journal import file_system, journal_for
from core.curate.opening import open_sqlite
from core.curate.tables import HEAD, METADATA
from tests.curate_events import said

FIXTURES = Path(__file__).parent / "fixtures"
FIRST = FIXTURES / "decisions-0001.sqlite3"


@pytest.fixture
def old(tmp_path):
    """A copy of the database of the first schema."""
    return Path(shutil.copy(FIRST, tmp_path / "decisions.sqlite3"))


def test_the_first_schema_migrates_with_its_decisions_intact(old):
    expected = read_events(FIXTURES / "decisions-0001.jsonl").events
    with closing(open_sqlite(old, "default")) as store:
        assert store.after(0) == expected
        assert revision(old) == HEAD
        assert store.append([said(1)])[0].number == len(expected) + 1
        store.add("guidelines", {"text": "new", "by": "ann"})
    with closing(open_sqlite(old, "other")) as other:
        assert other.after(0) == expected[:3]


def test_a_backup_is_made_before(old):
    with closing(open_sqlite(old, "default")) as store:
        backup = store.backup
    assert backup.parent == old.parent
    assert revision(backup) == "0001"
    with closing(sqlite3.connect(backup)) as connection, closing(sqlite3.connect(FIRST)) as first:
        assert list(connection.iterdump()) == list(first.iterdump())
    with closing(open_sqlite(old, "default")) as again:
        assert again.backup is None
    assert not list(old.parent.glob(".draft-*"))


def test_a_migration_that_fails_leaves_the_old_tables(old, monkeypatch):
    def fail(connection):
        connection.execute(sa.text("CREATE TABLE half (x)"))
        raise OSError("the power went")

    monkeypatch.setattr(schema, "_upgrade", fail)
    with pytest.raises(OSError, match="the power went"):
        open_sqlite(old, "default")
    monkeypatch.undo()
    assert revision(old) == "0001"
    assert "half" not in tables(old)
    with closing(open_sqlite(old, "default")) as store:
        assert len(store.after(0)) == len(read_events(FIXTURES / "decisions-0001.jsonl").events)


def test_a_process_killed_in_its_migration_leaves_the_old_tables(old):
    code = (
        "import os, signal, sys; from pathlib import Path; "
        "from core.curate import opening, schema; whole = schema._upgrade\n"
        "def killed(connection): whole(connection); os.kill(os.getpid(), signal.SIGKILL)\n"
        "schema._upgrade = killed; opening.open_sqlite(Path(sys.argv[1]), 'default')"
    )
    done = subprocess.run([sys.executable, "-c", code, old], cwd=FIXTURES.parent.parent)
    assert done.returncode == -signal.SIGKILL
    assert revision(old) == "0001"
    with closing(open_sqlite(old, "default")) as store:
        assert len(store.after(0)) == len(read_events(FIXTURES / "decisions-0001.jsonl").events)


def test_a_newer_schema_is_refused_and_nothing_changes(old):
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
        connection.commit()
    before = digest(old)
    with pytest.raises(
        StoreError, match=f"newer version .schema 0999; this one knows up to {HEAD}"
    ):
        open_sqlite(old, "default")
    assert digest(old) == before
    assert [path.name for path in old.parent.iterdir()] == [old.name]


def test_two_processes_migrate_it_once(old):
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        counts = pool.map(count_events, [old] * 4, chunksize=1)
    assert set(counts) == {len(read_events(FIXTURES / "decisions-0001.jsonl").events)}
    assert len(list(old.parent.glob("*-backup-*"))) == 1


def test_the_revisions_make_the_tables_that_the_program_uses(tmp_path):
    path = tmp_path / "d.sqlite3"
    open_sqlite(path, "p").close()
    engine = sqlite_engine(path)
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            columns = {one["name"]: one["nullable"] for one in inspector.get_columns(table.name)}
            assert columns == {one.name: one.nullable for one in table.columns}
    engine.dispose()
    assert set(tables(path)) == {*METADATA.tables, "alembic_version"}


def test_the_newest_revision_is_the_last_of_them():
    assert schema.revisions()[-1] == HEAD


def test_the_settings_of_every_connection_are_the_careful_ones(tmp_path):
    with closing(open_sqlite(tmp_path / "d.sqlite3", "p")) as store, store.engine.connect() as line:
        found = {
            name: line.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "foreign_keys", "trusted_schema", "cell_size_check")
        }
    assert found == {"synchronous": 3, "foreign_keys": 1, "trusted_schema": 0, "cell_size_check": 1}


@pytest.mark.parametrize(
    ("version", "mode"), [((3, 40, 1), "delete"), ((3, 51, 2), "delete"), ((3, 51, 3), "wal")]
)
def test_the_journal_is_a_log_only_where_sqlite_keeps_it_safely(
    tmp_path, monkeypatch, version, mode
):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    with closing(open_sqlite(tmp_path / "d.sqlite3", "p")) as store:
        assert store.journal.mode == mode
        store.append([said(1)])
    with closing(sqlite3.connect(tmp_path / "d.sqlite3")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == (mode,)


def test_a_database_in_another_journal_is_brought_to_the_safe_one(tmp_path, monkeypatch):
    path = tmp_path / "d.sqlite3"
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    with closing(open_sqlite(path, "p")) as store:
        store.append([said(1)])
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    with closing(open_sqlite(path, "p")) as store:
        assert len(store.after(0)) == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_log_that_somebody_else_holds_open_is_named(tmp_path, monkeypatch):
    path = tmp_path / "d.sqlite3"
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    with closing(open_sqlite(path, "p")) as store:
        store.append([said(1)])
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
        with pytest.raises(StoreError, match="close every other program"):
            open_sqlite(path, "p", wait=0.1)


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
31 22 0:40 / /data rw - nfs4 server:/data rw
32 31 0:41 / /data/my\\040own rw - tmpfs tmpfs rw
33 22 0:42 / /home/ann/drive rw master:1 - fuse.sshfs ann@host: rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/w/d.sqlite3", "ext4"),
        ("/data/d.sqlite3", "nfs4"),
        ("/database/d.sqlite3", "ext4"),
        ("/data/my own/d.sqlite3", "tmpfs"),
        ("/home/ann/drive/w/d.sqlite3", "fuse.sshfs"),
    ],
)
def test_the_file_system_is_read_of_the_kernels_list(tmp_path, monkeypatch, path, kind):
    (tmp_path / "mountinfo").write_text(MOUNTS)
    monkeypatch.setattr(journal, "MOUNTS", tmp_path / "mountinfo")
    assert file_system(Path(path)) == kind


@pytest.mark.parametrize("place", ["/data", "/home/ann/drive"])
def test_a_network_file_system_gets_no_log_and_a_notice(tmp_path, monkeypatch, place):
    (tmp_path / "mountinfo").write_text(MOUNTS)
    monkeypatch.setattr(journal, "MOUNTS", tmp_path / "mountinfo")
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    found = journal_for(Path(place) / "d.sqlite3")
    assert (found.mode, found.is_network) == ("delete", True)
    assert "CORESET_DATABASE_URL" in found.reason


def test_where_the_list_cannot_be_read_the_disk_counts_as_local(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "MOUNTS", tmp_path / "none")
    assert not journal_for(tmp_path / "d.sqlite3").is_network


def count_events(path):
    with closing(open_sqlite(path, "default")) as store:
        return len(store.after(0))


def revision(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]


def tables(path):
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [name for (name,) in found]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
