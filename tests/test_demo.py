"""The demo pool keeps what docs/demo.md says of it."""

import json
import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLANTED = {"near-duplicate": 24, "boilerplate": 22, "low-effort": 20, "rare": 6}


@pytest.fixture(scope="module")
def rows():
    text = (ROOT / "assets" / "demo.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def words(row):
    return re.findall(r"\w+", " ".join(turn["content"] for turn in row["messages"]).lower())


def free(rows):
    return [row for row in rows if not row["planted"]]


def test_it_has_at_least_six_hundred_examples(rows):
    assert len(rows) >= 600


def test_it_covers_at_least_twenty_kinds_of_task(rows):
    assert len({row["topic"] for row in rows}) >= 20


def test_it_speaks_at_least_four_languages(rows):
    spoken = Counter(row["language"] for row in rows)
    assert sum(count >= 5 for count in spoken.values()) >= 4


def test_its_lengths_run_from_five_to_six_hundred_words(rows):
    lengths = sorted(len(words(row)) for row in free(rows))
    assert 5 <= lengths[0] <= 8
    assert 550 <= lengths[-1] <= 620


def test_some_examples_have_several_turns(rows):
    asked = [sum(turn["role"] == "user" for turn in row["messages"]) for row in rows]
    assert sum(count > 1 for count in asked) >= 30


def test_the_planted_groups_have_the_sizes_told(rows):
    assert Counter(row["planted"] for row in rows if row["planted"]) == PLANTED


def test_topic_sizes_are_uneven(rows):
    sizes = sorted(Counter(row["topic"] for row in rows).values())
    assert sizes[-1] >= 5 * sizes[0]


def test_openings_are_varied(rows):
    first = [turn["content"] for row in rows for turn in row["messages"] if turn["role"] == "user"]
    assert len({tuple(text.lower().split()[:3]) for text in first}) >= 400


def test_outside_the_planted_groups_no_two_rows_share_a_third_of_their_four_grams(rows):
    grams = [{tuple(w[i : i + 4]) for i in range(len(w) - 3)} for w in map(words, free(rows))]
    holders = defaultdict(list)
    for number, found in enumerate(grams):
        for gram in found:
            holders[gram].append(number)
    shared = Counter(pair for held in holders.values() for pair in combinations(held, 2))
    worst = max(count / min(len(grams[a]), len(grams[b])) for (a, b), count in shared.items())
    assert worst <= 0.30


@pytest.fixture(scope="module")
def told():
    return (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")


def test_the_page_on_the_demo_tells_every_planted_group(told):
    assert all(f"`{name}` | {count}" in told for name, count in PLANTED.items())


def test_the_page_on_the_demo_has_the_numbers_right(rows, told):
    asked = [sum(turn["role"] == "user" for turn in row["messages"]) for row in rows]
    several = sum(count > 1 for count in asked)
    topics = Counter(row["topic"] for row in rows).values()
    assert f"holds {len(rows)} instruction-tuning examples" in told
    assert f"one of {len(topics)} kinds of task, from {min(topics)} to {max(topics)}" in told
    assert f"{several} examples have several turns" in told
