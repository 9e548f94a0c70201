"""Constraints as people state them, on a workspace: kept, refused in one line, in the recipe."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from core.errors import DataError, RequestError, WorkspaceError
from core.pipeline import (
    duplicates,
    evaluation,
    exports,
    given,
    moving,
    outside,
    replaying,
    scores,
    selection,
    stable,
    targets,
)
from core.pipeline.requests import Request, groups_in_use, read_weights
from core.pipeline.selection_file import write_selection
from core.pipeline.views import open_features, open_pool, open_readings
from core.select import SELECTORS
from core.select.budget import Budget
from core.workspace import Workspace


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


def solved(workspace, method="sae-greedy", n=12, **asked):
    return selection.solve(workspace, Request(method, Budget("rows", n), **asked))


def topics(workspace):
    return open_pool(workspace).column("topic")


def test_a_quota_on_a_column_is_kept(workspace):
    values, counts = np.unique(topics(workspace).astype(str), return_counts=True)
    name, size = values[counts.argmin()], int(counts.min())
    found = solved(workspace, n=20, quotas=(f"topic={name}:{size}-",)).subset
    assert (topics(workspace)[found.rows] == name).sum() == size


def test_an_order_under_a_least_is_solved_for_its_budget_alone(workspace):
    found = solved(workspace, n=10, quotas=("schema=messages:1-",)).order
    assert len(found) == 10
    assert not found.nested


def test_muted_latents_gain_nothing(workspace):
    sets = open_features(workspace).sets
    row = int(solved(workspace).subset.rows[0])
    muted = {int(latent): 0.0 for latent in sets.rows.row(row)}
    own = solved(workspace, n=len(open_pool(workspace).ids()), weights=muted).order
    place = int(np.flatnonzero(own.rows == row)[0])
    assert own.own_gains[place] == 0


def test_length_control_shortens_what_is_chosen(workspace):
    tokens = np.asarray(open_readings(workspace).n_tokens)
    plain, controlled = solved(workspace), solved(workspace, length_power=1.0)
    assert tokens[controlled.subset.rows].sum() < tokens[plain.subset.rows].sum()


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"weights": {10**6: 1.0}}, "latent 1000000 does not exist"),
        ({"weights": {0: -1.0}}, "from 0 \\(mute\\)"),
        ({"length_power": 9.0}, "from 0 to 4"),
        ({"quotas": ("schema",)}, "column=value:least-most"),
        ({"quotas": ("schema=nothing:1-",)}, "no row has schema=nothing"),
    ],
)
def test_a_constraint_that_cannot_be_is_refused_in_one_line(workspace, asked, match):
    with pytest.raises(RequestError, match=match):
        solved(workspace, **asked)


def test_a_weight_that_is_no_number_is_refused_as_seen():
    with pytest.raises(RequestError, match="seen 3=much"):
        read_weights({"3": "much"})


def test_groups_have_to_be_made_before_they_are_asked_for(workspace):
    with pytest.raises(WorkspaceError, match="no duplicates in use yet; run `duplicates` first"):
        groups_in_use(workspace)


def test_a_request_survives_its_recipe(workspace):
    asked = Request(
        "sae-greedy",
        Budget("rows", 9),
        quotas=("schema=messages:1-",),
        length_power=0.5,
        weights={3: 0.0, 7: 2.0},
        seed=4,
    )
    artifact = selection.solve(workspace, asked).artifact
    again = Request.of(artifact.config, asked.budget)
    assert again.as_config() == asked.as_config()


def test_an_order_of_an_earlier_version_is_not_taken_for_a_new_one(workspace, monkeypatch):
    before = solved(workspace, "repr-filter", 12).artifact.fingerprint
    monkeypatch.setattr(selection, "VERSION", selection.VERSION + 1)
    assert solved(workspace, "repr-filter", 5).artifact.fingerprint != before


def test_an_order_of_an_earlier_version_of_its_method_is_not_taken_for_a_new_one(
    workspace, monkeypatch
):
    before = solved(workspace, "repr-filter", 12).artifact.fingerprint
    others = solved(workspace, "longest", 12).artifact.fingerprint
    newer = replace(SELECTORS.get("repr-filter"), version=9)
    monkeypatch.setitem(SELECTORS._entries, "repr-filter", newer)
    assert solved(workspace, "repr-filter", 5).artifact.fingerprint != before
    assert solved(workspace, "longest", 5).artifact.fingerprint == others


def test_what_is_not_asked_is_not_in_the_recipe():
    assert set(Request("random", Budget("rows", 3)).as_config()) == {"seed", "pinned", "forbidden"}


# somebody else's subset


def written(tmp_path, text, name="theirs.txt"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def ids(workspace):
    return open_pool(workspace).ids()


def test_ids_row_numbers_and_rows_name_the_same_examples(workspace, tmp_path, ids):
    raw = open_pool(workspace).raw_rows(np.array([4, 9, 2]))
    files = [
        written(tmp_path, "\n".join([ids[4], ids[9], ids[2]]), "ids.txt"),
        written(tmp_path, "4\n9\n2\n", "numbers.txt"),
        written(tmp_path, "[4, 9, 2]", "numbers.json"),
        written(tmp_path, json.dumps({"rows": [ids[4], ids[9], ids[2]]}), "selection.json"),
    ]
    made = {given.given_subset(workspace, file).fingerprint for file in files}
    assert len(made) == 1
    assert given.given_rows(workspace, made.pop()).tolist() == [4, 9, 2]
    assert len(list(raw)) == 3


def test_rows_are_matched_by_their_text_and_the_unmatched_counted(workspace, tmp_path, tiny_source):
    lines = tiny_source.read_text(encoding="utf-8").splitlines()
    foreign = json.dumps({"instruction": "Never seen?", "output": "Never."})
    path = written(tmp_path, "\n".join([lines[3], lines[1], foreign]), "rows.jsonl")
    artifact = given.given_subset(workspace, path)
    assert given.given_rows(workspace, artifact.fingerprint).tolist() == [3, 1]
    assert artifact.notes["n_unmatched"] == 1


def test_a_given_subset_is_solved_in_its_own_order(workspace, tmp_path, ids):
    path = written(tmp_path, "\n".join([ids[4], ids[9], ids[2]]))
    brought = outside.named(workspace, given=str(path), targets=None)
    request = Request("given", brought.whole, given=brought.given)
    assert selection.solve(workspace, request).subset.rows.tolist() == [4, 9, 2]


@pytest.mark.parametrize(
    ("text", "match"),
    [("4\n999999\n", "outside the pool of"), ("f" * 32, "nothing in .* is in the pool")],
)
def test_a_file_that_names_nothing_here_is_refused(workspace, tmp_path, text, match):
    with pytest.raises((RequestError, DataError), match=match):
        given.given_subset(workspace, written(tmp_path, text))


def test_a_file_of_nothing_known_is_refused(workspace, tmp_path):
    with pytest.raises(DataError, match="no example ids, no row numbers and no rows"):
        given.given_subset(workspace, written(tmp_path, "what is this\n", "x.bin"))


# targets


def test_target_examples_are_read_as_the_pool_was(workspace, tmp_path, tiny_source):
    lines = tiny_source.read_text(encoding="utf-8").splitlines()
    path = written(tmp_path, "\n".join(lines[:3]), "targets.jsonl")
    artifact = targets.target_examples(workspace, path)
    read = targets.target_sets(workspace, artifact.fingerprint)
    own = open_features(workspace).sets.rows
    assert [read.row(at).tolist() for at in range(3)] == [own.row(at).tolist() for at in range(3)]


# metrics


def test_moving_the_budget_tells_what_the_prefix_covers(workspace):
    order = selection.stored_order(workspace.in_use("selection"))
    facts = moving.facts_at(workspace, 7)
    assert facts.covered == order.gains[:7].sum()
    assert facts.tokens == np.asarray(open_readings(workspace).n_tokens)[order.rows[:7]].sum()


def test_a_subset_is_measured_beside_its_four_baselines(workspace):
    rows = solved(workspace).subset.rows
    found = scores.measure_subset(workspace, rows, ["tokens", "feature-coverage"])
    assert set(found) == {"subset", "random", "longest", "random, tokens", "longest, tokens"}
    assert found["random, tokens"]["tokens"] <= found["subset"]["tokens"]
    assert found["subset"]["feature-coverage"] >= found["random"]["feature-coverage"]


def test_the_order_is_measured_at_its_stored_budgets(workspace):
    assert scores.stored_series(workspace) is None
    scores.measure_order(workspace)
    series = scores.stored_series(workspace)
    assert series.budgets[-1] == workspace.choices()["budget"]
    assert set(series.values) == {"subset", "random", "longest"}
    curve = series.values["subset"]["feature-coverage"]
    assert len(curve) == len(series.budgets)
    assert list(curve) == sorted(curve)


@pytest.mark.parametrize(("least", "most", "count"), [(10, 5000, 20), (10, 12, 3), (10, 10, 1)])
def test_stored_budgets_run_from_the_least_to_the_most(least, most, count):
    budgets = scores.stored_budgets(least, most)
    assert (budgets[0], budgets[-1], len(budgets)) == (least, most, count)


def test_a_method_that_draws_is_less_stable_than_one_that_does_not(workspace):
    request = Request("random", Budget("rows", 12))
    drawn = stable.seed_stability(workspace, request, 3)
    fixed = stable.seed_stability(workspace, Request("longest", Budget("rows", 12)), 3)
    assert drawn["mean"] < fixed["mean"] == 1.0


def test_a_selection_of_another_pool_is_not_evaluated(workspace, tmp_path):
    out = tmp_path / "s.json"
    one = solved(workspace)
    write_selection(workspace, one.artifact, one.subset, out)
    record = json.loads(out.read_text()) | {"dataset": "0" * 16}
    out.write_text(json.dumps(record))
    with pytest.raises(DataError, match="was chosen from the pool 0000"):
        evaluation.evaluate(workspace, [out], evaluation.Ask())


# replay


def replayed(workspace, tmp_path, request, source):
    """Export a request's subset, and make it again in an empty workspace."""
    out = tmp_path / "sel.json"
    solved_one = selection.solve(workspace, request)
    write_selection(workspace, solved_one.artifact, solved_one.subset, out)
    exports.export(workspace, out, tmp_path / "first")
    fresh = Workspace.create(tmp_path / "fresh")
    shutil.copytree(workspace.root / "sae", fresh.root / "sae")
    where = replaying.Where(sources=(str(source),), out=tmp_path / "again")
    replaying.replay(fresh, tmp_path / "first" / "manifest.json", where)
    return [(tmp_path / name / "manifest.json").read_bytes() for name in ("first", "again")]


