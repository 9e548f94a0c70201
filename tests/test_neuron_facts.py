"""Neurons of a pool: their sets under MADS's rule, their rows, and the words a latent promotes."""

import json
import shutil

import numpy as np
import pytest
from scipy import stats

from core.errors import ModelError, RequestError
from core.extract.unembedding import read_unembedding
from core.pipeline import neuron_facts as facts_of
from core.pipeline import selection
from core.pipeline.marks import mark
from core.pipeline.neurons_card import (
    neuron_card,
    neuron_carriers,
    neuron_neighbours,
    neuron_rows,
    neuron_values,
)
from core.pipeline.neurons_list import neuron_list, neuron_numbers
from core.pipeline.requests import Request
from core.pipeline.selection import stored_order
from core.pipeline.views import in_use, neuron_states, open_readings
from core.pipeline.vocabulary import NoVocabulary, promoted_vocabulary
from core.sae.vocabulary import word_effects
from core.select import Constraints, select
from core.select.budget import Budget
from core.workspace import Workspace
from tests.extract_models import tiny_llama
from tests.select_pools import readings, view_of


@pytest.fixture(scope="module")
def workspace(processed, tmp_path_factory):
    root = shutil.copytree(processed, tmp_path_factory.mktemp("neurons") / "workspace")
    return Workspace.open(root)


@pytest.fixture
def chosen(workspace):
    return stored_order(in_use(workspace, "selection")).prefix(5)


def stored(workspace):
    """All stored values as a matrix, NaN where a row does not store a neuron."""
    rows = neuron_states(workspace).rows
    found = np.full((rows.n_rows, rows.n_columns), np.nan, dtype=np.float32)
    for row in range(rows.n_rows):
        part = slice(rows.indptr[row], rows.indptr[row + 1])
        found[row, rows.indices[part]] = rows.values[part]
    return found


def active(workspace, share=0.01):
    """The strongest neurons of each layer and row, by sorting; always-on ones left out."""
    values, states = stored(workspace), neuron_states(workspace)
    count = int(np.ceil(share * states.layer_size))
    found = np.zeros(values.shape, dtype=bool)
    for layer in range(states.n_layers):
        part = slice(layer * states.layer_size, (layer + 1) * states.layer_size)
        ranked = np.argsort(-np.nan_to_num(values[:, part], nan=-np.inf), axis=1, kind="stable")
        np.put_along_axis(found[:, part], ranked[:, :count], True, axis=1)
    found[:, found.mean(axis=0) > 0.95] = False
    return found


def common(workspace):
    return int(active(workspace).sum(axis=0).argmax())


def test_top_sets_are_the_strongest_of_each_layer(workspace):
    found = facts_of.neuron_facts(workspace)
    expected = active(workspace)
    for row in range(found.sets.n_rows):
        assert found.sets.rows.row(row).tolist() == np.flatnonzero(expected[row]).tolist()


def test_the_largest_value_of_a_neuron_is_of_those_stored(workspace):
    found = facts_of.neuron_facts(workspace)
    expected = np.nan_to_num(
        np.nanmax(np.vstack([stored(workspace), np.full((1, found.n_neurons), -np.inf)]), axis=0),
        neginf=0,
    )
    np.testing.assert_array_equal(found.maximum, expected)


def test_the_sets_are_made_once_and_by_rule(workspace, chosen):
    first = facts_of.neuron_facts(workspace)
    assert facts_of.neurons_ready(workspace)
    assert facts_of.neuron_facts(workspace).fingerprint == first.fingerprint
    options = {"share": 0.005}
    facts_of.make(workspace, options)
    request = Request("mads", Budget("rows", 6), options=options)
    by_mads = selection.solve(workspace, request).order
    assert facts_of.neuron_facts(workspace, by_mads).rule.share == 0.005
    assert facts_of.neuron_facts(workspace, by_mads).fingerprint != first.fingerprint


def test_a_neuron_is_found_by_layer_and_unit(workspace):
    found = facts_of.neuron_facts(workspace)
    assert found.place(found.number(2, 31)) == (2, 31)
    with pytest.raises(RequestError, match="no neuron 9999 in layer 2"):
        found.number(2, 9999)
    with pytest.raises(RequestError, match="no neuron 0 in layer 99"):
        found.number(99, 0)


