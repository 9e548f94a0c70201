"""Names and merges by hand: kept, undone, and carried over to another clustering."""

import json
import multiprocessing

import numpy as np
import pytest

from core.errors import RequestError, WorkspaceError
from core.pipeline import (
    cluster_edits,
    colouring,
    representation,
    tables,
    views,
)
from core.pipeline.cards import example_card
from core.pipeline.cluster_edits import HAND, WORDS, edited, merge, rename, undo
from core.pipeline.filters import Filter, filter_title
from core.workspace import Workspace
from tests.clustering import clustered, real, workspace
from tests.conftest import N_ROWS

__all__ = ["real", "workspace"]


def test_without_edits_clusters_are_as_they_were_made(real):
    known = edited(real)
    assert known.names == tuple(views.in_use(real, "clusters").notes["names"])
    assert set(known.named_by) == {WORDS} and known.n_merged == 0 and known.last is None
    assert np.array_equal(known.labels, views.open_labels(real))


def test_a_name_by_hand_is_shown_everywhere(workspace):
    rename(workspace, {0: "my name"})
    row = int(np.flatnonzero(edited(workspace).labels == 0)[0])
    assert edited(workspace).named_by[0] == HAND
    assert tables.cluster_labels(workspace)[row] == "my name"
    assert tables.cluster_table(workspace, None)["name"][0] == "my name"
    assert tables.row_table(workspace, np.array([row]))["cluster"][0] == "my name"
    assert example_card(workspace, row).facts["cluster"] == "my name"
    assert colouring.colouring(workspace, "clusters").names[0] == "my name"
    only = Filter("cluster", {"role": "clusters", "labels": [0]})
    assert "my name" in filter_title(workspace, only)


def test_a_renamed_colouring_has_another_fingerprint(workspace):
    before = colouring.colouring(workspace, "clusters").fingerprint
    rename(workspace, {0: "my name"})
    assert colouring.colouring(workspace, "clusters").fingerprint != before


def test_merged_clusters_count_as_one(workspace):
    labels = clustered(workspace, 5)
    sizes = np.bincount(labels)
    merge(workspace, [1, 3], "both")
    known = edited(workspace)
    assert known.numbers.tolist() == [0, 1, 2, 4] and known.parts(1) == [1, 3]
    assert known.sizes()[1] == sizes[1] + sizes[3]
    table = tables.cluster_table(workspace, None)
    assert table.loc[table["name"] == "both", "rows"].tolist() == [sizes[1] + sizes[3]]
    assert representation.cluster_numbers(workspace, None).n_clusters == 4


def test_a_merge_of_a_merge_holds_all_parts(workspace):
    clustered(workspace, 5)
    merge(workspace, [1, 3], "two")
    merge(workspace, [1, 4], "three")
    assert edited(workspace).parts(1) == [1, 3, 4] and edited(workspace).names[4] == "three"


def test_undo_takes_back_the_last_step_of_its_clustering(workspace):
    clustered(workspace, 4)
    before = edited(workspace)
    rename(workspace, {0: "kept"})
    merge(workspace, [1, 2], "both")
    undo(workspace)
    assert edited(workspace).n_merged == 0 and edited(workspace).names[0] == "kept"
    undo(workspace)
    undo(workspace)
    assert edited(workspace).names == before.names and edited(workspace).last is None


@pytest.fixture
def reclustered(workspace, monkeypatch):
    """Puts labels by hand in the place of a clustering; gives what the edits make of them."""

    def put(labels):
        labels = np.asarray(labels, dtype=np.int32)
        n_clusters = int(labels.max()) + 1
        notes = {"n_clusters": n_clusters, "names": [f"words {at}" for at in range(n_clusters)]}
        made = views.in_use(workspace, "clusters")
        meta = {**made.meta, "notes": {**made.notes, **notes}}
        name = f"{abs(hash(labels.tobytes())):016x}"[:16]
        found = type(made)("clusters", name, made.folder, meta)
        real = views.in_use
        monkeypatch.setattr(
            cluster_edits,
            "in_use",
            lambda held, role: found if role == "clusters" else real(held, role),
        )
        monkeypatch.setattr(cluster_edits, "open_labels", lambda *_: labels)
        return edited(workspace)

    return put


def test_a_name_goes_to_the_cluster_with_most_of_its_rows(workspace, reclustered):
    reclustered([0] * 20 + [1] * 12 + [2] * 8)
    rename(workspace, {1: "mine"})
    known = reclustered([2] * 22 + [1] * 10 + [0] * 8)  # 10 of 12 rows in both: 10 / 12
    assert known.names == ("words 0", "mine", "words 2") and known.named_by[1] == HAND


