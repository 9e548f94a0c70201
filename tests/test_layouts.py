"""Layouts by codes and neurons, colourings by choice, and the list under the map."""

import numpy as np
import pytest
import sklearn.feature_extraction.text

from core.errors import RequestError
from core.pipeline import layouts, listing, maps, row_latents, row_near, shades, views
from core.pipeline.cluster_edits import edited
from core.pipeline.filters import Filter, filtered
from core.pipeline.selection import stored_order
from core.project.reduce import ReduceConfig, reduced
from core.records import Csr
from core.workspace import Workspace


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def subset(workspace):
    return stored_order(views.in_use(workspace, "selection")).prefix(12)


@pytest.fixture(scope="module")
def counts():
    """Rows of counts, dense and as sparse rows; the last row is empty."""
    dense = np.random.default_rng(3).poisson(0.4, (60, 25)).astype(np.float32)
    dense[-1] = 0
    rows = [np.flatnonzero(row) for row in dense]
    pointers = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    columns = np.concatenate(rows).astype(np.uint32)
    values = dense[dense > 0].astype(np.float16)
    return dense, Csr(pointers, columns, values, dense.shape[1])


# --- reducing -------------------------------------------------------------------------------


def test_all_dimensions_keep_the_cosines_of_scikit_learns_tf_idf(counts):
    dense, sparse = counts
    tfidf = sklearn.feature_extraction.text.TfidfTransformer(norm=None, smooth_idf=False)
    weighted = tfidf.fit_transform(dense).toarray() - dense  # its idf is log(n / df) + 1
    weighted /= np.maximum(np.linalg.norm(weighted, axis=1, keepdims=True), 1e-12)
    ours = reduced(sparse, ReduceConfig(n_dimensions=25))
    assert np.allclose(ours @ ours.T, weighted @ weighted.T, atol=1e-4)


def test_fewer_dimensions_keep_as_much_as_the_best_ones_do(counts):
    _, sparse = counts
    whole = reduced(sparse, ReduceConfig(n_dimensions=25))
    best = np.linalg.svd(whole, compute_uv=False)[:6]
    ours = np.linalg.svd(reduced(sparse, ReduceConfig(n_dimensions=6)), compute_uv=False)
    assert np.allclose(ours, best, rtol=0.02)


def test_reducing_is_repeatable_and_reports_every_pass(counts):
    seen = []
    first = reduced(counts[1], progress=lambda done, total, note="": seen.append((done, total)))
    assert np.array_equal(first, reduced(counts[1]))
    assert seen[-1][0] == seen[-1][1]


def test_a_row_without_values_stays_zero(counts):
    assert not reduced(counts[1])[-1].any()


# --- layouts --------------------------------------------------------------------------------


@pytest.mark.parametrize("space", ["codes", "neurons"])
def test_a_layout_of_another_space_is_made_once_beside_the_map(space, workspace):
    before = workspace.current()["map"]
    made = maps.project(workspace, space=space).artifacts[f"map-{space}"]
    found = views.in_use(workspace, f"map-{space}")
    assert found.fingerprint == made and workspace.current()["map"] == before
    assert np.load(found.folder / "coordinates.npy").shape == (40, 2)
    assert maps.project(workspace, space=space).artifacts[f"map-{space}"] == made


def test_the_map_of_the_embeddings_keeps_its_name(workspace):
    before = workspace.current()["map"]
    assert maps.project(workspace).artifacts == {"map": before}


def test_a_space_that_is_not_there_is_refused(workspace):
    with pytest.raises(RequestError, match="embeddings, codes, neurons"):
        maps.project(workspace, space="texts")


def test_layouts_in_use_are_listed_and_those_to_be_made_are_named(workspace):
    assert [one.space for one in layouts.layouts(workspace)] == ["embeddings"]
    assert layouts.missing_spaces(workspace) == ["codes", "neurons"]
    maps.project(workspace, space="codes")
    assert [one.title for one in layouts.layouts(workspace)] == ["embeddings", "SAE codes"]
    assert layouts.missing_spaces(workspace) == ["neurons"]


# --- colourings -----------------------------------------------------------------------------


def test_the_first_pick_is_brightest_and_rows_left_out_have_no_number(workspace, subset):
    found = shades.by_pick(40, subset, "0" * 16)
    assert found.values[subset.rows].tolist() == sorted(found.values[subset.rows], reverse=True)
    assert found.values[subset.rows[0]] == 1 and found.there.sum() == len(subset)


