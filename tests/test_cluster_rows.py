"""Names by a model, ratios, rows and trees of clusters on a workspace."""

import numpy as np
import pytest

from core.errors import RequestError
from core.pipeline import (
    cluster_curves,
    cluster_names,
    cluster_rows,
    cluster_trees,
    representation,
    tables,
    views,
)
from core.pipeline.cluster_edits import WORDS, edited, merge, undo
from core.pipeline.filters import Filter, filtered
from core.workspace import Workspace
from tests.clustering import clustered, real, subset, workspace
from tests.conftest import N_ROWS, core

__all__ = ["real", "subset", "workspace"]


def test_a_question_holds_only_the_beginnings_of_typical_rows(real):
    config = cluster_names.NamingConfig(rows_a_cluster=2, characters_a_row=30)
    asked = cluster_names.question(real, 0, "clusters", config)
    rows = cluster_rows.typical_rows(real, 0, n_rows=2)
    texts = [" ".join(text.split())[:30] for text in views.open_pool(real).texts(rows)]
    shown = asked.messages[1]["content"]
    assert all(text in shown for text in texts)
    assert len(shown) <= 2 * 30 + 200


def test_names_by_a_model_say_so_and_are_undone_at_once(workspace):
    made = workspace.current()["clusters"]
    cluster_names.keep(workspace, "clusters", made, {0: "one", 1: "two"}, by="m\n1")
    assert edited(workspace).names[:2] == ("one", "two")
    assert edited(workspace).named_by[:2] == ("m 1", "m 1")
    assert edited(workspace).last == "2 names by m 1"
    undo(workspace)
    assert set(edited(workspace).named_by) == {WORDS}


def test_names_for_clusters_that_are_gone_are_refused(workspace):
    with pytest.raises(RequestError, match="clustered anew"):
        cluster_names.keep(workspace, "clusters", "0" * 16, {0: "one"}, by="m")


# --- ratios ---------------------------------------------------------------------------------


def test_log_ratios_are_centred_and_bear_zero():
    found = tables.log_ratios(np.array([10, 21, 0, 0]), np.array([10.0, 10.0, 10.0, 100.0]))
    assert found[0] == 0 and found[1] == pytest.approx(np.log2(21.5 / 10.5))
    assert np.isfinite(found).all() and found[3] < found[2] < 0


def test_a_tint_is_in_the_middle_at_its_share_and_ends_at_four_times():
    assert representation.tint(0) == 0.5
    assert (representation.tint(2), representation.tint(9)) == (0, 0)
    assert (representation.tint(-2), representation.tint(-9)) == (1, 1)


def test_rows_have_the_tint_of_their_cluster(real, subset):
    table = tables.cluster_table(real, subset, "hdbscan")
    tints, there = representation.row_tints(real, table, "hdbscan")
    labels = np.asarray(views.open_labels(real, "hdbscan"))
    assert np.array_equal(there, labels >= 0) and (tints[labels < 0] == 0.5).all()


@pytest.mark.parametrize(
    ("ratio", "chosen", "said"),
    [(0, 0, "None chosen"), (1.02, 10, "About its share"), (2.5, 25, "2.5 times"),
     (0.4, 4, "0.4 of its share")],
)  # fmt: skip
def test_a_ratio_is_told_in_words(ratio, chosen, said):
    assert said in representation.in_words(ratio, chosen, 10.0)


# --- rows -----------------------------------------------------------------------------------


def test_borderline_rows_come_by_their_margin(real):
    found = cluster_rows.cluster_rows(real, 0, None, order="borderline")
    assert found["margin"].is_monotonic_increasing
    assert (found["next cluster"] != edited(real).names[0]).all()


def test_typical_rows_come_by_their_distance(real):
    assert cluster_rows.cluster_rows(real, 0, None)["distance"].is_monotonic_increasing


def test_chosen_rows_come_in_pick_order(real, subset):
    table = cluster_rows.cluster_rows(real, 0, subset, order="chosen")
    picks = table["pick"].dropna().tolist()
    assert picks == sorted(picks) and table["pick"].notna().to_numpy()[: len(picks)].all()


def test_noise_has_rows_too(real):
    labels = np.asarray(views.open_labels(real, "hdbscan"))
    found = cluster_rows.cluster_rows(real, -1, None, "hdbscan")
    assert sorted(found["row"]) == np.flatnonzero(labels == -1).tolist()


def test_merged_clusters_have_one_middle(workspace):
    clustered(workspace, 4)
    merge(workspace, [0, 1], "both")
    found = cluster_rows.stand(workspace)
    labels, points = edited(workspace).labels, views.open_readings(workspace).embeddings
    inside = np.asarray(points[labels == 0], dtype=np.float32)
    apart = np.linalg.norm(inside - inside.mean(axis=0), axis=1)
    assert np.allclose(found.own[labels == 0], apart, atol=2e-3)
    assert set(found.second[labels == 0]) <= {2, 3}


def test_shares_of_every_spread_add_up_to_one(real):
    for spread in cluster_rows.spreads(real):
        assert spread.pool.sum() == pytest.approx(1)
        assert all(one.sum() == pytest.approx(1) for one in spread.clusters.values())
        assert len(spread.edges) == len(spread.pool) + 1


# --- trees and curves -----------------------------------------------------------------------


def test_clustering_makes_the_tree_too(real):
    for role in ("clusters", "hdbscan"):
        known, tree = edited(real, role), cluster_trees.open_tree(real, role)
        found = cluster_trees.branches(tree, known)
        inside = [one for branch in found for one in branch.clusters]
        assert sorted(inside) == known.numbers.tolist()
        assert sum(branch.n_rows for branch in found) == (known.labels >= 0).sum()


def test_a_merged_cluster_stands_once_in_the_tree(workspace):
    clustered(workspace, 6)
    merge(workspace, [0, 5], "both")
    found = cluster_trees.branches(cluster_trees.open_tree(workspace), edited(workspace))
    inside = [one for branch in found for one in branch.clusters]
    assert sorted(inside) == [0, 1, 2, 3, 4]
    assert sum(branch.n_rows for branch in found) == N_ROWS


def test_the_command_draws_a_curve_that_is_kept(tiny_workspace):
    made = core("cluster", "--curve", "--set", "counts=2,3,5", "--workspace", tiny_workspace)
    workspace = Workspace.open(tiny_workspace)
    found = cluster_curves.stored_curve(workspace)
    assert found.counts == (2, 3, 5) and found.n_rows == N_ROWS
    assert list(made["artifacts"]) == ["cluster-curve"]


def test_a_curve_of_other_readings_is_stale(workspace, monkeypatch):
    cluster_curves.curve(workspace, {"counts": "2"})
    assert not cluster_curves.has_stale(workspace)
    monkeypatch.setattr(cluster_curves, "_newest", lambda *_: None)
    assert cluster_curves.has_stale(workspace)


def test_the_curve_is_estimated_before_it_is_drawn(real):
    assert 0 < cluster_curves.about_seconds(real) < 60
    with pytest.raises(RequestError, match="seen"):
        cluster_curves.about_seconds(real, {"counts": "many"})


def test_a_filter_by_a_merged_cluster_keeps_all_its_rows(workspace):
    clustered(workspace, 4)
    merge(workspace, [0, 1], "both")
    known = edited(workspace)
    only = Filter("cluster", {"role": "clusters", "labels": known.parts(0)})
    found = filtered(workspace, [only], chosen=None)
    assert found.rows.tolist() == np.flatnonzero(known.labels == 0).tolist()
