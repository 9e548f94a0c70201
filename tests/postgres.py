"""A real PostgreSQL server of the tests' own, as Debian packages it."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

OWNER = "postgres"
NEEDED = "CORESET_NEED_POSTGRESQL"  # set where a missing server is a failure
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # of the server's files, not of what is tested
    "max_connections": "60",
}


def binaries():
    """The folder of the newest server programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: p.parts[-3])
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def server():
    """Run a server on a socket in a folder of its own; gives the address of its database."""
    programs = binaries()
    if programs is None:
        missing = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        pytest.fail(missing) if os.environ.get(NEEDED) else pytest.skip(missing)
    place = Path(tempfile.mkdtemp(prefix="coreset-pg-", dir="/tmp"))  # a socket's path is short
    try:
        if os.geteuid() == 0:
            shutil.chown(place, OWNER, OWNER)
        data = place / "data"
        as_owner(
            programs / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "tester",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
        started = f"{options} -k {place} -p {free_port()}"
        as_owner(programs / "pg_ctl", "-D", data, "-w", "-l", place / "log", "-o", started, "start")
        try:
            port = next(place.glob(".s.PGSQL.*.lock")).name.split(".")[3]
            yield f"postgresql://tester@/postgres?host={place}&port={port}"
        finally:
            as_owner(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def as_owner(*command):
    """Run a program as somebody who is not root, which the server refuses to be run by."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", OWNER, "--", *words]
    done = subprocess.run(words, cwd="/", capture_output=True, text=True, timeout=120)
    if done.returncode:
        pytest.fail(f"{' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def fresh_schema(url, *, owner="tester"):
    """The address of a new, empty schema on a server, for its owner: quicker than a database."""
    import psycopg

    name = f"s{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        if owner != "tester":
            connection.execute(f"CREATE ROLE {owner} LOGIN")
        connection.execute(f"CREATE SCHEMA {name} AUTHORIZATION {owner}")
    return f"{url.replace('tester@', f'{owner}@')}&options=-c%20search_path%3D{name}"
