"""What a subset lacks, the rows that would bring it, and adding one of them."""

import numpy as np
import pytest

from core.errors import RequestError
from core.pipeline import adding, selection
from core.pipeline.marks import mark, mark_all
from core.pipeline.requests import Request
from core.pipeline.uncovered import best_row_to_add, rows_to_add, uncovered
from core.pipeline.views import in_use, open_features, open_pool
from core.select.budget import Budget
from core.workspace import Workspace

N = 6


@pytest.fixture
def workspace(tiny_workspace):
    opened = Workspace.open(tiny_workspace)
    opened.choose(budget=N)
    return opened


def chosen_of(workspace, n=N):
    return selection.stored_order(in_use(workspace, "selection")).prefix(n)


@pytest.fixture
def chosen(workspace):
    return chosen_of(workspace)


def matrix_of(workspace):
    sets = open_features(workspace).sets
    found = np.zeros((sets.n_rows, sets.n_features), dtype=bool)
    for row in range(sets.n_rows):
        found[row, sets.rows.row(row)] = True
    return found


def best_by_hand(workspace, chosen, latent, muted=()):
    """Look at every row: most uncovered latents, then most latents, then the smaller id."""
    matrix, ids = matrix_of(workspace), open_pool(workspace).ids()
    lacking = ~matrix[chosen.rows].any(axis=0)
    lacking[list(muted)] = False
    able = [row for row in np.flatnonzero(matrix[:, latent]) if row not in chosen.rows]
    most = {row: (matrix[row] & lacking).sum() for row in able}
    best = max(most.values())
    tied = [row for row in able if most[row] == best]
    largest = max(matrix[row].sum() for row in tied)
    return min((row for row in tied if matrix[row].sum() == largest), key=lambda row: ids[row])


def test_uncovered_latents_are_those_of_the_pool_that_the_subset_lacks(workspace, chosen):
    matrix = matrix_of(workspace)
    lacking = matrix.any(axis=0) & ~matrix[chosen.rows].any(axis=0)
    found = uncovered(workspace, chosen)
    assert sorted(found.table["latent"]) == np.flatnonzero(lacking).tolist()
    assert found.n_uncovered == lacking.sum()
    assert found.n_reachable == matrix.any(axis=0).sum()
    assert (np.diff(found.table["rows"]) <= 0).all()


def test_each_has_the_row_that_brings_most(workspace, chosen):
    table = uncovered(workspace, chosen).table
    for latent, row, brings in zip(
        table["latent"], table["best row"], table["brings"], strict=True
    ):
        assert row == best_by_hand(workspace, chosen, latent)
        best = best_row_to_add(workspace, chosen, latent)
        assert best.row == row
        assert best.id == open_pool(workspace).ids()[row]
        assert len(best.brings) == brings
        assert latent in best.brings


def test_muted_latents_are_not_lacking(workspace, chosen):
    before = uncovered(workspace, chosen)
    muted = [int(one) for one in before.table["latent"][:5]]
    mark_all(workspace, "latent", {one: {"muted": True} for one in muted})
    after = uncovered(workspace, chosen)
    assert after.n_uncovered == before.n_uncovered - 5
    assert after.n_muted == 5
    assert not set(muted) & set(after.table["latent"])
    latent = int(after.table["latent"][0])
    assert best_row_to_add(workspace, chosen, latent).row == best_by_hand(
        workspace, chosen, latent, muted
    )


def test_a_forbidden_row_is_never_offered(workspace, chosen):
    latent = int(uncovered(workspace, chosen).table["latent"][0])
    best = best_row_to_add(workspace, chosen, latent)
    having = open_features(workspace).sets.columns.row(latent)
    ids = open_pool(workspace).ids()
    forbidden = tuple(ids[row] for row in having)
    selection.select_subset(
        workspace, Request("sae-greedy", Budget("rows", N), forbidden=forbidden)
    )
    again = chosen_of(workspace)
    assert best_row_to_add(workspace, again, latent) is None
    found = uncovered(workspace, again).table
    line = found[found["latent"] == latent].iloc[0]
    assert line["best id"] == ""
    assert line["brings"] == 0
    assert best.row not in set(rows_to_add(workspace, again)["row"])


def test_a_latent_that_no_row_has_cannot_be_brought(workspace, chosen):
    dead = int(np.flatnonzero(~matrix_of(workspace).any(axis=0))[0])
    with pytest.raises(RequestError, match=f"latent {dead} fires on no row"):
        best_row_to_add(workspace, chosen, dead)
    with pytest.raises(RequestError, match="no latent 9999"):
        best_row_to_add(workspace, chosen, 9999)


