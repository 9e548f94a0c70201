"""How far people agree, and who decides what: by hand, against a library, as properties."""

import math
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from core.curate.agreement import NONE_SHARED, ONE_VERDICT, agreement, cohen, fleiss
from core.curate.assignment import Rule, assigned, judges_of
from core.curate.records import VERDICTS
from core.errors import RequestError
from core.fingerprint import digest

PAIRS = st.lists(st.tuples(st.sampled_from(VERDICTS), st.sampled_from(VERDICTS)), min_size=1)
EXAMPLES = [digest(str(n).encode())[:32] for n in range(4_000)]
FLEISS_1971 = [
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
]
"""Ten subjects, fourteen raters, five categories: the worked example in the literature."""


@given(pairs=PAIRS)
def test_cohen_is_as_the_library_has_it(pairs):
    first, second = zip(*pairs, strict=True)
    assume(not (len(set(first)) == 1 and set(first) == set(second)))
    found = cohen(first, second)
    assert found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
    assert found.n == len(pairs)
    assert found.raw == pytest.approx(sum(a == b for a, b in pairs) / len(pairs))


def test_cohen_by_hand():
    """Of 50: both yes 20, both no 15, 5 and 10 apart; (0.7 - 0.5) / (1 - 0.5)."""
    first = ["approved"] * 25 + ["rejected"] * 25
    second = ["approved"] * 20 + ["rejected"] * 5 + ["approved"] * 10 + ["rejected"] * 15
    found = cohen(first, second)
    assert found.value == pytest.approx(0.4)
    assert found.raw == pytest.approx(0.7)


def test_cohen_of_people_who_agree_in_all_is_one():
    said = ["approved", "rejected", "unsure"]
    assert cohen(said, said).value == 1.0


def test_cohen_without_shared_examples_is_undefined():
    assert (cohen([], []).value, cohen([], []).why) == (None, NONE_SHARED)


def test_cohen_of_one_verdict_throughout_is_undefined():
    found = cohen(["approved"] * 3, ["approved"] * 3)
    assert (found.value, found.raw, found.why) == (None, 1.0, ONE_VERDICT)


def test_cohen_wants_both_to_have_judged_the_same():
    with pytest.raises(RequestError, match="seen 1 and 2"):
        cohen(["approved"], ["approved", "unsure"])


def test_fleiss_is_as_in_the_textbook():
    judged = [[str(k) for k, n in enumerate(row) for _ in range(n)] for row in FLEISS_1971]
    found = fleiss(judged)
    assert found.value == pytest.approx(0.2099, abs=5e-5)
    assert found.raw == pytest.approx(0.3780, abs=5e-4)
    assert found.n == 10


@given(pairs=PAIRS)
def test_fleiss_of_two_is_scott_s_pi(pairs):
    totals = Counter(verdict for pair in pairs for verdict in pair)
    expected = math.fsum((n / (2 * len(pairs))) ** 2 for n in totals.values())
    assume(len(totals) > 1)
    raw = sum(a == b for a, b in pairs) / len(pairs)
    assert fleiss(pairs).value == pytest.approx((raw - expected) / (1 - expected), abs=1e-9)


def test_fleiss_of_one_verdict_throughout_is_undefined():
    found = fleiss([["approved"] * 3] * 4)
    assert (found.value, found.raw, found.n, found.why) == (None, 1.0, 4, ONE_VERDICT)


@pytest.mark.parametrize("judged", [[["a"]], [["a", "b"], ["a", "b", "c"]]])
def test_fleiss_wants_equally_many_verdicts(judged):
    with pytest.raises(RequestError, match="the same number of people"):
        fleiss(judged)


def test_agreement_takes_each_pair_on_what_both_decided():
    found = agreement(
        {
            "ann": {"1": "approved", "2": "rejected", "3": "approved"},
            "bob": {"1": "approved", "2": "rejected", "4": "unsure"},
            "eve": {"4": "unsure"},
        }
    )
    named = {(one.first, one.second): (one.kappa.value, one.kappa.n) for one in found.pairs}
    assert named == {("ann", "bob"): (1.0, 2), ("ann", "eve"): (None, 0), ("bob", "eve"): (None, 1)}
    assert [(one.n_judges, one.kappa.n) for one in found.groups] == [(2, 3)]


def test_nobody_agrees_with_nobody():
    assert agreement({}).pairs == agreement({"ann": {"1": "approved"}}).groups == ()


def test_every_example_falls_to_one_or_to_the_judges():
    rule = Rule(("ann", "bob", "eve", "joe"), overlap=0.25, judges=3)
    counts = Counter(one for own in assigned(rule, EXAMPLES).values() for one in own)
    assert set(counts) == set(EXAMPLES)
    assert set(counts.values()) == {1, 3}
    several = sum(n == 3 for n in counts.values())
    assert several == pytest.approx(0.25 * len(EXAMPLES), rel=0.1)


def test_everybody_gets_about_as_much():
    own = assigned(Rule(("ann", "bob", "eve"), overlap=0.0), EXAMPLES)
    assert all(len(one) == pytest.approx(len(EXAMPLES) / 3, rel=0.1) for one in own.values())


@pytest.mark.parametrize(("overlap", "n"), [(0.0, 1), (1.0, 2)])
def test_the_overlap_reaches_from_none_to_all(overlap, n):
    rule = Rule(("ann", "bob", "eve"), overlap=overlap)
    assert {len(judges_of(rule, one)) for one in EXAMPLES[:200]} == {n}


def test_the_order_of_names_and_examples_does_not_matter():
    before = assigned(Rule(("ann", "bob", "eve")), EXAMPLES)
    after = assigned(Rule(("eve", "ann", "bob")), EXAMPLES[::-1])
    assert {name: set(own) for name, own in before.items()} == {
        name: set(own) for name, own in after.items()
    }
    assert before["ann"] == tuple(one for one in EXAMPLES if one in set(before["ann"]))


def test_who_joins_takes_only_their_share():
    before = assigned(Rule(("ann", "bob", "eve"), overlap=0.0), EXAMPLES)
    after = assigned(Rule(("ann", "bob", "eve", "joe"), overlap=0.0), EXAMPLES)
    assert all(set(after[name]) <= set(own) for name, own in before.items())
    assert len(after["joe"]) == pytest.approx(len(EXAMPLES) / 4, rel=0.1)


def test_one_example_falls_as_all_do():
    rule = Rule(("ann", "bob", "eve"), overlap=0.5)
    own = assigned(rule, EXAMPLES[:50])
    for one in EXAMPLES[:50]:
        assert judges_of(rule, one) == tuple(name for name in rule.curators if one in own[name])


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"curators": ()}, "at least one"),
        ({"curators": ("ann", "ann")}, "each curator once"),
        ({"curators": ("ann", " ")}, "name of 1 to 200"),
        ({"curators": ("ann", "bob"), "overlap": 1.5}, "from 0 to 1; seen 1.5"),
        ({"curators": ("ann", "bob"), "overlap": float("nan")}, "seen nan"),
        ({"curators": ("ann", "bob"), "judges": 3}, "of 2 here; seen 3"),
        ({"curators": ("ann", "bob"), "judges": 1}, "seen 1"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(values, match):
    with pytest.raises(RequestError, match=match):
        Rule(**values)
