"""The gate before a SQL condition runs: it is parsed alone, and its tree walked against a list.

`SELECT <text>` is parsed without parentheses, so that `1=1) OR (1=1` is a syntax error; one
statement, one item, no table, no modifier. The text that passed is handed on unchanged.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.errors import RequestError
from core.fingerprint import canonical_json, digest
from core.search.grammar import walk

LONGEST = 8_192  # bytes of a condition
PLACES = {"query_location", "query_location_length", "alias"}
EMPTY_SELECT: dict[str, Any] = {
    "type": "SELECT_NODE",
    "modifiers": [],
    "cte_map": {"map": []},
    "where_clause": None,
    "group_expressions": [],
    "group_sets": [],
    "aggregate_handling": "STANDARD_HANDLING",
    "having": None,
    "sample": None,
    "qualify": None,
}
LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "max_temp_directory_size": "0KB",
    "threads": "1",
}
"""How every DuckDB connection of ours begins; `lock` closes what can only be closed later."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition that passed the gate."""

    text: str
    columns: tuple[str, ...]  # that it reads, in order of their names
    fingerprint: str  # of its tree: spacing, comments and case of keywords aside


def checked(text: str, columns: Iterable[str]) -> Predicate:
    """Let a condition pass, or say in one line (RequestError) what in it is not allowed.

    `columns` are the names it may read, matched without case as DuckDB does.
    """
    if len(text.encode("utf-8", "replace")) > LONGEST:
        raise RequestError(f"a condition has at most {LONGEST:,} bytes; shorten it")
    if "\0" in text:
        raise RequestError("a condition holds no NUL character; type it again")
    tree = _parsed(text)
    used = walk(tree, {name.lower(): name for name in columns})
    return Predicate(text, tuple(sorted(used)), digest(canonical_json(_bare(tree)).encode())[:16])


def lock(connection: Any) -> None:
    """Close what is left open, and the settings themselves."""
    connection.execute("SET allow_persistent_secrets = false")
    connection.execute("SET disabled_filesystems = 'LocalFileSystem'")
    connection.execute("SET lock_configuration = true")


def _parsed(text: str) -> Any:
    """The one expression of `SELECT <text>`."""
    try:
        found = json.loads(_serialised(f"SELECT {text}"))
    except RecursionError:
        raise RequestError("the condition is nested too deep; shorten it") from None
    if found.get("error"):
        raise RequestError(f"not a condition: {_reason(found)}")
    statements = found["statements"]
    node = statements[0]["node"] if len(statements) == 1 else {}
    rest = {name: value for name, value in node.items() if name != "select_list"}
    table = rest.pop("from_table", {})
    is_plain = table.get("type") == "EMPTY" and table.get("sample") is None
    if not is_plain or rest != EMPTY_SELECT or statements[0].get("named_param_map"):
        raise RequestError("write one condition alone, without FROM, WHERE, ORDER BY or LIMIT")
    if len(node["select_list"]) != 1:
        raise RequestError("write one condition, joined by AND or OR rather than commas")
    return node["select_list"][0]


def _serialised(statement: str) -> str:
    import duckdb

    try:
        with _guard:
            row = _parser().execute("SELECT json_serialize_sql($1)", [statement]).fetchone()
    except (duckdb.Error, UnicodeError) as error:
        raise RequestError(f"not a condition: {one_line(error)}") from None
    return str(row[0]) if row else "{}"


_guard = threading.Lock()


@functools.lru_cache(maxsize=1)
def _parser() -> Any:
    """A connection that holds nothing and only parses."""
    import duckdb

    connection = duckdb.connect(config={**LOCKED, "memory_limit": "128MB"})
    lock(connection)
    return connection


def one_line(error: object) -> str:
    """The first line of what DuckDB says, without the kind of error before it."""
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return " ".join(line.partition(" Error: ")[2].split() or line.split())[:240]


def _reason(found: Any) -> str:
    if found.get("error_type") == "not implemented":
        return "only a condition on columns is read here"
    return one_line(found.get("error_message", "it cannot be parsed"))


def _bare(tree: Any) -> Any:
    """The tree without where in the text things stood."""
    if isinstance(tree, dict):
        return {name: _bare(value) for name, value in tree.items() if name not in PLACES}
    return [_bare(one) for one in tree] if isinstance(tree, list) else tree