def test_rows_to_add_are_greedy_from_the_subset_on(workspace, chosen):
    matrix, ids = matrix_of(workspace), open_pool(workspace).ids()
    covered = matrix[chosen.rows].any(axis=0)
    left = set(range(40)) - set(chosen.rows.tolist())
    table = rows_to_add(workspace, chosen, 5)
    for row, brings, total in zip(table["row"], table["brings"], table["covered"], strict=True):
        gains = {one: (matrix[one] & ~covered).sum() for one in left}
        sizes = {one: matrix[one].sum() for one in left}
        best = min(left, key=lambda one: (-gains[one], -sizes[one], ids[one]))
        assert (row, brings) == (best, gains[best])
        covered |= matrix[row]
        left.discard(row)
        assert total == covered.sum()


def test_rows_to_add_end_where_nothing_is_new(workspace):
    whole = chosen_of(workspace, 40)
    assert not len(rows_to_add(workspace, whole))
    most = chosen_of(workspace, 30)
    table = rows_to_add(workspace, most, 100)
    assert (table["brings"] > 0).all()
    assert len(table) <= 10


# adding


def test_an_added_row_is_in_the_subset_of_the_same_size(workspace, chosen):
    best = best_row_to_add(workspace, chosen, int(uncovered(workspace, chosen).table["latent"][0]))
    done = adding.add_row(workspace, chosen, best.row)
    now = chosen_of(workspace)
    assert best.row in now.rows
    assert len(now) == done.budget == N
    assert done.covered == matrix_of(workspace)[now.rows].any(axis=0).sum()
    assert done.gained == done.covered - chosen.gains.sum()
    assert set(done.left.tolist()) == set(chosen.rows.tolist()) - set(now.rows.tolist())
    assert in_use(workspace, "selection").config["pinned"] == [best.id]


def test_rows_are_added_one_after_the_other_and_taken_back(workspace, chosen):
    before = in_use(workspace, "selection").fingerprint
    outside = [row for row in range(40) if row not in chosen.rows][:2]
    first = adding.add_row(workspace, chosen, outside[0])
    second = adding.add_row(workspace, chosen_of(workspace), outside[1])
    assert set(outside) <= set(chosen_of(workspace).rows.tolist())
    adding.take_back(workspace, second)
    adding.take_back(workspace, first)
    assert in_use(workspace, "selection").fingerprint == before
    assert chosen_of(workspace).rows.tolist() == chosen.rows.tolist()


def test_marks_are_honoured_when_a_row_is_added(workspace, chosen):
    mark(workspace, "latent", 4, muted=True)
    outside = next(row for row in range(40) if row not in chosen.rows)
    adding.add_row(workspace, chosen, outside)
    assert in_use(workspace, "selection").config["weights"] == {"4": 0.0}


@pytest.mark.parametrize(("row", "match"), [(999, "no row 999"), (-1, "no row -1")])
def test_a_row_that_is_not_there_is_refused(workspace, chosen, row, match):
    with pytest.raises(RequestError, match=match):
        adding.add_row(workspace, chosen, row)


def test_a_row_that_is_in_already_is_refused(workspace, chosen):
    with pytest.raises(RequestError, match="in the subset already"):
        adding.add_row(workspace, chosen, int(chosen.rows[0]))


def test_a_budget_full_of_pins_is_refused(workspace):
    ids = open_pool(workspace).ids()
    request = Request("sae-greedy", Budget("rows", 2), pinned=tuple(ids[:2]))
    selection.select_subset(workspace, request)
    with pytest.raises(RequestError, match="all 2 rows of the budget are pinned"):
        adding.add_row(workspace, chosen_of(workspace, 2), 7)


def test_a_method_that_cannot_choose_at_once_is_refused_by_name(workspace):
    selection.select_subset(workspace, Request("kmq", Budget("rows", N)))
    order = selection.stored_order(in_use(workspace, "selection"))
    assert "kmq takes long" in adding.why_not_add(workspace)
    with pytest.raises(RequestError, match="kmq takes long; pin the row on the subset page"):
        adding.add_row(workspace, order, int(np.setdiff1d(np.arange(40), order.rows)[0]))


def test_a_subset_under_a_budget_of_tokens_is_refused(workspace):
    selection.select_subset(workspace, Request("sae-greedy", Budget("tokens", 900)))
    assert "budget of tokens" in adding.why_not_add(workspace)
