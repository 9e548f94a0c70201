"""The map of latents: live ones by their directions, coloured by what the subset does with them."""

import numpy as np
import pytest

from core.errors import RequestError, WorkspaceError
from core.pipeline import latent_map as maps
from core.pipeline.colouring import Groups, Scale
from core.pipeline.latent_colouring import TITLES, latent_colouring, latent_colourings
from core.pipeline.marks import mark
from core.pipeline.selection import stored_order
from core.pipeline.views import in_use, open_features
from core.project.graph import GraphConfig, neighbour_graph
from core.project.kept import neighbours_kept
from core.sae.directions import read_directions
from core.workspace import Workspace


@pytest.fixture(scope="module")
def mapped(processed, tmp_path_factory):
    import shutil

    root = shutil.copytree(processed, tmp_path_factory.mktemp("mapped") / "workspace")
    workspace = Workspace.open(root)
    maps.project_latents(workspace, {"n_epochs": 20})
    return workspace


@pytest.fixture
def order(mapped):
    return stored_order(in_use(mapped, "selection"))


def held(workspace, rows):
    """Which latents these rows have, by looking at each."""
    sets = open_features(workspace).sets
    found = np.zeros(sets.n_features, dtype=int)
    for row in rows:
        found[sets.rows.row(int(row))] += 1
    return found


def test_live_latents_lie_on_the_map_and_dead_ones_are_counted(mapped):
    found = maps.latent_map(mapped)
    carriers = open_features(mapped).sets.columns.lengths()
    assert found.latents.tolist() == np.flatnonzero(carriers).tolist()
    assert found.coordinates.shape == (len(found.latents), 2)
    assert np.isfinite(found.coordinates).all()
    assert found.n_dead == (carriers == 0).sum()


def test_a_latent_s_place_is_found_and_a_dead_one_has_none(mapped):
    found = maps.latent_map(mapped)
    dead = int(np.setdiff1d(np.arange(1024), found.latents)[0])
    assert found.place(int(found.latents[7])) == 7
    assert found.place(dead) is None


def test_the_map_is_made_once(mapped):
    first = in_use(mapped, maps.ROLE).fingerprint
    maps.project_latents(mapped, {"n_epochs": 20})
    assert in_use(mapped, maps.ROLE).fingerprint == first
    assert len(mapped.artifacts(maps.ROLE)) == 1


def test_without_a_map_the_step_that_makes_it_is_named(tiny_workspace):
    with pytest.raises(WorkspaceError, match="project --space latents"):
        maps.latent_map(Workspace.open(tiny_workspace))


def test_directions_are_the_decoder_s_rows(mapped):
    import torch

    from core.sae.checkpoint import load_sae

    folder = mapped.get("sae", in_use(mapped, "readings").parents["sae"]).folder
    rows = load_sae(folder).sae.W_dec.detach()
    known = read_directions(folder)
    expected = torch.nn.functional.cosine_similarity(rows, rows[5:6]).numpy()
    np.testing.assert_allclose(known.cosines(5), expected, atol=2e-3)
    np.testing.assert_allclose(np.linalg.norm(known.unit(np.arange(9)), axis=1), 1, atol=1e-5)


def test_a_layout_that_keeps_all_and_one_that_keeps_none():
    angles = np.linspace(0, 1.2, 40)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    graph = neighbour_graph(points, GraphConfig(k=3))
    assert neighbours_kept(graph, points) == 1
    apart = points[(np.arange(40) * 11) % 40]
    assert neighbours_kept(graph, apart) < 0.2


@pytest.mark.parametrize("key", TITLES)
def test_every_colouring_has_an_entry_a_live_latent(mapped, order, key):
    found = latent_colouring(mapped, key, order, order.prefix(5))
    n_live = len(maps.latent_map(mapped).latents)
    if isinstance(found, Groups):
        assert len(found.labels) == n_live
        assert found.labels.max(initial=-1) < len(found.names)
    else:
        assert isinstance(found, Scale)
        assert len(found.values) == len(found.there) == n_live
        assert found.values.min() >= 0
        assert found.values.max() <= 1


def test_covered_latents_are_those_that_chosen_rows_have(mapped, order):
    small = order.prefix(5)
    found = latent_colouring(mapped, "covered", small)
    expected = held(mapped, small.rows)[maps.latent_map(mapped).latents] > 0
    assert (np.array(found.names)[found.labels] == "covered").tolist() == expected.tolist()


def test_the_difference_tells_who_covers_what(mapped, order):
    first, second = order.prefix(4), order.prefix(9)
    found = latent_colouring(mapped, "difference", first, second)
    names = np.array(found.names)[found.labels]
    live = maps.latent_map(mapped).latents
    a, b = held(mapped, first.rows)[live] > 0, held(mapped, second.rows)[live] > 0
    assert not (names == "only the first covers").any()  # a prefix covers no more
    assert (names == "only the second covers").tolist() == (b & ~a).tolist()
    assert (names == "neither covers").tolist() == (~a & ~b).tolist()


def test_more_carriers_have_a_higher_colour(mapped, order):
    found = latent_colouring(mapped, "carriers", None)
    carriers = open_features(mapped).sets.columns.lengths()[maps.latent_map(mapped).latents]
    order_by_colour = np.argsort(found.values, kind="stable")
    assert (np.diff(carriers[order_by_colour]) >= 0).all()
    assert found.low == f"{carriers.min():,} rows"
    assert found.high == f"{carriers.max():,} rows"


def test_marks_colour_what_they_say(mapped):
    latent = int(maps.latent_map(mapped).latents[3])
    before = latent_colouring(mapped, "marks", None)
    mark(mapped, "latent", latent, starred=True)
    found = latent_colouring(mapped, "marks", None)
    mark(mapped, "latent", latent, starred=False)
    assert found.names[found.labels[3]] == "starred"
    assert (found.labels >= 0).sum() == 1
    assert found.fingerprint != before.fingerprint


def test_a_colouring_is_named_by_what_it_shows(mapped, order):
    one, other = (latent_colouring(mapped, "chosen", order.prefix(n)) for n in (4, 5))
    assert one.fingerprint != other.fingerprint
    again = latent_colouring(mapped, "chosen", order.prefix(4))
    assert again.fingerprint == one.fingerprint


def test_what_needs_a_subset_is_offered_with_one_alone(mapped, order):
    assert "covered" not in latent_colourings(None)
    assert "difference" not in latent_colourings(order)
    with pytest.raises(RequestError, match="needs a second subset"):
        latent_colouring(mapped, "difference", order)
    with pytest.raises(RequestError, match="is unknown"):
        latent_colouring(mapped, "taste", order)
