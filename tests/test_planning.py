"""What a pass will take, how features spread, and where a piece of text stands."""

import numpy as np
import pytest

from core.data.ingest import IngestConfig, ingest
from core.pipeline.distributions import MAX_BARS, histogram
from core.pipeline.planning import BYTES_A_TOKEN, plan
from core.pipeline.pools import rows_with
from core.pipeline.readings import Ask


@pytest.fixture
def pool(tmp_path):
    """Three examples, the second of two long turns."""
    source = tmp_path / "a.csv"
    long = "word " * 400
    source.write_text(f"prompt,completion\nHello,there\n{long},{long}\nhELLo again,yes\n")
    return ingest([str(source)], IngestConfig()).pool


def test_text_is_found_in_any_turn_case_aside(pool):
    assert rows_with(pool, "hello").tolist() == [0, 2]
    assert rows_with(pool, "THERE").tolist() == [0]


def test_no_text_finds_every_row(pool):
    assert rows_with(pool, "").tolist() == [0, 1, 2]


def test_a_pattern_is_taken_as_text(pool):
    assert rows_with(pool, ".*").tolist() == []


def test_a_plan_counts_no_more_tokens_a_row_than_the_model_reads(pool):
    planned = plan(pool, Ask(options={"max_length": 50}))
    short = sum(np.ceil(n / BYTES_A_TOKEN) for n in (len("Hellothere"), len("hELLo againyes")))
    assert planned.about_tokens == 50 + short
    assert planned.about_truncated == 1


def test_a_plan_for_a_model_without_a_known_sae_says_that_one_is_trained(pool):
    assert plan(pool, Ask(model="org/name")).trains_sae


def test_a_plan_with_a_named_sae_trains_none(pool):
    assert not plan(pool, Ask(model="org/name", sae="folder")).trains_sae


def test_every_value_is_in_one_bar_and_the_last_bar_holds_the_tail():
    values = np.r_[np.zeros(500, np.int64), np.arange(500), 10_000]
    bars = histogram(values)
    assert bars.counts.sum() == len(values)
    assert len(bars.counts) <= MAX_BARS
    assert bars.labels[-1].endswith("and more")


def test_bars_of_one_value_are_named_by_it():
    bars = histogram(np.array([0, 1, 1, 2]))
    assert (bars.labels, bars.counts.tolist()) == (["0", "1", "2 and more"], [1, 2, 1])