def test_a_name_stays_behind_below_half_of_all_rows(workspace, reclustered):
    reclustered([0] * 20 + [1] * 12 + [2] * 8)
    rename(workspace, {1: "mine"})
    known = reclustered([0] * 27 + [1] * 13)  # 12 rows parted: 7 of 32 and 5 of 20
    assert known.names == ("words 0", "words 1")
    (lost,) = known.not_carried
    assert (lost.name, lost.n_rows, lost.nearest) == ("mine", 12, pytest.approx(5 / 20))


def test_a_merge_gathers_the_clusters_into_which_its_rows_fell(workspace, reclustered):
    reclustered([0] * 20 + [1] * 12 + [2] * 8)
    merge(workspace, [1, 2], "both")
    known = reclustered([0] * 19 + [1] * 7 + [2] * 7 + [3] * 7)  # 20 of its rows in 21
    assert known.parts(1) == [1, 2, 3] and known.names[1:] == ("both",) * 3


def test_a_merge_whose_rows_fall_into_one_cluster_names_it(workspace, reclustered):
    reclustered([0] * 20 + [1] * 12 + [2] * 8)
    merge(workspace, [1, 2], "both")
    known = reclustered([0] * 20 + [1] * 20)
    assert known.names == ("words 0", "both") and known.n_merged == 0


def test_a_merge_whose_rows_are_scattered_is_not_carried_over(workspace, reclustered):
    reclustered([0] * 20 + [1] * 12 + [2] * 8)
    merge(workspace, [1, 2], "both")
    known = reclustered([0, 1] * 20)
    assert known.n_merged == 0 and known.not_carried[0].what == "Merge"


def test_the_same_clustering_made_again_finds_every_edit(workspace):
    clustered(workspace, 5)
    rename(workspace, {1: "mine"})
    merge(workspace, [2, 3], "both")
    clustered(workspace, 2)
    clustered(workspace, 5)
    known = edited(workspace)
    assert (known.names[1], known.names[2], known.parts(2)) == ("mine", "both", [2, 3])
    assert known.not_carried == ()


def test_an_edit_that_fits_no_cluster_is_told_and_kept(workspace):
    clustered(workspace, N_ROWS)  # every row alone
    rename(workspace, {0: "a lonely row"})
    clustered(workspace, 2)
    known = edited(workspace)
    assert "a lonely row" not in known.names
    (lost,) = known.not_carried
    assert (lost.name, lost.n_rows) == ("a lonely row", 1) and lost.nearest < 0.5
    clustered(workspace, N_ROWS)
    assert edited(workspace).names[0] == "a lonely row"


def test_edits_of_one_clustering_do_not_touch_the_other(workspace):
    rename(workspace, {0: "k-means only"})
    assert "k-means only" not in edited(workspace, "hdbscan").names
    assert edited(workspace, "hdbscan").not_carried == ()


@pytest.mark.parametrize("name", ["", "  ", "\x00\u200b", "\n"])
def test_an_empty_name_is_refused(name, workspace):
    with pytest.raises(RequestError, match="at least one letter"):
        rename(workspace, {0: name})


def test_a_name_is_one_short_line_without_hidden_characters():
    assert cluster_edits.clean_name(" a\n\u202eb ") == "a b"
    assert len(cluster_edits.clean_name("x" * 500)) == 80


def test_a_cluster_that_is_not_there_is_refused(workspace):
    with pytest.raises(RequestError, match="no cluster 999"):
        rename(workspace, {999: "x"})
    with pytest.raises(RequestError, match="at least two"):
        merge(workspace, [0, 0], "x")


def test_a_damaged_file_of_edits_is_one_line(workspace):
    (workspace.root / "cluster-edits.json").write_text('{"format": 1, "steps": [{}]}')
    with pytest.raises(WorkspaceError, match="cannot be read"):
        edited(workspace)


def test_edits_name_rows_by_their_ids_alone(workspace):
    rename(workspace, {0: "mine"})
    (step,) = json.loads((workspace.root / "cluster-edits.json").read_text())["steps"]
    assert set(step["items"][0]) == {"name", "rows", "below", "hashes"}


def _rename_often(root, number):
    for at in range(5):
        rename(Workspace.open(root), {0: f"{number} {at}"})


def test_two_people_at_once_lose_no_edit(workspace):
    context = multiprocessing.get_context("spawn")
    people = [context.Process(target=_rename_often, args=(workspace.root, n)) for n in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    value = json.loads((workspace.root / "cluster-edits.json").read_text())
    assert len(value["steps"]) == 10
