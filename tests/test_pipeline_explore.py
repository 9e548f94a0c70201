"""The numbers behind map, clusters, features and subset, on a small workspace that is real."""

from pathlib import Path

import numpy as np
import pytest

from core.data.examples import Turn
from core.errors import ModelError, RequestError
from core.pipeline import (
    asking,
    cluster_rows,
    colouring,
    latent_search,
    latents,
    measures,
    representation,
    shading,
    tables,
    tokens,
    views,
)
from core.pipeline.cards import example_card, sentence
from core.pipeline.requests import Request, read_ids
from core.pipeline.selection import solve, stored_order
from core.pipeline.tokens import TokenExample
from core.select.budget import Budget
from core.workspace import Workspace


@pytest.fixture
def workspace(processed):
    """Only read from, so that it need not be copied."""
    return Workspace.open(processed)


@pytest.fixture
def subset(workspace):
    order = stored_order(views.in_use(workspace, "selection"))
    return order.prefix(12)


@pytest.fixture
def common(workspace):
    """The latent that most rows have."""
    return int(np.argmax(views.open_features(workspace).sets.columns.lengths()))


# --- asking ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"), [("5000", 5000), ("5,000", 5000), (" 1 234 567 ", 1234567)]
)
def test_a_budget_may_be_typed_with_grouped_thousands(text, rows):
    assert asking.read_budget(text) == Budget("rows", rows)


@pytest.mark.parametrize("text", ["0", "-3", "1.5", "many", "", "1,5", "12,34", "nan", "inf"])
def test_what_is_no_budget_is_refused_with_what_was_seen(text):
    with pytest.raises(RequestError, match="seen"):
        asking.read_budget(text)


def test_a_budget_in_per_cent_is_a_share_of_the_pool():
    assert asking.read_budget("10 %", percent=True) == Budget("ratio", 0.1)


@pytest.mark.parametrize("text", ["0", "101", "-1", "some", ""])
def test_a_share_outside_the_pool_is_refused(text):
    with pytest.raises(RequestError, match="share"):
        asking.read_budget(text, percent=True)


def test_typed_ids_are_parted_by_lines_spaces_or_commas_and_kept_once():
    assert asking.read_typed_ids(" a\nb, c a;d ") == ("a", "b", "c", "d")
    assert asking.read_typed_ids("  \n") == ()


