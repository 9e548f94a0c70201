"""Metrics by name: what the registry says, and what measuring a subset gives."""

import json

import numpy as np
import pytest
import torch

from core.errors import Cancelled, RequestError
from core.metrics import (
    METRICS,
    Chosen,
    Subject,
    measure,
    measure_prefixes,
    metric,
    metrics,
    novel_sum,
    vendi_score,
)
from core.metrics.registry import COSTS, DIRECTIONS
from core.metrics.subject import READINGS
from tests.select_pools import feature_sets, random_matrix

N_ROWS = 60
NAMES = list(METRICS)


def arrays(seed=0):
    """Everything that a metric may need, as arrays by reading."""
    rng = np.random.default_rng(seed)
    return {
        "codes": random_matrix(N_ROWS, 40, seed=seed, density=0.1),
        "neurons": random_matrix(N_ROWS, 30, seed=seed + 1, density=0.2),
        "embeddings": rng.normal(size=(N_ROWS, 8)).astype(np.float32),
        "clusters": rng.integers(-1, 5, size=N_ROWS).astype(np.int32),
        "lengths": rng.integers(1, 90, size=N_ROWS),
        "tokens": rng.integers(5, 200, size=N_ROWS),
        "columns": {"topic": rng.choice(["law", "code", "art"], size=N_ROWS)},
        "reference": rng.random(40) < 0.5,
    }


def subject_of(values, only=None):
    loaders = {}
    for name, value in values.items():
        if only is None or name in only:
            given = feature_sets(value) if name in ("codes", "neurons") else value
            loaders[name] = lambda given=given: given
    return Subject(N_ROWS, loaders)


def permuted(values, order):
    moved = {"reference": values["reference"]}
    moved["columns"] = {name: one[order] for name, one in values["columns"].items()}
    return moved | {name: one[order] for name, one in values.items() if name not in moved}


@pytest.fixture
def subject():
    return subject_of(arrays())


ROWS = np.random.default_rng(7).permutation(N_ROWS)[:25]


@pytest.mark.parametrize("entry", metrics(), ids=lambda entry: entry["name"])
def test_every_metric_says_what_people_need_to_know(entry):
    assert all(entry[word] for word in ("title", "formula", "source", "needs"))
    assert entry["direction"] in DIRECTIONS and entry["cost"] in COSTS
    assert set(entry["needs"]) <= set(READINGS)
    assert json.loads(json.dumps(entry)) == entry


def test_metrics_are_listed_by_name_and_by_cost():
    assert [entry["name"] for entry in metrics()] == sorted(NAMES)
    light, heavy = metrics("light"), metrics("heavy")
    assert len(light) + len(heavy) == len(NAMES)
    assert {"vendi", "novelsum"} <= {entry["name"] for entry in heavy}


def test_the_promised_metrics_are_there():
    promised = (
        "cluster-coverage column-coverage fac facility-location feature-coverage features-mean "
        "k-center-radius knn-distance length-correlation log-det neuron-coverage novelsum "
        "pairwise-distance partition-entropy radius redundancy tokens tokens-mean vendi words "
        "words-mean"
    )
    assert set(promised.split()) <= set(NAMES)


def test_everything_is_measured_where_everything_was_read(subject):
    found = measure(subject, ROWS)
    assert {name.split(":")[0] for name in found} == set(NAMES)
    assert all(isinstance(value, float) for value in found.values())


def test_measuring_gives_what_the_functions_give(subject):
    found = measure(subject, ROWS, ["vendi", "novelsum", "tokens"])
    assert found["vendi"] == vendi_score(subject.embeddings, ROWS)
    assert found["novelsum"] == pytest.approx(novel_sum(subject.embeddings, ROWS))
    assert found["tokens"] == arrays()["tokens"][ROWS].sum()
    assert list(found) == ["vendi", "novelsum", "tokens"]


def test_a_metric_with_parts_names_each(subject):
    assert measure(subject, ROWS, ["column-coverage"]) == {"column-coverage:topic": 1.0}


@pytest.mark.parametrize("reading", READINGS)
def test_a_metric_is_left_out_where_its_reading_is_absent(reading):
    found = measure(subject_of(arrays(), only={reading}), ROWS)
    expected = {one["name"] for one in metrics() if set(one["needs"]) == {reading}}
    assert {name.split(":")[0] for name in found} == expected


