"""The reference pages say what the registries say."""

import re

import pytest

from core.metrics import metrics
from core.select import methods
from scripts.reference import pages, stale


def test_the_committed_pages_are_what_the_registries_make():
    assert stale() == [], "run: python -m scripts.reference"


@pytest.mark.parametrize("entry", methods(), ids=lambda one: one["name"])
def test_every_method_and_option_is_told(entry):
    page = pages()["methods.md"]
    assert f"\n## {entry['name']}\n" in page
    assert all(f"| `{option['name']}` |" in page for option in entry["options"])


@pytest.mark.parametrize("entry", metrics(), ids=lambda one: one["name"])
def test_every_metric_is_told_with_its_source(entry):
    line = next(x for x in pages()["metrics.md"].splitlines() if f"| `{entry['name']}` |" in x)
    assert entry["source"] in line.replace("\\|", "|")


@pytest.mark.parametrize("name", pages())
def test_every_row_of_a_table_has_as_many_cells_as_its_head(name):
    for block in re.findall(r"(?:^\|.*\n)+", pages()[name], flags=re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block[:200]