@pytest.mark.parametrize(
    "request_of",
    [
        lambda w: Request("sae-greedy", Budget("tokens", 500)),
        lambda w: Request("random", Budget("rows", 5), quotas=("topic=history:1-",)),
        lambda w: Request("longest", Budget("rows", 6), duplicates=groups(w)),
        lambda w: Request("sae-greedy", Budget("rows", 6), length_power=1.0, weights={3: 0.0}),
    ],
    ids=["tokens", "quotas", "groups", "weights"],
)
def test_a_constrained_export_is_made_again_bit_for_bit(
    workspace, tmp_path, tiny_source, request_of
):
    first, again = replayed(workspace, tmp_path, request_of(workspace), tiny_source)
    assert first == again


def test_a_prefix_of_a_further_order_is_made_again(workspace, tmp_path, tiny_source):
    selection.solve(workspace, Request("repr-filter", Budget("rows", 12)))
    request = Request("repr-filter", Budget("rows", 5))
    first, again = replayed(workspace, tmp_path, request, tiny_source)
    assert first == again


def test_a_given_subset_is_made_again_from_its_ids(workspace, tmp_path, tiny_source, ids):
    brought = outside.named(
        workspace, given=str(written(tmp_path, f"{ids[4]}\n{ids[2]}")), targets=None
    )
    request = Request("given", brought.whole, given=brought.given)
    first, again = replayed(workspace, tmp_path, request, tiny_source)
    assert first == again


def groups(workspace):
    duplicates.duplicates(workspace, "exact")
    return groups_in_use(workspace)
