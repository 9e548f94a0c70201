"""A child process that misbehaves as it is told on standard input; the sandbox's tests start it."""

import os
import socket
import sys
import threading
import time

from core.search.sandbox import close_in, confine

LONG = "'" + "ab" * 100_000 + "'"


def sleep():
    time.sleep(600)


def stubborn():
    """Closes its answer and lives on."""
    sys.stdout.flush()
    os.close(1)
    time.sleep(600)


def flood():
    while True:
        sys.stdout.buffer.write(b"x" * 65_536)


def crash():
    os.abort()


def breed():
    """Leaves a grandchild behind that would outlive it."""
    if os.fork() == 0:
        os.close(1)
        time.sleep(600)
        os._exit(0)
    sys.stdout.write(str(os.getpid()))


def environment():
    sys.stdout.write(" ".join(sorted(os.environ)))


def files():
    """Every way to reach outside, once the doors are closed."""
    close_in()
    for reach in (
        lambda: os.open("/etc/passwd", os.O_RDONLY),
        lambda: os.open("/tmp/written-by-a-child", os.O_WRONLY | os.O_CREAT),
        lambda: socket.socket(),
        lambda: os.pipe(),
        lambda: os.dup(0),
    ):
        try:
            reach()
        except OSError:
            continue
        sys.stdout.write("reached ")
    sys.stdout.write("closed")


def write():
    """Files cannot grow, even those that are open."""
    fd = os.memfd_create("written")
    try:
        os.write(fd, b"x")
        sys.stdout.write("written")
    except OSError:
        sys.stdout.write("refused")


def memory():
    close_in(64 << 20)
    held = []
    try:
        while True:
            held.append(bytearray(16 << 20))
    except MemoryError:
        sys.stdout.write("stopped")


def levenshtein():
    """DuckDB at work on what does not heed an interrupt."""
    import duckdb

    connection = duckdb.connect(config={"threads": "1"})
    threading.Timer(0.1, connection.interrupt).start()
    connection.execute(f"SELECT levenshtein({LONG}, reverse({LONG}) || 'c')").fetchall()


def repeated():
    """DuckDB multiplies text beyond its own memory limit."""
    import duckdb

    connection = duckdb.connect(config={"threads": "1", "memory_limit": "200MB"})
    close_in(256 << 20)
    try:
        connection.execute(
            "SELECT sum(length(repeat('x', 30000000 + i))) FROM range(500) t(i)"
        ).fetchall()
    except (duckdb.Error, MemoryError):
        sys.stdout.write("stopped")


if __name__ == "__main__":
    confine(1.0)
    globals()[sys.stdin.read()]()