def test_a_request_as_arguments_carries_its_pins_in_a_file(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    ids = views.open_pool(workspace).ids()[:3]
    request = Request("kmq", Budget("rows", 5), {"clusters": 2}, pinned=tuple(ids), seed=7)
    arguments = asking.as_arguments(workspace, request)
    assert arguments[:4] == ["select", "--method=kmq", "--seed=7", "--budget=5"]
    assert arguments[4] == "--set=clusters=2"
    assert read_ids(Path(arguments[5].removeprefix("--pin="))) == tuple(ids)


def test_a_stored_order_asked_again_finds_its_own_artifact(workspace, subset):
    artifact = views.in_use(workspace, "selection")
    assert solve(workspace, asking.again(artifact, len(subset))).artifact == artifact


def test_a_method_says_which_readings_it_lacks(empty_workspace):
    assert asking.missing_readings(Workspace.create(empty_workspace), "sae-greedy") == ("codes",)


def test_a_small_pool_is_selected_from_at_once(workspace):
    assert asking.is_quick(workspace, Request("kmq", Budget("rows", 5)))


# --- map ------------------------------------------------------------------------------------


def test_the_map_can_be_coloured_by_clusters_source_length_and_the_pools_columns(workspace):
    titles = colouring.colourings(workspace)
    assert list(titles)[:4] == ["clusters", "hdbscan", "column:source", "column:n_response_words"]
    assert titles["column:topic"] == "topic"


def test_labels_of_a_column_count_its_names(workspace):
    found = colouring.colouring(workspace, "column:topic")
    topics = views.open_pool(workspace).column("topic")
    assert [found.names[label] for label in found.labels] == list(topics)


def test_rows_without_a_value_have_no_label(workspace):
    found = colouring.colouring(workspace, "column:planted")
    planted = views.open_pool(workspace).column("planted")
    assert ((found.labels < 0) == np.array([value is None for value in planted])).all()


def test_a_length_is_spread_from_0_to_1_and_named_at_both_ends(workspace):
    found = colouring.colouring(workspace, "column:n_response_words")
    assert (found.values.min(), found.values.max()) == (0.0, 1.0)
    assert found.low.endswith(" words") and found.there.all()


def test_two_columns_never_share_a_fingerprint(workspace):
    keys = list(colouring.colourings(workspace))
    assert len({colouring.colouring(workspace, key).fingerprint for key in keys}) == len(keys)


def test_a_column_that_is_not_there_is_refused(workspace):
    with pytest.raises(RequestError, match="nothing_such"):
        colouring.colouring(workspace, "column:nothing_such")


# --- clusters -------------------------------------------------------------------------------


def test_cluster_numbers_count_noise_and_clusters_left_out(workspace, subset):
    found = representation.cluster_numbers(workspace, subset, "hdbscan")
    labels = np.asarray(views.open_labels(workspace, "hdbscan"))
    assert found.n_noise == (labels < 0).sum()
    assert found.n_empty == found.n_clusters - len(set(labels[subset.rows].tolist()) - {-1})


def test_the_extremes_run_from_most_to_least_represented(workspace, subset):
    table = tables.cluster_table(workspace, subset)
    groups = representation.extremes(table, most=1)
    ratios = [group.subset / group.pool for group in groups]
    assert (
        ratios[0] == table["representation"].max() and ratios[-1] == table["representation"].min()
    )


def test_a_clusters_rows_begin_with_its_typical_ones(workspace, subset):
    found = cluster_rows.cluster_rows(workspace, 0, subset)
    typical = cluster_rows.typical_rows(workspace, 0)
    assert found["row"][: len(typical)].tolist() == typical.tolist()
    members = np.flatnonzero(np.asarray(views.open_labels(workspace)) == 0)
    assert sorted(found["row"]) == members.tolist()


# --- features -------------------------------------------------------------------------------


def test_values_of_a_latent_are_those_of_exactly_its_rows(workspace, common):
    rows, values = latents.latent_values(workspace, common)
    features = views.open_features(workspace)
    assert rows.tolist() == features.sets.columns.row(common).tolist()
    assert values.max() == pytest.approx(features.statistics.maximum[common])


def test_the_card_of_a_latent_adds_up(workspace, subset, common):
    card = latents.latent_card(workspace, common, subset)
    assert card.counts.sum() == card.n_rows == sum(band.n_rows for band in card.bands)
    assert card.chosen_counts.sum() == card.n_chosen <= card.n_rows
    assert card.bands[0].high == card.maximum


def test_a_latent_that_never_fires_or_is_none_is_refused(workspace):
    lengths = views.open_features(workspace).sets.columns.lengths()
    with pytest.raises(RequestError, match="fires on no row"):
        latents.latent_card(workspace, int(np.argmin(lengths)))
    with pytest.raises(RequestError, match="no latent"):
        latents.latent_card(workspace, len(lengths))


def test_density_bins_hold_every_live_latent(workspace):
    bins = latents.density_bins(workspace)
    assert bins.counts.sum() == views.open_features(workspace).sets.n_reachable
    assert bins.edges[-1] == 0


def test_carriers_are_the_chosen_rows_of_a_latent_in_pick_order(workspace, subset, common):
    table = latents.carrier_table(workspace, common, subset)
    having = set(views.open_features(workspace).sets.columns.row(common).tolist())
    assert table["row"].tolist() == [row for row in subset.rows.tolist() if row in having]


def test_a_number_finds_its_latent_and_a_word_the_latents_of_its_rows(workspace, subset, common):
    assert latent_search.find_latents(workspace, str(common), subset).table["latent"].tolist() == [
        common
    ]
    found = latent_search.find_latents(workspace, "the", subset)
    assert found.n_rows > 0 and found.table["match"].is_monotonic_decreasing
    assert 0 < found.table["match"][0] <= 1


def test_a_word_that_nobody_wrote_finds_nothing(workspace):
    found = latent_search.find_latents(workspace, "zzqx never written", None)
    assert (found.n_found, found.n_rows) == (0, 0)


# --- subset ---------------------------------------------------------------------------------


def test_measures_agree_with_the_pools_own_arrays(workspace, subset):
    found = measures.measures(workspace, subset)
    tokens_read = np.asarray(views.open_readings(workspace).n_tokens)
    assert found.tokens.total == tokens_read[subset.rows].sum()
    assert found.n_covered == subset.gains.sum() <= found.n_reachable
    assert set(found.baselines) == {"random", "longest"}


def test_every_pick_has_a_reason_with_its_nearest_chosen_row(workspace, subset):
    table = measures.reason_table(workspace, subset, 5)
    assert table["pick"].tolist() == [1, 2, 3, 4, 5]
    assert table["reason"].str.contains("nearest chosen row").all()


def test_the_nearest_row_is_that_of_the_readers_card(workspace, subset):
    table = measures.reason_table(workspace, subset, 3)
    cards = [example_card(workspace, int(row), subset=subset) for row in subset.rows[:3]]
    assert table["reason"].tolist() == [sentence(card.why) for card in cards]


# --- tokens ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def token_reader(processed):
    return tokens.open_reader(Workspace.open(processed))


def test_the_strongest_token_of_a_row_is_its_code(tiny_workspace, token_reader, common):
    workspace = Workspace.open(tiny_workspace)
    found = tokens.latent_tokens(workspace, common, token_reader, n=4)
    assert len([one for one in found if one.band == 0]) == 4
    for one in found:
        assert float(one.activations.max()) == pytest.approx(one.value, abs=0.02)


def test_tokens_are_read_once_and_kept(tiny_workspace, token_reader, common):
    workspace = Workspace.open(tiny_workspace)
    assert tokens.stored_tokens(workspace, common, n=2) is None
    made = tokens.latent_tokens(workspace, common, token_reader, n=2)
    kept = tokens.stored_tokens(workspace, common, n=2)
    assert [one.row for one in kept] == [one.row for one in made]
    assert all((a.activations == b.activations).all() for a, b in zip(made, kept, strict=True))
    artifact = workspace.artifacts("tokens")[0]
    assert artifact.config == {"latent": common, "n": 2}
    assert artifact.parents == {"features": workspace.current()["features"]}


def test_a_latent_that_never_fires_has_no_tokens(tiny_workspace, token_reader):
    workspace = Workspace.open(tiny_workspace)
    dead = int(np.argmin(views.open_features(workspace).sets.columns.lengths()))
    assert tokens.latent_tokens(workspace, dead, token_reader) == []
    assert tokens.stored_tokens(workspace, dead) == []


def test_a_model_that_is_not_here_is_said_so(workspace):
    with pytest.raises(ModelError, match="unknown model"):
        tokens.open_reader(workspace, "no such model")


def example(starts, stops, activations):
    return TokenExample(
        row=0,
        value=max(activations, default=0.0),
        band=0,
        starts=np.array(starts, np.int32),
        stops=np.array(stops, np.int32),
        activations=np.array(activations, np.float16),
    )


def joined(turn):
    return "".join(text for text, _ in turn.pieces) + turn.unread


def test_pieces_of_all_turns_give_back_their_texts():
    turns = [Turn("user", "ab cd"), Turn("assistant", "ef gh, and more")]
    one = example([0, 3, 6, 9], [2, 5, 8, 11], [0, 1, 0, 2])
    first, second = shading.shaded_turns(turns, one)
    assert first.pieces == (("ab ", 0.0), ("cd", 1.0))
    assert second.pieces == (("ef ", 0.0), ("gh", 2.0))
    assert (joined(first), joined(second)) == ("ab cd", "ef gh, and more")
    assert second.unread == ", and more"


def test_a_token_across_two_turns_is_shown_in_both():
    turns = [Turn("user", "ab"), Turn("assistant", "cd")]
    first, second = shading.shaded_turns(turns, example([1], [4], [1.0]))
    assert first.pieces == (("a", 0.0), ("b", 1.0))
    assert second.pieces == (("c", 1.0),) and second.unread == "d"


def test_tokens_of_one_character_count_once_with_the_largest():
    one = example([0, 0, 0, 1], [1, 1, 1, 2], [0.5, 2.0, 1.0, 0.0])
    (turn,) = shading.shaded_turns([Turn("user", "\N{GRINNING FACE}!")], one)
    assert turn.pieces == (("\N{GRINNING FACE}", 2.0), ("!", 0.0))


def test_no_token_at_all_leaves_the_text_unread():
    (turn,) = shading.shaded_turns([Turn("user", "ab")], example([], [], []))
    assert (turn.pieces, turn.unread) == ((), "ab")


def test_an_endless_example_is_cut():
    turns = [Turn("user", "a" * (shading.MOST + 5)), Turn("assistant", "b")]
    found = shading.shaded_turns(turns, example([0], [1], [1.0]))
    assert len(found) == 1 and len(joined(found[0])) == shading.MOST