def test_the_list_tells_shares_and_who_is_covered(workspace, chosen):
    expected = active(workspace)
    counts = expected[chosen.rows].sum(axis=0)
    found = neuron_list(workspace, chosen, most=10**6)
    table = found.table.set_index("neuron")
    assert found.n_found == expected.any(axis=0).sum()
    assert table["share"].to_dict() == pytest.approx(
        {n: expected[:, n].mean() for n in table.index}
    )
    assert table["chosen"].tolist() == counts[table.index].tolist()
    assert found.counts["covered"] == (counts > 0).sum()
    assert found.counts["sole"] == (counts == 1).sum()
    assert found.counts["active"] + found.counts["never"] == expected.shape[1]
    numbers = neuron_numbers(workspace, chosen)
    assert numbers.n_covered == (counts > 0).sum()
    assert numbers.rule == "the strongest 1 % of each layer in a row"


@pytest.mark.parametrize("asked", ["3.17", "layer 3, neuron 17", "3/17", "layer 3 : 17"])
def test_a_place_finds_its_neuron(workspace, asked):
    size = neuron_states(workspace).layer_size
    for kind in ("active", "never"):
        table = neuron_list(workspace, None, asked=asked, kind=kind).table
        assert set(table["neuron"]) <= {3 * size + 17}
    counts = neuron_list(workspace, None, asked=asked).counts
    assert counts["active"] + counts["never"] == 1


def test_a_layer_and_a_name_find_their_neurons(workspace):
    assert set(neuron_list(workspace, None, asked="layer 4").table["layer"]) == {4}
    neuron = common(workspace)
    mark(workspace, "neuron", neuron, label="Beginning of lists")
    assert neuron_list(workspace, None, asked="LISTS").table["neuron"].tolist() == [neuron]
    assert neuron_list(workspace, None, kind="labelled").table["neuron"].tolist() == [neuron]


def test_a_card_counts_its_rows(workspace, chosen):
    neuron, expected = common(workspace), active(workspace)
    card = neuron_card(workspace, neuron, chosen)
    values = stored(workspace)[:, neuron]
    assert card.n_rows == expected[:, neuron].sum()
    assert card.n_stored == card.counts.sum() == np.isfinite(values).sum()
    assert card.n_chosen == expected[chosen.rows, neuron].sum()
    assert card.maximum == np.nanmax(values)
    logs = np.log(np.asarray(open_readings(workspace).n_tokens))
    assert card.length == pytest.approx(stats.pearsonr(logs, expected[:, neuron])[0])


def test_its_strongest_rows_fall_in_value(workspace, chosen):
    neuron = common(workspace)
    table = neuron_rows(workspace, neuron, chosen, n=7)
    values = np.nan_to_num(stored(workspace)[:, neuron], nan=-np.inf)
    assert table["row"].tolist() == np.argsort(-values, kind="stable")[:7].tolist()
    assert (np.diff(table["value"]) <= 0).all()


def test_its_carriers_are_chosen_rows_in_pick_order(workspace, chosen):
    neuron, expected = common(workspace), active(workspace)
    table = neuron_carriers(workspace, neuron, chosen)
    assert table["row"].tolist() == [row for row in chosen.rows if expected[row, neuron]]
    assert (np.diff(table["pick"].to_numpy(int)) > 0).all()


def test_neighbours_share_rows(workspace):
    neuron, expected = common(workspace), active(workspace)
    table = neuron_neighbours(workspace, neuron, n=5)
    both = (expected & expected[:, [neuron]]).sum(axis=0)
    assert table["together"].tolist() == both[table["neuron"]].tolist()
    assert neuron not in set(table["neuron"])


def test_a_neuron_that_is_not_there_is_refused(workspace):
    with pytest.raises(RequestError, match="no neuron 999999"):
        neuron_card(workspace, 999999)


def test_values_come_by_ascending_row(workspace):
    rows, values = neuron_values(workspace, common(workspace))
    assert (np.diff(rows) > 0).all()
    assert np.isfinite(values).all()


# mads and weights of its own neurons


def chosen_by_mads(budget, **constraints):
    view = view_of(readings())
    limits = Constraints(**constraints)
    return select("mads", view, Budget("rows", budget), {"share": 0.1}, constraints=limits)


def test_equal_weights_change_nothing():
    plain = chosen_by_mads(20)
    weighed = chosen_by_mads(20, feature_weights=np.ones(150, dtype=np.float32))
    assert weighed.rows.tolist() == plain.rows.tolist()
    np.testing.assert_allclose(weighed.own_gains, plain.own_gains)