def test_a_metric_not_defined_for_so_few_rows_is_left_out(subject):
    found = measure(subject, ROWS[:1], ["knn-distance", "vendi", "length-correlation"])
    assert found == {"vendi": pytest.approx(1)}


def test_no_rows_cover_nothing_and_have_no_means(subject):
    found = measure(subject, ROWS[:0])
    assert found["feature-coverage"] == found["tokens"] == 0
    assert "vendi" not in found and "tokens-mean" not in found


@pytest.mark.parametrize("name", NAMES)
def test_neither_the_order_of_rows_nor_of_the_pool_matters(name):
    order = np.random.default_rng(3).permutation(N_ROWS)
    moved = subject_of(permuted(arrays(), order))
    there = np.argsort(order)[ROWS][::-1]
    assert measure(moved, there, [name]) == pytest.approx(
        measure(subject_of(arrays()), ROWS, [name]), rel=1e-5
    )


@pytest.mark.parametrize("name", NAMES)
def test_prefixes_have_the_values_of_each_prefix_alone(subject, name):
    budgets = [9, 25, 0, 9, 2]
    found = measure_prefixes(subject, ROWS, budgets, [name])
    alone = [measure(subject_of(arrays()), ROWS[:budget], [name]) for budget in budgets]
    assert found == [pytest.approx(one, rel=1e-5) for one in alone]


def test_what_depends_on_the_pool_is_loaded_once():
    loaded = []

    def load():
        loaded.append(1)
        return arrays()["embeddings"]

    subject = Subject(N_ROWS, {"embeddings": load})
    measure(subject, ROWS)
    measure(subject, ROWS[:5])
    assert len(loaded) == 1


def test_an_unknown_metric_is_named_with_the_nearest(subject):
    with pytest.raises(RequestError, match="did you mean 'vendi'"):
        measure(subject, ROWS, ["vendy"])


@pytest.mark.parametrize("rows", [[-1], [N_ROWS], [[1, 2]], [3, 3]])
def test_rows_that_are_no_subset_are_refused(subject, rows):
    with pytest.raises(ValueError, match="a subset"):
        measure(subject, np.array(rows))


def test_a_budget_that_the_order_lacks_is_refused(subject):
    with pytest.raises(ValueError, match="25 rows; seen budget 26"):
        measure_prefixes(subject, ROWS, [3, 26])


def test_a_reading_of_another_length_is_refused():
    subject = Subject(N_ROWS, {"tokens": lambda: np.arange(3)})
    with pytest.raises(ValueError, match="tokens has 3 rows where the pool has 60"):
        measure(subject, ROWS, ["tokens"])


def test_an_unknown_reading_is_refused():
    with pytest.raises(ValueError, match="no reading 'scent'"):
        Subject(3, {"scent": lambda: None})


@pytest.mark.parametrize(
    ("field", "word"), [("needs", ("scent",)), ("direction", "up"), ("cost", "dear")]
)
def test_a_metric_is_registered_in_known_words(field, word):
    fields = {"title": "t", "formula": "f", "source": "s", "unit": "", "direction": "higher"}
    fields |= {"needs": ("codes",), "cost": "light", field: word}
    with pytest.raises(ValueError, match="unknown"):
        metric("new", **fields)


def test_progress_rises_to_its_end_and_names_the_metric(subject):
    seen = []
    measure_prefixes(
        subject,
        ROWS,
        [5, 25],
        progress=lambda done, total, note="": seen.append((done, total, note)),
    )
    shares = [done / total for done, total, _ in seen]
    assert shares == sorted(shares) and shares[-1] == 1
    assert "NovelSum" in {note for _, _, note in seen}


def test_cancelling_comes_through(subject):
    def stop(done, total, note=""):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        measure(subject, ROWS, progress=stop)


def test_facts_are_found_once_for_all_metrics_of_a_subset(subject):
    found = []
    chosen = Chosen.of(subject, ROWS)
    chosen.once("spectrum", lambda: found.append(1))
    chosen.telling(lambda *_: None).once("spectrum", lambda: found.append(2))
    assert found == [1]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_a_gpu_finds_the_same_values():
    points = np.random.default_rng(2).normal(size=(3000, 64)).astype(np.float32)
    rows = np.random.default_rng(3).permutation(3000)[:900]
    found = {
        device: measure(Subject(3000, {"embeddings": lambda: points}, device=device), rows)
        for device in ("cpu", "cuda")
    }
    assert found["cuda"] == pytest.approx(found["cpu"], rel=1e-4)
