"""Neighbours, lengths, lists and words of latents: by hand, and beside numpy and scipy."""

import numpy as np
import pytest
from scipy import stats

from core.errors import RequestError
from core.pipeline import latent_lengths, latent_list, latent_neighbours, scarcity
from core.pipeline.marks import mark, mark_all
from core.pipeline.selection import stored_order
from core.pipeline.views import in_use, open_features, open_pool, open_readings
from core.sae.together import together
from core.workspace import Workspace
from tests.select_pools import feature_sets


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def chosen(workspace):
    return stored_order(in_use(workspace, "selection")).prefix(6)


def matrix_of(workspace):
    sets = open_features(workspace).sets
    found = np.zeros((sets.n_rows, sets.n_features), dtype=bool)
    for row in range(sets.n_rows):
        found[row, sets.rows.row(row)] = True
    return found


def common(workspace):
    """The latent that most rows, but not all, have."""
    carriers = matrix_of(workspace).sum(axis=0)
    return int(np.argmax(np.where(carriers < 40, carriers, 0)))


# together, by hand: rows {0,1}, {0,1,2}, {0}, {2}, {}
HAND = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 0], [0, 0, 1], [0, 0, 0]], dtype=bool)


def test_rows_with_both_their_jaccard_and_lift():
    found = together(feature_sets(HAND), 0)
    assert found.both.tolist() == [0, 2, 1]
    np.testing.assert_allclose(found.jaccard, [0, 2 / 3, 1 / 4])
    np.testing.assert_allclose(found.lift, [0, 2 * 5 / (3 * 2), 1 * 5 / (3 * 2)])
    assert found.best(5).tolist() == [1, 2]


def test_equal_neighbours_come_by_number():
    sets = feature_sets(np.array([[1, 1, 1, 0], [1, 1, 1, 0]], dtype=bool))
    assert together(sets, 2).best(2).tolist() == [0, 1]
    assert not len(together(sets, 3).best(2))


def test_counts_agree_with_a_matrix_product(workspace):
    matrix, latent = matrix_of(workspace), common(workspace)
    expected = matrix.T.astype(int) @ matrix[:, latent].astype(int)
    expected[latent] = 0
    assert together(open_features(workspace).sets, latent).both.tolist() == expected.tolist()


def test_neighbours_leave_out_the_latent_and_dead_ones(workspace):
    latent = common(workspace)
    mark(workspace, "latent", latent, label="itself")
    found = latent_neighbours.latent_neighbours(workspace, latent, 8)
    carriers = open_features(workspace).sets.columns.lengths()
    for table in (found.alike, found.together):
        assert latent not in set(table["latent"])
        assert (table["rows"] == carriers[table["latent"]]).all()
        assert len(table) == 8
    assert (np.diff(found.alike["cosine"]) <= 0).all()
    assert (np.diff(found.together["jaccard"]) <= 0).all()
    np.testing.assert_allclose(2 ** found.together["pmi"], found.together["lift"], rtol=1e-5)


def test_a_neighbour_s_name_is_told(workspace):
    latent = common(workspace)
    other = int(latent_neighbours.latent_neighbours(workspace, latent, 1).together["latent"][0])
    mark(workspace, "latent", other, label="beside it")
    found = latent_neighbours.latent_neighbours(workspace, latent, 1).together
    assert found["label"].tolist() == ["beside it"]


def test_no_latent_of_that_number_has_neighbours(workspace):
    with pytest.raises(RequestError, match="no latent 5000; this SAE has 0 to 1023"):
        latent_neighbours.latent_neighbours(workspace, 5000)


# length


def test_length_correlations_are_pearson_s(workspace):
    logs = np.log(np.asarray(open_readings(workspace).n_tokens))
    matrix, latent = matrix_of(workspace), common(workspace)
    found = latent_lengths.latent_length(workspace, latent)
    assert found.having == pytest.approx(stats.pearsonr(logs, matrix[:, latent])[0])
    assert found.n_rows == matrix[:, latent].sum()
    rows, values = latent_lengths.latent_values(workspace, latent)
    assert found.value == pytest.approx(stats.pearsonr(logs[rows], values)[0])


def test_all_correlations_at_once_agree_with_one_at_a_time(workspace):
    whole = latent_lengths.length_correlations(workspace)
    matrix = matrix_of(workspace)
    live = np.flatnonzero(matrix.any(axis=0) & ~matrix.all(axis=0))
    assert np.isnan(whole[~matrix.any(axis=0)]).all()
    for latent in live[:20].tolist():
        one = latent_lengths.latent_length(workspace, latent).having
        assert whole[latent] == pytest.approx(one, abs=1e-5)


