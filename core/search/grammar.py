"""What a SQL condition may consist of: the allow-list over DuckDB's parse tree.

Whatever is not named here is refused: a class of node, a type of it, a field that is not
neutral, a function, a cast. Nothing here can reach a file, a setting, another table or another
row, and nothing multiplies text (no repeat, lpad, replace, range, edit distance, aggregate).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from core.errors import RequestError

Node = Mapping[str, Any]

LONGEST_PATTERN = 200  # characters of a regular expression
DEEPEST = 80  # nested conditions
COMMON = {"class", "type", "alias", "query_location", "query_location_length"}

SHAPES: dict[str, tuple[set[str], set[str]]] = {
    "COLUMN_REF": ({"COLUMN_REF"}, {"column_names"}),
    "CONSTANT": ({"VALUE_CONSTANT"}, {"literal"}),
    "COMPARISON": (
        {
            "COMPARE_EQUAL",
            "COMPARE_NOTEQUAL",
            "COMPARE_LESSTHAN",
            "COMPARE_GREATERTHAN",
            "COMPARE_LESSTHANOREQUALTO",
            "COMPARE_GREATERTHANOREQUALTO",
            "COMPARE_DISTINCT_FROM",
            "COMPARE_NOT_DISTINCT_FROM",
        },
        {"left", "right"},
    ),
    "CONJUNCTION": ({"CONJUNCTION_AND", "CONJUNCTION_OR"}, {"children"}),
    "OPERATOR": (
        {
            "OPERATOR_NOT",
            "OPERATOR_IS_NULL",
            "OPERATOR_IS_NOT_NULL",
            "OPERATOR_COALESCE",
            "COMPARE_IN",
            "COMPARE_NOT_IN",
        },
        {"children"},
    ),
    "BETWEEN": ({"COMPARE_BETWEEN"}, {"input", "lower", "upper"}),
    "CASE": ({"CASE_EXPR"}, {"case_checks", "else_expr"}),
    "CAST": ({"OPERATOR_CAST"}, {"child", "try_cast", "type_expr"}),
    "FUNCTION": (
        {"FUNCTION"},
        {
            "function_name",
            "schema",
            "catalog",
            "qualified_name",
            "filter",
            "order_bys",
            "distinct",
            "is_operator",
            "export_state",
            "arguments",
        },
    ),
}
"""Class of a node: the types it may have, and exactly the fields that it then has."""

LITERALS = {"INTEGER", "NUMERIC", "STRING", "BOOLEAN", "NULL_LITERAL"}
TYPES = {
    *("varchar", "text", "string", "char", "bool", "boolean", "logical"),
    *("tinyint", "smallint", "integer", "int", "int4", "int8", "bigint", "hugeint"),
    *("float", "real", "double", "float4", "float8", "date", "timestamp"),
}
REGEX = {"regexp_matches", "regexp_full_match", "regexp_extract"}
LIKE = {"~~", "!~~", "~~*", "!~~*", "~~~", "like_escape", "ilike_escape"}
FUNCTIONS = {
    *REGEX,
    *LIKE,
    *("+", "-", "*", "/", "//", "%", "||"),
    *("lower", "upper", "trim", "ltrim", "rtrim", "left", "right", "substring", "substr"),
    *("length", "len", "strlen", "concat"),
    *("contains", "starts_with", "ends_with", "prefix", "suffix"),
    *("position", "strpos", "instr"),
    *("abs", "round", "floor", "ceil", "ceiling", "trunc", "sign", "mod", "sqrt", "ln"),
    *("log", "log10", "log2", "exp", "greatest", "least", "isnan", "isfinite", "nullif"),
    *("year", "quarter", "month", "week", "day", "hour", "minute", "second"),
    *("dayofweek", "dayofyear", "date_part", "date_trunc"),
}
NEUTRAL = {
    "schema": "",
    "catalog": "",
    "filter": None,
    "order_bys": {"type": "ORDER_MODIFIER", "orders": []},
    "distinct": False,
    "export_state": False,
}
REASONS = {
    "SUBQUERY": "a subquery",
    "LAMBDA": "a lambda",
    "STAR": "a star",
    "WINDOW": "a window function",
    "PARAMETER": "a parameter",
    "COLLATE": "a collation",
    "POSITIONAL_REFERENCE": "a position",
}


def walk(root: Node, columns: Mapping[str, str]) -> set[str]:
    """The columns that a condition reads, as `columns` spells them by their lower-case names.

    RequestError, in one line, for anything that is not on the lists above.
    """
    used: set[str] = set()
    waiting: list[tuple[Node, int]] = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise RequestError(f"the condition is nested more than {DEEPEST} deep; shorten it")
        _check_shape(node)
        if node["class"] == "COLUMN_REF":
            used.add(_column(node, columns))
        waiting += [(child, depth + 1) for child in _children(node)]
    return used


def _check_shape(node: Any) -> None:
    name = node.get("class") if isinstance(node, Mapping) else None
    if name not in SHAPES:
        what = REASONS.get(str(name), f"{name}")
        raise RequestError(f"{what} is not allowed in a condition; compare columns with values")
    types, fields = SHAPES[name]
    if node.get("type") not in types or set(node) - COMMON != fields:
        raise RequestError(f"{node.get('type')} is not allowed in a condition; write it otherwise")


def _children(node: Node) -> Iterator[Node]:
    """The nodes below one whose own shape is right."""
    name = node["class"]
    if name == "COMPARISON":
        yield from (node["left"], node["right"])
    elif name in ("CONJUNCTION", "OPERATOR"):
        yield from node["children"]
    elif name == "BETWEEN":
        yield from (node["input"], node["lower"], node["upper"])
    elif name == "CASE":
        for check in node["case_checks"]:
            yield from (check["when_expr"], check["then_expr"])
        yield node["else_expr"]
    elif name == "CAST":
        _check_type(node["type_expr"])
        yield node["child"]
    elif name == "FUNCTION":
        yield from _arguments(node)
    elif name == "CONSTANT" and node["literal"].get("kind") not in LITERALS:
        raise RequestError(f"a value of kind {node['literal'].get('kind')} is not allowed here")


def _column(node: Node, columns: Mapping[str, str]) -> str:
    names = node["column_names"]
    dotted = ".".join(names)
    found = columns.get(names[0].lower()) if len(names) == 1 else None
    if found is not None:
        return found
    if dotted.lower() in columns:
        raise RequestError(f'write a name with a dot in double quotes: "{columns[dotted.lower()]}"')
    near = get_close_matches(dotted.lower(), columns, n=1)
    hint = f"did you mean {columns[near[0]]}?" if near else "text goes in single quotes"
    raise RequestError(f"there is no column {_brief(dotted)}; {hint}")


def _check_type(node: Node) -> None:
    name = str(node.get("type_name", "")).lower()
    is_plain = node.get("class") == "TYPE" and not node.get("children")
    path = node.get("qualified_name", {}).get("path")
    if not is_plain or name not in TYPES or path != [node["type_name"]]:
        raise RequestError(
            f"a cast to {_brief(name)} is not allowed; use varchar, double or bigint"
        )


def _arguments(node: Node) -> list[Node]:
    name = node["function_name"]
    lowered = str(name).lower()
    if lowered not in FUNCTIONS or node["qualified_name"] != {"path": [name]}:
        near = [one for one in get_close_matches(lowered, FUNCTIONS, n=1) if one != lowered]
        hint = f"; did you mean {near[0]}?" if near else ""
        raise RequestError(f"the function {_brief(name)} is not allowed in a condition{hint}")
    if any(node[field] != value for field, value in NEUTRAL.items()):
        raise RequestError(f"{name} takes plain arguments here: no FILTER, ORDER BY or DISTINCT")
    if any(set(one) != {"name", "expression"} or one["name"] for one in node["arguments"]):
        raise RequestError(f"{name} takes plain arguments here, without names")
    found = [one["expression"] for one in node["arguments"]]
    if lowered in REGEX or lowered in LIKE:
        _check_pattern(name, found[1:])
    return found


def _check_pattern(name: str, patterns: list[Node]) -> None:
    """Patterns are written out and short, so that each is compiled once."""
    for node in patterns:
        if node.get("class") != "CONSTANT":
            raise RequestError("a pattern is text in single quotes, not the value of a column")
        if len(str(node.get("literal", {}).get("text", ""))) > LONGEST_PATTERN:
            raise RequestError(f"a pattern has at most {LONGEST_PATTERN} characters")


def _brief(name: Any) -> str:
    """Somebody's name in a message: quoted, escaped, cut."""
    text = str(name)
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
