"""What one subset has that another had not: by hand on ten rows, and against plain sets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pipeline.changes import change, covered_by, replacements
from core.pipeline.selection import stored_order
from core.pipeline.views import in_use, open_features, open_pool
from core.records import Csr, FeatureSets
from core.sparse import transpose
from core.workspace import Workspace

# Ten rows over eight latents; latent 7 is had by no row.
TEN = [{0, 1}, {1, 2}, {2}, {3}, {3, 4}, {0, 5}, {5, 6}, {6}, {1, 3}, set()]


def sets_of(rows, n_features):
    starts = np.cumsum([0, *map(len, rows)])
    ids = np.array([one for row in rows for one in sorted(row)], dtype=np.uint32)
    csr = Csr(starts.astype(np.int64), ids, None, n_features)
    return FeatureSets(csr, transpose(csr))


@pytest.fixture
def ten():
    return sets_of(TEN, 8)


def rows_of(*numbers):
    return np.array(numbers, dtype=np.int64)


def test_coverage_before_and_after_is_of_what_the_pool_can_reach(ten):
    found = covered_by(ten, rows_of(0, 4, 6), rows_of(0, 4, 2))
    assert (found.before, found.after, found.n_reachable) == (6, 5, 7)


def test_latents_gained_and_lost_are_named(ten):
    found = covered_by(ten, rows_of(0, 4, 6), rows_of(0, 4, 2))
    assert (found.gained.tolist(), found.lost.tolist()) == ([2], [5, 6])


def test_the_cost_of_a_row_is_what_it_alone_brought(ten):
    # 1 and 8 share latent 1; 1 alone has 2, 8 alone has 3.
    found = covered_by(ten, rows_of(1, 8), rows_of(9))
    assert found.cost.tolist() == [1, 1]


def test_what_others_bring_again_is_not_missed(ten):
    # 6 alone brought 5 and 6; 7 brings 6 again.
    found = covered_by(ten, rows_of(0, 6), rows_of(0, 7))
    assert (found.cost.tolist(), found.missed.tolist()) == ([2], [1])


def test_replacements_bring_in_pick_order_what_is_new_beside_those_that_stayed(ten):
    found = covered_by(ten, rows_of(0, 9), rows_of(8, 0, 4, 3))
    assert found.brings.tolist() == [1, 1, 0]  # 8: 3 (1 is there), 4: 4, 3: nothing


def test_an_heir_is_the_new_row_with_most_of_what_the_old_one_alone_brought(ten):
    found = covered_by(ten, rows_of(6, 2), rows_of(7, 5, 8))
    assert found.heirs.tolist() == [7, -1]  # 7 and 5 have one each of 6's two; nobody has 2's


def test_equal_subsets_in_another_order_change_nothing(ten):
    found = covered_by(ten, rows_of(0, 4), rows_of(4, 0))
    assert not len(found.gained) and not len(found.lost) and not len(found.cost)


def test_an_empty_subset_may_stand_on_either_side(ten):
    assert covered_by(ten, rows_of(), rows_of(0)).brings.tolist() == [2]
    assert covered_by(ten, rows_of(0), rows_of()).cost.tolist() == [2]


pools = st.lists(st.sets(st.integers(0, 6)), min_size=1, max_size=12)


@st.composite
def two_subsets(draw):
    pool = draw(pools)
    numbers = st.lists(st.integers(0, len(pool) - 1), unique=True)
    return pool, draw(numbers), draw(numbers)


@given(two_subsets())
@settings(max_examples=150, deadline=None)
def test_it_is_what_plain_sets_say(drawn):
    pool, before, after = drawn
    found = covered_by(sets_of(pool, 7), rows_of(*before), rows_of(*after))
    assert told(found) == naive(pool, before, after)


def told(found):
    names = ("before", "after", "gained", "lost", "brings", "cost", "missed", "heirs")
    values = {name: getattr(found, name) for name in names}
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in values.items()}


def naive(pool, before, after):
    was, now = union(pool, before), union(pool, after)
    out = [row for row in before if row not in after]
    new = [row for row in after if row not in before]
    alone = [pool[row] - union(pool, set(before) - {row}) for row in out]
    covered, brings = union(pool, set(before) & set(after)), []
    for row in new:
        brings.append(len(pool[row] - covered))
        covered |= pool[row]
    return {
        "before": len(was),
        "after": len(now),
        "gained": sorted(now - was),
        "lost": sorted(was - now),
        "brings": brings,
        "cost": [len(one) for one in alone],
        "missed": [len(one - now) for one in alone],
        "heirs": [heir(pool, new, one) for one in alone],
    }


def union(pool, rows):
    return set().union(*(pool[row] for row in rows))


def heir(pool, new, alone):
    best = max(new, key=lambda row: len(pool[row] & alone), default=None)
    return best if best is not None and pool[best] & alone else -1


def test_rows_words_and_tokens_are_held_against_each_other(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    found = change(workspace, rows_of(3, 1, 2), rows_of(2, 5, 1, 7))
    words = open_pool(workspace).column("n_response_words")
    assert (found.rows_in.tolist(), found.rows_out.tolist()) == ([5, 7], [3])
    assert (found.n_before, found.n_after) == (3, 4)
    assert found.words_after - found.words_before == words[5] + words[7] - words[3]
    assert found.tokens_before and found.tokens_after


def test_a_subset_beside_itself_is_no_change(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    assert change(workspace, rows_of(1, 2), rows_of(2, 1)).is_none


def test_the_rejected_are_told_from_those_that_moved(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    order = stored_order(in_use(workspace, "selection"))
    before, after = order.prefix(8), order.prefix(6)
    found = replacements(workspace, before, after, order.rows[6:7])
    assert found.rejected.tolist() == [order.rows[6]]
    assert found.moved.tolist() == [order.rows[7]]
    assert found.cost.shape == found.missed.shape == found.heirs.shape == (1,)


def test_a_row_that_was_never_chosen_replaces_nothing(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    order = stored_order(in_use(workspace, "selection"))
    found = replacements(workspace, order.prefix(6), order.prefix(6), order.rows[9:10])
    assert not len(found.rejected) and found.change.is_none


def test_coverage_of_the_change_is_that_of_the_order(tiny_workspace):
    workspace = Workspace.open(tiny_workspace)
    order = stored_order(in_use(workspace, "selection"))
    found = change(workspace, order.rows[:4], order.rows[:9]).coverage
    assert (found.before, found.after) == (order.gains[:4].sum(), order.gains[:9].sum())
    assert found.brings.tolist() == order.gains[4:9].tolist()
    assert found.n_reachable == open_features(workspace).sets.n_reachable