def test_the_pool_s_correlation_is_of_latents_with_tokens(workspace):
    tokens = np.asarray(open_readings(workspace).n_tokens)
    sizes = matrix_of(workspace).sum(axis=1)
    found = latent_lengths.pool_length(workspace)
    assert found.tokens == pytest.approx(stats.pearsonr(tokens, sizes)[0])
    assert found.log_tokens == pytest.approx(stats.pearsonr(np.log(tokens), sizes)[0])


# the list


def listed(workspace, chosen=None, **asked):
    return latent_list.latent_list(workspace, chosen, **asked)


def test_kinds_part_the_latents(workspace, chosen):
    counts = matrix_of(workspace)[chosen.rows].sum(axis=0)
    carriers = matrix_of(workspace).sum(axis=0)
    told = listed(workspace, chosen).counts
    assert told["live"] + told["dead"] == 1024
    assert told["covered"] == (counts > 0).sum()
    assert told["sole"] == (counts == 1).sum()
    assert told["uncovered"] == ((carriers > 0) & (counts == 0)).sum()
    for kind in ("covered", "uncovered", "sole", "dead"):
        found = listed(workspace, chosen, kind=kind, most=2000)
        assert found.n_found == told[kind] == len(found.table)


def test_marks_stand_in_the_list(workspace):
    latent = common(workspace)
    mark_all(
        workspace,
        "latent",
        {latent: {"starred": True, "weight": 2}, latent + 1: {"muted": True, "label": "noise"}},
    )
    assert listed(workspace, kind="starred").table["latent"].tolist() == [latent]
    assert listed(workspace, kind="weighted").table["latent"].tolist() == [latent]
    assert listed(workspace, kind="muted").table["latent"].tolist() == [latent + 1]
    assert listed(workspace, kind="labelled").table["label"].tolist() == ["noise"]
    assert listed(workspace, kind="muted").table["weight"].tolist() == [0]


def test_most_carriers_come_first_unless_another_column_is_asked_for(workspace):
    assert (np.diff(listed(workspace).table["rows"]) <= 0).all()
    by = listed(workspace, order="maximum", falling=False).table
    assert (np.diff(by["maximum"]) >= 0).all()


def test_the_list_ends_where_it_was_asked_to(workspace):
    found = listed(workspace, most=3)
    assert len(found.table) == 3
    assert found.n_found > 3


def test_a_number_finds_its_latent(workspace):
    latent = common(workspace)
    assert listed(workspace, asked=f" {latent} ").table["latent"].tolist() == [latent]


def test_words_find_latents_by_name_and_by_their_rows(workspace):
    text = open_pool(workspace).texts(np.array([0]))[0]
    word = max(text.split(), key=len)
    named = int(np.flatnonzero(matrix_of(workspace).any(axis=0))[-1])
    mark(workspace, "latent", named, label=f"about {word.upper()}")
    found = listed(workspace, asked=word)
    assert found.n_rows >= 1
    assert found.table["latent"][0] == named
    others = found.table["match"][1:]
    assert ((others > 0) & (others <= 1)).all()
    assert (np.diff(others) <= 0).all()
    assert "named" not in found.table


@pytest.mark.parametrize(
    ("asked", "match"),
    [({"kind": "rare"}, "'rare'; there are live"), ({"kind": "sole"}, "'sole'")],
)
def test_a_kind_that_cannot_be_listed_is_refused(workspace, asked, match):
    with pytest.raises(RequestError, match=match):
        listed(workspace, **asked)


def test_a_column_that_is_not_there_is_refused(workspace):
    with pytest.raises(RequestError, match="'taste' to order by; there are latent, label"):
        listed(workspace, order="taste")


# scarcity


def test_sole_latents_name_the_row_without_which_they_are_lost(workspace, chosen):
    counts = matrix_of(workspace)[chosen.rows].sum(axis=0)
    found = scarcity.sole_latents(workspace, chosen)
    assert sorted(found["latent"]) == np.flatnonzero(counts == 1).tolist()
    assert set(found["row"]) <= set(chosen.rows.tolist())
    for latent, row in zip(found["latent"], found["row"], strict=True):
        assert matrix_of(workspace)[row, latent]


def test_scarce_latents_are_counted_by_their_rows(workspace, chosen):
    carriers = matrix_of(workspace).sum(axis=0)
    covered = matrix_of(workspace)[chosen.rows].any(axis=0)
    table = scarcity.scarcity(workspace, chosen)
    for n, latents, held in table.itertuples(index=False):
        assert latents == (carriers == n).sum()
        assert held == (covered & (carriers == n)).sum()
    pairs = scarcity.scarce_latents(workspace, 2, chosen)
    assert set(pairs["latent"]) == set(np.flatnonzero(carriers == 2).tolist())
    assert all(len(text.split(", ")) == 2 for text in pairs["carriers"])
