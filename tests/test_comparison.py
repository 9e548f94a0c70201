"""Subsets held against each other: by hand, against naive sums, and at one budget."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError, RequestError
from core.pipeline import comparison_baselines as baselines
from core.pipeline import comparison_coverage as coverage
from core.pipeline import comparison_files as files
from core.pipeline import comparison_lengths as lengths
from core.pipeline import comparison_members as members
from core.pipeline import comparison_numbers as numbers
from core.pipeline import comparison_rows as rows
from core.pipeline import comparison_scores as scores
from core.pipeline import comparison_sets as sets
from core.pipeline import comparison_stability as stability
from core.pipeline import coverage_bands, coverage_parts, snapshots
from core.pipeline.given import given_subset
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset, solve, stored_order
from core.pipeline.views import open_features, open_pool
from core.select.budget import Budget
from core.workspace import Workspace
from tests.conftest import core

A, B, C = np.array([0, 1, 2, 3]), np.array([2, 3, 4]), np.array([3, 9])
TEN = Budget("rows", 10)


# Sets


def test_exact_intersections_by_hand():
    found = sets.overlap([A, B, C], 10)
    told = {one.members: one.n_rows for one in found.intersections}
    assert told == {(0,): 2, (1,): 1, (2,): 1, (0, 1): 1, (0, 1, 2): 1}
    assert found.exactly(0b111).tolist() == [3]
    assert found.n_union == 6


def test_the_largest_intersection_comes_first():
    counts = [one.n_rows for one in sets.overlap([A, B, C], 10).intersections]
    assert counts == sorted(counts, reverse=True)


def test_jaccard_by_hand():
    found = sets.overlap([A, B, C], 10)
    assert found.jaccard[0, 1] == 2 / 5
    assert found.jaccard[0, 2] == 1 / 5
    assert found.shared.tolist() == [[4, 2, 1], [2, 3, 1], [1, 1, 2]]


def test_two_empty_subsets_are_alike():
    nothing = np.array([], dtype=np.int64)
    found = sets.overlap([nothing, nothing], 5)
    assert found.jaccard.tolist() == [[1, 1], [1, 1]] and not found.intersections


def test_more_subsets_than_fit_are_refused():
    with pytest.raises(ValueError, match="1 to 6"):
        sets.overlap([A] * 7, 10)


@pytest.mark.parametrize(("a", "b", "n"), [(2, 3, 5), (1, 1, 4), (4, 4, 5), (5, 2, 5), (0, 2, 4)])
def test_the_jaccard_of_chance_is_the_mean_over_every_pair_of_subsets(a, b, n):
    pairs = [
        (set(one), set(other))
        for one in itertools.combinations(range(n), a)
        for other in itertools.combinations(range(n), b)
    ]
    mean = sum(len(x & y) / len(x | y) for x, y in pairs) / len(pairs)
    assert sets.expected_jaccard(a, b, n) == pytest.approx(mean, abs=1e-12)


def test_the_jaccard_of_chance_is_that_of_drawn_subsets():
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(400):
        x, y = (rng.choice(2000, size, replace=False) for size in (300, 500))
        both = len(np.intersect1d(x, y))
        drawn.append(both / (800 - both))
    assert sets.expected_jaccard(300, 500, 2000) == pytest.approx(np.mean(drawn), abs=0.002)


def test_rows_expected_by_chance_add_up_to_the_pool():
    sizes = (4, 3, 2)
    whole = sum(sets.expected_rows(pattern, sizes, 10) for pattern in range(8))
    assert whole == pytest.approx(10)
    assert sets.expected_rows(0b001, sizes, 10) == pytest.approx(10 * 0.4 * 0.7 * 0.8)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_intersections_are_those_of_python_sets(data):
    n_pool = data.draw(st.integers(1, 30))
    subsets = data.draw(
        st.lists(st.sets(st.integers(0, n_pool - 1)), min_size=1, max_size=sets.MOST)
    )
    found = sets.overlap([np.array(sorted(one), dtype=np.int64) for one in subsets], n_pool)
    naive = {}
    for row in range(n_pool):
        inside = tuple(at for at, one in enumerate(subsets) if row in one)
        if inside:
            naive[inside] = naive.get(inside, 0) + 1
    assert {one.members: one.n_rows for one in found.intersections} == naive
    for (a, x), (b, y) in itertools.product(enumerate(subsets), repeat=2):
        assert found.jaccard[a, b] == pytest.approx(len(x & y) / len(x | y) if x | y else 1)


# Tokens


def test_a_row_that_does_not_fit_is_skipped():
    tokens = np.array([5, 9, 3, 4, 1])
    kept = baselines.fitting(np.array([0, 1, 2, 3, 4]), tokens, 9)
    assert kept.tolist() == [0, 2, 4]


@pytest.fixture
def workspace(tiny_workspace):
    """The tiny workspace with orders of three methods at 12 rows beside the one in use."""
    opened = Workspace.open(tiny_workspace)
    solve(opened, Request("mads", Budget("rows", 12)))
    solve(opened, Request("kmq", Budget("rows", 9), {"clusters": 3}))
    return opened


def keys(workspace):
    return {one.name: one.key for one in members.offers(workspace)}


@pytest.mark.parametrize("name", ["random", "longest"])
def test_baselines_are_those_of_the_methods_at_equal_rows_and_tokens(workspace, name):
    for budget in (Budget("rows", 7), Budget("tokens", 900)):
        own = baselines.baseline(workspace, name, budget)
        theirs = solve(workspace, Request(name, budget)).subset.rows
        assert own.tolist() == theirs.tolist()


def test_stored_baselines_are_those_made_in_memory(workspace):
    for name in baselines.BASELINES:
        budgets = [Budget("rows", 9), Budget("tokens", 700)]
        fresh = [baselines.baseline(workspace, name, one).tolist() for one in budgets]
        solve(workspace, Request(name, Budget("rows", 40)))
        kept = [baselines.baseline(workspace, name, one).tolist() for one in budgets]
        assert fresh == kept


def test_a_baseline_writes_nothing(workspace):
    before = [one.fingerprint for one in workspace.artifacts("selection")]
    baselines.baseline(workspace, "longest", Budget("rows", 3))
    assert [one.fingerprint for one in workspace.artifacts("selection")] == before


# Members


def test_the_order_in_use_comes_first_and_the_baselines_last(workspace):
    found = members.offers(workspace)
    assert found[0].own and not any(one.own for one in found[1:])
    assert [one.key for one in found[-2:]] == ["baseline:random", "baseline:longest"]


def test_a_nested_order_is_cut_to_the_budget(workspace):
    (one,) = members.members(workspace, [keys(workspace)["sae-greedy"]], TEN)
    whole = stored_order(workspace.in_use("selection"))
    assert one.rows.tolist() == whole.rows[:10].tolist() and one.own and not one.note


def test_an_order_that_ends_before_the_budget_says_so(workspace):
    (one,) = members.members(workspace, [keys(workspace)["mads"]], Budget("rows", 20))
    assert len(one.rows) == 12 and one.note == "solved to 12 rows only"


def test_a_method_without_prefixes_stands_as_it_was_solved(workspace):
    (one,) = members.members(workspace, [keys(workspace)["kmq"]], TEN)
    assert len(one.rows) == 9 and one.note == "solved at 9 rows"


def test_of_several_solved_budgets_the_nearest_stands(workspace):
    solve(workspace, Request("kmq", Budget("rows", 20), {"clusters": 3}))
    (one,) = members.members(workspace, [keys(workspace)["kmq"]], Budget("rows", 18))
    assert len(one.rows) == 20


def test_at_equal_tokens_an_order_is_followed(workspace):
    tokens = baselines.tokens_of(workspace)
    (one,) = members.members(workspace, [keys(workspace)["sae-greedy"]], Budget("tokens", 400))
    assert 0 < tokens[one.rows].sum() <= 400


def test_a_file_stands_whole_and_says_so(workspace, tmp_path):
    ids = open_pool(workspace).ids()
    path = tmp_path / "theirs.txt"
    path.write_text("\n".join([*ids[3:8], "f" * 32]) + "\n", encoding="utf-8")
    made = given_subset(workspace, path)
    offer = next(one for one in members.offers(workspace) if one.kind == "given")
    assert offer.key == f"given:{made.fingerprint}" and offer.name == "theirs.txt"
    (one,) = members.members(workspace, [offer.key], TEN)
    assert one.rows.tolist() == [3, 4, 5, 6, 7] and one.note == "all 5 rows of the file"


def test_a_snapshot_can_be_compared(workspace):
    workspace.choose(budget=6)
    snapshots.keep(workspace, "before, cleaning")
    offer = next(one for one in members.offers(workspace) if one.kind == "snapshot")
    (one,) = members.members(workspace, [offer.key], TEN)
    assert len(one.rows) == 6 and one.note == "solved to 6 rows only"


def test_a_file_called_as_a_method_is_told_apart(workspace, tmp_path):
    path = tmp_path / "random"
    path.write_text("\n".join(open_pool(workspace).ids()[:5]), encoding="utf-8")
    made = given_subset(workspace, path)
    found = members.members(workspace, [f"given:{made.fingerprint}", "baseline:random"], TEN)
    assert [one.name for one in found] == ["random", "random (2)"]


@pytest.mark.parametrize("key", ["order:0000000000000000", "snapshot:none", "nonsense", "given:x"])
def test_what_is_not_on_offer_is_refused_in_one_line(workspace, key):
    with pytest.raises(Exception) as caught:
        members.members(workspace, [key], TEN)
    assert "\n" not in str(caught.value)
    assert caught.type.__name__ in ("RequestError", "WorkspaceError")


def test_more_than_six_are_refused(workspace):
    with pytest.raises(RequestError, match="at most 6"):
        members.members(workspace, [f"order:{n:016x}" for n in range(7)], TEN)


def test_a_link_to_a_shorter_order_finds_the_longer_one(workspace):
    shorter = keys(workspace)["mads"]
    solve(workspace, Request("mads", Budget("rows", 15)))
    assert members.resolved(workspace, shorter) == keys(workspace)["mads"]
    assert members.resolved(workspace, "snapshot:none") is None


def test_the_order_of_rows_does_not_name_a_subset():
    assert members.version_of(np.array([3, 1])) == members.version_of(np.array([1, 3]))


# Coverage


@pytest.fixture
def two(workspace):
    found = keys(workspace)
    return members.members(workspace, [found["sae-greedy"], found["mads"]], TEN)


def naive_latents(workspace, chosen):
    return {int(one) for row in chosen for one in open_features(workspace).sets.rows.row(int(row))}


def test_covered_latents_are_those_of_the_rows(workspace, two):
    covered = coverage.covered_latents(workspace, [one.rows for one in two])
    for one, found in zip(two, covered, strict=True):
        assert set(np.flatnonzero(found)) == naive_latents(workspace, one.rows)


def test_bands_are_those_of_the_coverage_page(workspace, two):
    covered = coverage.covered_latents(workspace, [one.rows for one in two])
    found = coverage.by_band(workspace, covered)
    for at, one in enumerate(two):
        theirs = coverage_bands.bands(workspace, one.rows)
        assert [(b.name, b.n_latents, b.covered[at]) for b in found] == [
            (b.name, b.n_latents, b.n_covered) for b in theirs
        ]


@pytest.mark.parametrize("key", ["clusters", "column:language", "column:n_response_words"])
def test_parts_are_those_of_the_coverage_page(workspace, two, key):
    found = coverage.by_part(workspace, key, [one.rows for one in two])
    for at, one in enumerate(two):
        theirs = coverage_parts.parts(workspace, key, one.rows)
        assert [(p.name, p.n_rows, p.n_latents, p.chosen[at], p.covered[at])
                for p in found.parts] == [
            (p.name, p.n_rows, p.n_latents, p.n_chosen, p.n_covered) for p in theirs.parts
        ]  # fmt: skip


def test_latents_covered_by_one_alone_are_the_difference(workspace, two):
    first, second = coverage.covered_latents(workspace, [one.rows for one in two])
    table = coverage.covered_alone(workspace, first, second, two[0].rows)
    mine, other = (naive_latents(workspace, one.rows) for one in two)
    assert set(table["latent"]) == mine - other
    latent = int(table["latent"].iloc[0])
    having = [
        row for row in two[0].rows if latent in open_features(workspace).sets.rows.row(int(row))
    ]
    assert table["chosen rows"].iloc[0] == len(having)


# Numbers and lengths


def test_numbers_are_beside_equal_rows_and_equal_tokens(workspace, two):
    found = numbers.numbers(workspace, two)
    tokens = baselines.tokens_of(workspace)
    for one, told in zip(two, found, strict=True):
        spent = int(tokens[one.rows].sum())
        assert (told.n_rows, told.tokens) == (10, spent)
        assert told.n_covered == len(naive_latents(workspace, one.rows))
        for name, beside in told.beside.items():
            equal = baselines.baseline(workspace, name, TEN)
            assert beside.at_rows == len(naive_latents(workspace, equal))
            equal = baselines.baseline(workspace, name, Budget("tokens", spent))
            assert beside.at_tokens == len(naive_latents(workspace, equal))
            assert beside.rows_at_tokens == len(equal)


def test_a_pool_without_a_model_has_words_alone(workspace, two):
    workspace.use({"pool": workspace.current()["pool"]})
    found = numbers.numbers(workspace, two)[0]
    assert found.n_covered is None and found.tokens is None and not found.beside
    assert found.words_mean > 0


@pytest.mark.parametrize("unit", ["words", "tokens"])
def test_shares_of_lengths_add_up_and_medians_are_numpys(workspace, two, unit):
    found = lengths.length_spreads(workspace, [one.rows for one in two], unit)
    own = lengths.lengths_of(workspace, unit)
    for one, spread in zip(two, found.subsets, strict=True):
        assert spread.shares.sum() == pytest.approx(1)
        assert spread.median == np.median(own[one.rows])
        assert spread.total == own[one.rows].sum()


# Rows


def found_rows(workspace, chosen, region, points=None):
    overlap = sets.overlap([one.rows for one in chosen], open_pool(workspace).n_rows)
    return overlap, rows.rows_found(workspace, chosen, overlap, region, points)


@pytest.mark.parametrize(
    ("which", "keep"),
    [
        ("only first", lambda a, b: a - b),
        ("both", lambda a, b: a & b),
        ("only second", lambda a, b: b - a),
        (None, lambda a, b: a | b),
    ],
)
def test_sides_of_a_pair_are_differences_of_sets(workspace, two, which, keep):
    _, found = found_rows(workspace, two, rows.Region(pair=(0, 1), which=which))
    wanted = keep(*(set(one.rows.tolist()) for one in two))
    assert found.n_found == len(wanted) and set(found.table["row"]) == wanted


def test_an_intersection_lists_its_rows_by_their_earliest_pick(workspace, two):
    overlap, found = found_rows(workspace, two, rows.Region(pattern=1))
    assert set(found.table["row"]) == set(overlap.exactly(1).tolist())
    assert list(found.table["pick"]) == sorted(found.table["pick"])
    assert set(found.table["in"]) == {"sae-greedy"}


def test_a_lasso_narrows_and_says_what_it_leaves_out(workspace, two):
    points = np.zeros((40, 2), dtype=np.float32)
    inside = int(two[0].rows[0])
    points[inside] = 5
    square = [[4.0, 4.0], [6.0, 4.0], [6.0, 6.0], [4.0, 6.0]]
    region = rows.Region(strokes=[{"mode": "replace", "points": square}])
    overlap, found = found_rows(workspace, two, region, points)
    assert list(found.table["row"]) == [inside]
    assert found.n_outside == overlap.n_union - 1


def test_an_unknown_intersection_is_refused(workspace, two):
    with pytest.raises(RequestError, match="no intersection 9"):
        found_rows(workspace, two, rows.Region(pattern=9))


# Metrics and seeds


def test_what_was_measured_is_kept_by_its_rows(workspace, two):
    wanted = {"a": two[0].rows[:5]}
    assert scores.stored(workspace, wanted["a"]) is None
    values = scores.measured(workspace, wanted)["a"]
    assert scores.stored(workspace, wanted["a"][::-1]) == values
    light = scores.light(workspace, [wanted["a"]])[0]
    assert light and all(values[name] == pytest.approx(one) for name, one in light.items())


def test_the_best_of_a_metric_depends_on_its_direction():
    lines = {line.name: line for line in scores.lines([
        {"feature-coverage": 0.5, "redundancy": 0.9, "tokens": 7.0},
        {"feature-coverage": 0.4, "redundancy": 0.1, "tokens": 9.0},
    ])}  # fmt: skip
    assert lines["feature-coverage"].best == 0
    assert lines["redundancy"].best == 1
    assert lines["tokens"].best is None
    assert lines["redundancy"].formula and lines["redundancy"].source


def test_random_is_known_over_its_seeds_and_others_once_they_were_drawn(workspace):
    found = keys(workspace)
    random, kmq = members.members(workspace, [found["random"], found["kmq"]], Budget("rows", 9))
    assert stability.stored_draws(workspace, random).n_seeds == 5
    assert stability.stored_draws(workspace, kmq) is None
    solve(workspace, Request("kmq", Budget("rows", 9), {"clusters": 3}, seed=1))
    drawn = stability.stored_draws(workspace, kmq)
    assert drawn.n_seeds == 2 and drawn.low is None and 0 <= drawn.mean <= 1


def test_a_method_that_does_not_draw_is_said_to_be_fixed(workspace):
    key = keys(workspace)["sae-greedy"]
    solve(workspace, Request("sae-greedy", Budget("rows", 10), seed=3))
    (one,) = members.members(workspace, [key], TEN)
    assert stability.stored_draws(workspace, one).is_fixed


# Files and the verb


@pytest.fixture
def selections(workspace, tmp_path):
    """Selection files of two methods, and ids in a plain file, one of them of no row."""
    found = []
    for method in ("mads", "sae-greedy"):
        out = tmp_path / f"{method}.json"
        select_subset(workspace, Request(method, TEN), out=out)
        found.append(out)
    theirs = tmp_path / "theirs.txt"
    theirs.write_text("\n".join([*open_pool(workspace).ids()[:4], "e" * 32]), encoding="utf-8")
    return [*found, theirs]


def test_files_are_held_against_each_other(workspace, selections):
    found = files.compare(workspace, selections)
    names = [one["name"] for one in found["subsets"]]
    assert names == ["mads", "sae-greedy", "theirs.txt"]
    assert "1 row of it" in found["subsets"][2]["remark"]
    given_ids = [set(json.loads(path.read_text())["rows"]) for path in selections[:2]]
    both = len(given_ids[0] & given_ids[1])
    assert found["overlap"]["jaccard"][0][1] == pytest.approx(both / (20 - both), abs=1e-6)
    beside = found["subsets"][0]["metrics"]
    assert set(beside) == {"subset", "random", "longest", "random, tokens", "longest, tokens"}
    assert math.isclose(beside["random"]["feature-coverage"],
                        found["subsets"][1]["metrics"]["random"]["feature-coverage"])  # fmt: skip


def test_files_of_the_page_can_be_read_by_the_job(workspace, two):
    written = files.asked_files(workspace, two)
    found = files.compare(workspace, written)
    assert [one["rows"] for one in found["subsets"]] == [10, 10]
    assert scores.stored(workspace, two[0].rows) is not None


@pytest.mark.parametrize("n", [1, 7])
def test_two_to_six_files_are_compared(workspace, selections, n):
    with pytest.raises(RequestError, match="two to 6"):
        files.compare(workspace, selections[:1] * n)


def test_one_seed_says_nothing(workspace, selections):
    with pytest.raises(RequestError, match="2 to 50 seeds"):
        files.compare(workspace, selections, seeds=1)


def test_a_file_of_other_rows_is_refused(workspace, selections, tmp_path):
    path = tmp_path / "foreign.txt"
    path.write_text("d" * 32 + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="nothing in"):
        files.compare(workspace, [selections[0], path])


def test_the_verb_answers_as_json(workspace, selections):
    found = core("compare", *selections[:2], "--seeds", "2", "--workspace", workspace.root)
    assert [one["rows"] for one in found["subsets"]] == [10, 10]
    assert found["subsets"][1]["stability"]["mean"] == 1
    assert found["overlap"]["intersections"][0]["rows"] > 0