def test_a_cluster_with_the_pools_share_stands_in_the_middle_of_the_scale(workspace, subset):
    found = shades.by_share(workspace, subset, "0" * 16, "clusters")
    labels = np.asarray(edited(workspace).labels)
    for label in np.unique(labels[labels >= 0]):
        pool, chosen = (labels == label).mean(), (labels[subset.rows] == label).mean()
        value = found.values[labels == label][0]
        expected = 0.5 - np.log(max(chosen / pool, 1e-9)) / np.log(shades.FOLD) / 2
        assert value == pytest.approx(np.clip(expected, 0, 1), abs=1e-5)


def test_a_latent_colours_its_rows_by_their_activation(workspace):
    sets = views.open_features(workspace).sets
    latent = int(sets.columns.lengths().argmax())
    found = shades.by_latent(workspace, latent)
    assert np.flatnonzero(found.there).tolist() == sorted(sets.columns.row(latent).tolist())
    assert found.values.max() == 1


def test_similarity_colours_what_a_search_by_meaning_found(workspace):
    found = filtered(workspace, [Filter("meaning", {"text": "cooking", "count": 7})], chosen=None)
    shade = shades.by_similarity(found)
    assert np.flatnonzero(shade.there).tolist() == found.rows.tolist()


def test_density_is_the_mean_cosine_with_the_neighbours(workspace):
    near = np.load(views.in_use(workspace, "graph").folder / "distances.npy")
    found = shades.by_density(workspace)
    assert found.values.argmin() == (1 - near[:, 1:].mean(axis=1)).argmin()


def test_names_stand_at_the_median_of_their_rows_largest_first(workspace):
    points = np.asarray(views.open_coordinates(workspace))
    known = edited(workspace)
    places = shades.cluster_places(workspace, points)
    sizes = [size for *_, size in places]
    assert sizes == sorted(sizes, reverse=True) and sum(sizes) == (known.labels >= 0).sum()
    x, y, name, _ = places[0]
    rows = known.labels == known.names.index(name)
    assert (x, y) == pytest.approx(tuple(np.median(points[rows], axis=0)))


# --- the list, and what stands near a row ---------------------------------------------------


def test_what_passes_is_listed_with_chosen_rows_first(workspace, subset):
    found = filtered(workspace, [Filter("range", _above(10))], chosen=subset)
    listed = listing.listed(workspace, found, subset)
    n_chosen = int(found.mask[subset.rows].sum())
    assert (listed.n_found, listed.n_chosen) == (len(found.rows), n_chosen)
    assert listed.table["pick"].notna().tolist() == [True] * n_chosen + [False] * (
        len(found.rows) - n_chosen
    )


def _above(words):
    return {"name": "n_response_words", "low": words, "high": None}


def test_no_more_rows_are_listed_than_are_shown(workspace, subset, monkeypatch):
    monkeypatch.setattr(listing, "SHOWN", 15)
    everything = filtered(workspace, [], chosen=subset)
    listed = listing.listed(workspace, everything, subset)
    assert listed.n_found == 40 and len(listed.table) == 15 == len(set(listed.table["row"]))


def test_without_a_subset_nothing_is_counted_as_chosen(workspace):
    listed = listing.listed(workspace, filtered(workspace, [], chosen=None), None)
    assert listed.n_chosen is None and "pick" not in listed.table


def test_the_latents_of_a_row_are_those_of_its_set_strongest_first(workspace, subset):
    sets = views.open_features(workspace).sets
    table = row_latents.row_latents(workspace, 5, chosen=subset)
    assert set(table["latent"]) <= set(sets.rows.row(5).tolist())
    assert table["value"].is_monotonic_decreasing and table["strength"].between(0, 1).all()


def test_the_nearest_rows_leave_out_the_row_itself(workspace):
    table = row_near.near_table(workspace, 5, most=4)
    assert len(table) == 4 and 5 not in set(table["row"])
    assert table["similarity"].is_monotonic_decreasing


def test_a_row_is_told_its_cluster_in_every_clustering(workspace, subset):
    found = {one.role: one for one in row_near.memberships(workspace, 5, chosen=subset)}
    assert set(found) == {"clusters", "hdbscan"}
    labels = np.asarray(edited(workspace).labels)
    assert found["clusters"].n_rows == (labels == labels[5]).sum()
