"""A column of tags as feature sets: text, lists or JSON, whatever a tagger wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.records import Csr, FeatureSets
from core.sparse import transpose

SEPARATORS = re.compile(r"[,;\n]")
SHOWN = 60  # characters of a value in a message


def tag_sets(column: NDArray[Any], name: str) -> FeatureSets:
    """Each row's set of tags, from a column (n_rows,).

    A value is text with tags between commas, semicolons or line ends, a list of texts, or either
    as a JSON list (of texts, or of objects with a `tag`). Tags are stripped and case-folded; empty
    ones and gaps do not count. Tags are numbered in the order of their text. RequestError for a
    value that is none of these, or a column without any tag.
    """
    tags = [tags_of(value, name) for value in column.tolist()]
    known = sorted(set().union(*tags))
    if not known:
        raise RequestError(f"column {name!r} holds no tags; name another column")
    numbers = {tag: number for number, tag in enumerate(known)}
    sets = [sorted(numbers[tag] for tag in one) for one in tags]
    indptr = np.cumsum([0, *map(len, sets)], dtype=np.int64)
    indices = np.array([number for one in sets for number in one], dtype=np.uint32)
    rows = Csr(indptr, indices, None, len(known))
    return FeatureSets(rows, transpose(rows))


def tags_of(value: Any, name: str) -> set[str]:
    """The tags of one value of column `name`."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return set()
    if isinstance(value, str):
        return _of_text(value, name)
    if isinstance(value, list | tuple | set | np.ndarray):
        return _folded([_of_item(item, name) for item in value])
    raise _refused(value, name)


def _of_text(text: str, name: str) -> set[str]:
    if text.lstrip().startswith("["):
        try:
            listed = json.loads(text)
        except (ValueError, RecursionError):
            pass  # a text that begins with a bracket
        else:
            return _folded([_of_item(item, name) for item in listed])
    return _folded(SEPARATORS.split(text))


def _of_item(item: Any, name: str) -> str:
    tag = item.get("tag") if isinstance(item, dict) else item
    if not isinstance(tag, str):
        raise _refused(item, name)
    return tag


def _folded(tags: Iterable[str]) -> set[str]:
    return {folded for tag in tags if (folded := tag.strip().casefold())}


def _refused(value: Any, name: str) -> RequestError:
    seen = repr(value)
    seen = f"{seen[:SHOWN]}…" if len(seen) > SHOWN else seen
    return RequestError(
        f"column {name!r} is no column of tags: tags are text or lists of text; seen {seen}"
    )