def test_muted_neurons_bring_nothing():
    weights = np.ones(150, dtype=np.float32)
    weights[:50] = 0  # the first layer
    plain, muted = chosen_by_mads(1), chosen_by_mads(1, feature_weights=weights)
    assert plain.own_gains[0] == 15
    assert muted.own_gains[0] == 10


def test_weights_multiply_those_of_rare_neurons():
    view, options = view_of(readings()), {"share": 0.1, "on_saturation": "weighted"}
    twice = Constraints(feature_weights=np.full(150, 2, dtype=np.float32))
    plain = select("mads", view, Budget("rows", 9), options)
    heavy = select("mads", view, Budget("rows", 9), options, constraints=twice)
    assert heavy.rows.tolist() == plain.rows.tolist()
    np.testing.assert_allclose(heavy.own_gains, 2 * plain.own_gains)


def test_weights_of_another_length_are_refused():
    with pytest.raises(RequestError, match="40 weights for 150 neurons"):
        chosen_by_mads(5, feature_weights=np.ones(40, dtype=np.float32))


# promoted words


def test_an_encoder_promotes_no_words(workspace):
    found = promoted_vocabulary(workspace, 3)
    assert isinstance(found, NoVocabulary)
    assert "predicts no next word" in found.reason
    with pytest.raises(RequestError, match="no latent 5000"):
        promoted_vocabulary(workspace, 5000)


def test_words_at_both_ends_of_a_direction_by_hand():
    norm = np.array([1, 2], dtype=np.float32)
    unembedding = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], dtype=np.float32)
    direction = np.array([0.6, 0.8], dtype=np.float32)
    found = word_effects(direction, norm, iter([unembedding[:3], unembedding[3:]]), 1)
    logits = np.array([0.6, 1.6, -0.6, -1.6])
    assert found.promoted.tolist() == [1]
    assert found.suppressed.tolist() == [3]
    assert found.promoted_effects[0] == pytest.approx(1.6 / logits.std())


@pytest.mark.parametrize("tied", [False, True])
def test_an_unembedding_is_read_as_the_model_has_it(tmp_path, tied):
    import torch
    from transformers import LlamaForCausalLM

    from core.extract.sources import find_model

    folder = tiny_llama(tmp_path / "llama", n_layers=1)
    model = LlamaForCausalLM.from_pretrained(folder)
    if tied:
        model.config.tie_word_embeddings = True
        model.lm_head.weight = model.model.embed_tokens.weight
        model.save_pretrained(folder)
    known = read_unembedding(str(folder), find_model(str(folder)).weights)
    with torch.no_grad():
        residual = torch.randn(32)
        expected = model.lm_head(model.model.norm(residual)) * residual.pow(2).mean().sqrt()
    rows = np.concatenate(list(known.blocks()))
    logits = rows @ (residual.numpy() * known.norm)
    np.testing.assert_allclose(logits, expected.numpy()[: len(rows)], rtol=1e-3, atol=1e-4)
    assert known.word(2) == "<s>"


def test_other_weights_than_those_that_read_the_pool_are_refused(tmp_path):
    folder = tiny_llama(tmp_path / "llama", n_layers=1)
    with pytest.raises(ModelError, match="has other weights"):
        read_unembedding(str(folder), "0" * 64)


def test_a_latent_of_a_decoder_promotes_words(tmp_path, tiny_source):
    from tests.conftest import core

    folder = tiny_llama(tmp_path / "llama")
    where = ("--workspace", tmp_path / "pool")
    core("ingest", tiny_source, *where)
    sizes = ("--set", "n_latents=64", "--set", "k=4")
    core("sae", "train", "--model", folder, *sizes, *where)
    sae = json.loads((tmp_path / "pool" / "workspace.json").read_text())["in_use"]["sae"]
    core("extract", "--model", folder, "--sae", sae, *where)
    found = promoted_vocabulary(Workspace.open(tmp_path / "pool"), 5, n=4)
    assert len(found.promoted) == len(found.suppressed) == 4
    effects = [one.effect for one in found.promoted]
    assert effects == sorted(effects, reverse=True)
    assert found.promoted[0].effect > 0 > found.suppressed[0].effect
    assert found.about.startswith("The SAE reads the last layer")
