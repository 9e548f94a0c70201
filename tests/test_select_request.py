"""What may be asked of a selection: budgets, constraints, views, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.options import NoConfig
from core.select import Budget, Constraints, View, parse_budget, select
from core.select.allocate import allocate
from core.select.base import SELECTORS, Selector, selector
from core.select.budget import resolve
from core.select.ordering import by_id
from core.select.selection import Picks
from core.select.view import id_hashes, id_ranks
from tests.select_pools import readings, view_of

# budgets


@pytest.mark.parametrize("given", ["0", "-3", "1.5", "many", "", "nan", "inf", 0, -3, 1.5, True])
@pytest.mark.parametrize("kind", ["rows", "tokens"])
def test_a_budget_that_is_no_whole_number_is_refused_as_seen(given, kind):
    with pytest.raises(RequestError, match="whole number") as caught:
        parse_budget(given, kind)
    assert str(given) in str(caught.value)


@pytest.mark.parametrize("given", ["0", "-0.1", "1.01", "nan", "half"])
def test_a_ratio_outside_0_and_1_is_refused_as_seen(given):
    with pytest.raises(RequestError, match="ratio lies above 0") as caught:
        parse_budget(given, "ratio")
    assert given in str(caught.value)


@pytest.mark.parametrize("given", ["5000", 5000, " 5000 ", "5e3", 5000.0])
def test_a_budget_is_read_from_text_and_numbers(given):
    assert parse_budget(given) == Budget("rows", 5000)


def test_a_kind_that_does_not_exist_is_a_programmers_mistake():
    with pytest.raises(ValueError, match="'words' is none of"):
        Budget("words", 3)


@given(
    n_rows=st.integers(1, 10**7),
    ratio=st.floats(0, 1, exclude_min=True),
)
def test_a_ratio_gives_the_nearest_number_of_rows_but_never_none(n_rows, ratio):
    rows = resolve(Budget("ratio", ratio), n_rows=n_rows)
    assert 1 <= rows <= n_rows
    assert rows == 1 or abs(rows - ratio * n_rows) <= 0.5


@given(n_rows=st.integers(1, 1000), forbidden=st.integers(0, 1000), wanted=st.integers(1, 2000))
def test_a_budget_is_met_exactly_or_refused_with_the_largest(n_rows, forbidden, wanted):
    forbidden = min(forbidden, n_rows)
    available = n_rows - forbidden
    if 0 < wanted <= available:
        assert resolve(Budget("rows", wanted), n_rows=n_rows, n_forbidden=forbidden) == wanted
        return
    with pytest.raises(RequestError, match=f"at most {available}" if available else "all forbid"):
        resolve(Budget("rows", wanted), n_rows=n_rows, n_forbidden=forbidden)


def test_a_budget_below_the_pins_names_the_smallest():
    with pytest.raises(RequestError, match=r"4 rows are pinned.*at least 4"):
        resolve(Budget("rows", 3), n_rows=10, n_pinned=4)


# tokens


def with_tokens(tokens, limit, *, method="longest", **options):
    arrays = {"tokens": np.array(tokens), "lengths": np.array(tokens)}
    return select(method, view_of(arrays), Budget("tokens", limit), **options)


def test_a_row_that_does_not_fit_is_skipped_and_a_later_one_taken():
    found = with_tokens([50, 40, 30, 8], 60)
    assert found.rows.tolist() == [0, 3]
    assert found.tokens_used == 58
    assert "58 of 60 tokens used, 2 rows skipped" in found.notes[-1]


def test_an_order_with_skipped_rows_has_no_prefixes():
    with pytest.raises(RequestError, match="not nested"):
        with_tokens([50, 40, 30, 8], 60).prefix(1)


def test_an_order_without_skipped_rows_keeps_its_prefixes():
    prefix = with_tokens([50, 40, 30, 30], 90).prefix(1)
    assert (prefix.rows.tolist(), prefix.tokens_used) == ([0], 50)


def test_a_fitting_row_is_found_however_far_down_it_stands():
    found = with_tokens([100] * 300 + [1], 101)
    assert found.rows.tolist()[1:] == [300]


def test_tokens_below_the_shortest_row_are_refused():
    with pytest.raises(RequestError, match="no row fits a budget of 7 tokens; ask for at least 8"):
        with_tokens([50, 40, 8], 7)


def test_tokens_below_the_pinned_rows_are_refused():
    with pytest.raises(RequestError, match=r"pinned rows hold 90 tokens.*at least 90"):
        with_tokens([50, 40, 8], 80, constraints=Constraints(pinned=np.array([0, 1])))


def test_a_token_budget_without_token_counts_is_refused():
    with pytest.raises(RequestError, match="needs token counts"):
        select("random", view_of({"ids": np.array(["a"])}), Budget("tokens", 5))


def test_a_method_that_is_not_nested_answers_tokens_as_a_whole():
    arrays = readings()
    found = select("kmq", view_of(arrays), Budget("tokens", 900), seed=2)
    same = select("kmq", view_of(arrays), Budget("rows", len(found)), seed=2)
    assert found.rows.tolist() == same.rows.tolist()
    assert 900 - found.tokens_used < 60


# constraints


def test_a_row_both_pinned_and_forbidden_is_refused_by_name():
    with pytest.raises(RequestError, match=r"1 row is both pinned and forbidden \(row 4\)"):
        Constraints(np.array([1, 4]), np.array([4, 9])).checked(10)


@pytest.mark.parametrize("word", ["pinned", "forbidden"])
@pytest.mark.parametrize("row", [-1, 10])
def test_a_row_outside_the_pool_is_refused_by_name(word, row):
    with pytest.raises(RequestError, match=f"{word} but not in the pool of 10 \\(row {row}\\)"):
        Constraints(**{word: np.array([2, row])}).checked(10)


def test_rows_that_are_not_positions_are_refused():
    with pytest.raises(RequestError, match=r"positions in the pool; seen 0\.5"):
        Constraints(pinned=np.array([0.5])).checked(3)


def test_a_row_pinned_twice_is_pinned_once():
    assert Constraints(pinned=np.array([5, 2, 5])).checked(10).pinned.tolist() == [2, 5]


def test_given_names_only_what_is_set():
    assert Constraints().given() == ()
    assert Constraints(costs=np.ones(3)).given() == ("costs",)


@pytest.mark.parametrize("kind", ["rows", "ratio", "tokens"])
def test_forbidding_everything_says_so(kind):
    arrays = readings(5)
    with pytest.raises(RequestError, match="5 rows, all forbidden"):
        select(
            "random",
            view_of(arrays),
            Budget(kind, 1),
            constraints=Constraints(forbidden=np.arange(5)),
        )


# views


def test_a_reading_is_loaded_when_first_asked_for_and_once():
    calls = []
    view = View(2, {"ids": lambda: ["a", "b"], "lengths": lambda: calls.append(1) or np.ones(2)})
    assert calls == []
    assert view.lengths is view.limited_to(["lengths"]).lengths
    assert calls == [1]


def test_a_limited_view_refuses_what_was_not_declared():
    view = view_of(readings()).limited_to(["codes"])
    with pytest.raises(ValueError, match="'embeddings' without declaring it"):
        _ = view.embeddings
    assert not view.offers("embeddings") and view.offers("codes")


def test_a_limited_view_still_tells_rows_apart():
    view = view_of(readings()).limited_to([])
    assert len(view.id_rank) == len(view.id_hash) == view.n_rows


def test_a_reading_of_another_length_is_a_programmers_mistake():
    view = View(3, {"ids": lambda: list("abc"), "tokens": lambda: np.ones(2)})
    with pytest.raises(ValueError, match="tokens has 2 rows where the pool has 3"):
        _ = view.tokens


def test_a_reading_nobody_knows_is_a_programmers_mistake():
    with pytest.raises(ValueError, match="no reading 'vibes'"):
        View(1, {"ids": lambda: ["a"], "vibes": lambda: None})


def test_a_view_needs_ids():
    with pytest.raises(ValueError, match="offers 'ids'"):
        View(1, {"lengths": lambda: np.ones(1)})


def test_a_reading_the_pool_lacks_is_named_in_words():
    with pytest.raises(RequestError, match="no quality scores"):
        _ = View(1, {"ids": lambda: ["a"]}).quality


def test_an_unknown_column_names_the_nearest():
    view = view_of(readings(), columns={"topic": np.zeros(60)})
    with pytest.raises(RequestError, match="did you mean 'topic'"):
        view.columns("topics")


def test_id_ranks_follow_the_text_of_ids():
    ids = ["b", "c", "a"]
    assert id_ranks(ids).tolist() == [1, 2, 0]
    assert by_id(np.array([0, 1, 2]), id_ranks(ids)).tolist() == [2, 0, 1]


def test_id_hashes_are_the_first_bits_of_sha256():
    # sha256("abc") begins ba7816bf 8f01cfea
    assert id_hashes(["abc"]).tolist() == [0xBA7816BF8F01CFEA]


# sharing a budget


@settings(max_examples=200)
@given(data=st.data(), n=st.integers(1, 8))
def test_shares_add_up_and_stay_within_their_bounds(data, n):
    ints = st.lists(st.integers(0, 30), min_size=n, max_size=n)
    floors, room, weights = (np.array(data.draw(ints)) for _ in range(3))
    caps = floors + room
    total = data.draw(st.integers(int(floors.sum()), int(caps.sum())))
    shares = allocate(total, weights, floors=floors, caps=caps)
    assert shares.sum() == total
    assert (floors <= shares).all() and (shares <= caps).all()


@given(weights=st.lists(st.integers(1, 500), min_size=1, max_size=9), total=st.integers(0, 900))
def test_shares_without_bounds_are_within_one_of_proportional(weights, total):
    weights = np.array(weights)
    free = np.full(len(weights), total)
    shares = allocate(total, weights, floors=np.zeros_like(weights), caps=free)
    assert (np.abs(shares - total * weights / weights.sum()) < 1).all()


def test_shares_follow_the_largest_remainder():
    # 10 seats for 47, 16, 15.8, 12, 6.1 and 3.1 hundred votes: 5, 2, 1, 1, 1, 0
    votes = np.array([47000, 16000, 15800, 12000, 6100, 3100])
    none, all_ = np.zeros(6, dtype=int), np.full(6, 10)
    assert allocate(10, votes, floors=none, caps=all_).tolist() == [5, 2, 1, 1, 1, 0]


def test_shares_that_cannot_add_up_are_refused():
    with pytest.raises(ValueError, match="9 does not fit between 0 and 8"):
        allocate(9, np.ones(2, dtype=int), floors=np.zeros(2, dtype=int), caps=np.full(2, 4))


# the dispatcher


@pytest.fixture
def misbehave(monkeypatch):
    """Let 'random' give any answer."""
    entry = SELECTORS.get("random")

    def install(answer):
        broken = Selector(
            **{name: getattr(entry, name) for name in entry.__dataclass_fields__}
            | {"choose": lambda view, budget, config, **rest: answer(view)}
        )
        monkeypatch.setitem(SELECTORS._entries, "random", broken)

    return install


@pytest.mark.parametrize(
    ("picks", "fault"),
    [
        (Picks(np.array([0, 1])), "2 rows instead of 3"),
        (Picks(np.array([0, 1, 60])), "a row outside the pool"),
        (Picks(np.array([5, 1, 1])), "a row twice"),
        (Picks(np.array([0, 1, 2])), "a pinned row left out"),
        (Picks(np.array([5, 1, 7])), "a forbidden row"),
        (Picks(np.array([5, 1, 2]), np.array([0, 3])), "rounds that do not"),
        (Picks(np.array([5, 1, 2]), explains={"own_gains": np.ones(2)}), "another length"),
    ],
)
def test_a_selector_that_breaks_its_contract_is_caught(misbehave, picks, fault):
    misbehave(lambda view: picks)
    limits = Constraints(np.array([5]), np.array([7]))
    with pytest.raises(ValueError, match=fault):
        select("random", view_of(readings()), Budget("rows", 3), constraints=limits)


def test_a_selector_sees_nothing_it_did_not_declare(misbehave):
    misbehave(lambda view: view.codes)
    with pytest.raises(ValueError, match="'codes' without declaring it"):
        select("random", view_of(readings()), Budget("rows", 3))


def test_an_unknown_method_names_the_nearest():
    with pytest.raises(RequestError, match="did you mean 'sae-greedy'"):
        select("sae-gredy", view_of(readings()), Budget("rows", 3))


def test_an_unknown_option_is_refused():
    with pytest.raises(RequestError, match="unknown option 'speed'"):
        select("random", view_of(readings()), Budget("rows", 3), {"speed": 9})


def test_a_pool_without_codes_has_no_gains():
    found = select("random", view_of({"ids": np.array(["a", "b"])}), Budget("rows", 1))
    assert found.gains is None


def test_a_selection_remembers_the_configuration_with_its_defaults():
    found = select("kmq", view_of(readings()), Budget("rows", 9), {"clusters": "3"})
    assert found.config["clusters"] == 3
    assert found.config["allocation"] == "proportional"


@pytest.mark.parametrize(
    "fault", [{"needs": ("vibes",)}, {"honours": ("luck",)}, {"provenance": "hearsay"}]
)
def test_a_registration_with_an_unknown_word_is_refused(fault):
    described = {
        "title": "T",
        "complexity": "O(1)",
        "when": "w",
        "source": "s",
        "provenance": "default",
    }
    with pytest.raises(ValueError, match="unknown"):
        selector("new", NoConfig, **described | fault)
