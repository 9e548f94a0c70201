"""The neuron benchmark runs at tiny size, on states that are what they are said to be."""

import numpy as np
import pytest

from benchmarks import neurons
from benchmarks.generated_neurons import neuron_states

TINY = [
    *("--rows", "200", "--layers", "3", "--layer-size", "100", "--share", "0.04"),
    *("--stored-share", "0.1", "--repeats", "2"),
]


@pytest.fixture(scope="module")
def result():
    return neurons.measure(neurons.parse(TINY))


@pytest.fixture(scope="module")
def states():
    return neuron_states(50, 3, 100, share=0.1, seed=5)


def test_the_method_chooses_what_the_engine_chooses_on_the_same_sets(result):
    assert result["selector"]["equal_to_engine"] is True


def test_a_row_has_its_share_of_every_layer(result):
    assert (result["per_row"], result["stored_entries"]) == (12.0, 200 * 30)


def test_the_budget_is_a_share_of_the_rows(result):
    assert result["budget"] == 30


def test_memory_is_told_before_and_at_its_peak(result):
    memory = result["engine"]["memory_with_transpose"]
    assert memory["peak_mb"] >= memory["before_mb"] > 0


def test_the_neurons_of_a_row_ascend_and_lie_ten_in_each_layer(states):
    rows = np.array([states.rows.row(row) for row in range(50)]).astype(int)
    assert (np.diff(rows) > 0).all()
    assert (rows.reshape(50, 3, 10) // 100 == np.arange(3)[:, None]).all()


def test_a_tenth_of_the_neurons_have_a_third_of_the_entries():
    rows = neuron_states(400, 1, 1_000, share=0.01).rows
    counts = np.sort(np.bincount(rows.indices, minlength=1_000))
    assert counts[-100:].sum() > counts.sum() / 3


def test_the_same_seed_generates_the_same_states(states):
    again = neuron_states(50, 3, 100, share=0.1, seed=5)
    assert again.rows.indices.tolist() == states.rows.indices.tolist()
    assert again.rows.values.tolist() == states.rows.values.tolist()
