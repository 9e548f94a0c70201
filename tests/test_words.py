"""How numbers and foreign text are said on pages."""

import pytest

from pages.components import commands, words
from pages.components.commands import ModelPlace


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (81, 100, "81 %"),
        (0, 0, "0 %"),
        (1, 300, "0.33 %"),
        (9_999, 10_000, "99.9 %"),
        (10_000, 10_000, "100 %"),
    ],
)
def test_a_share_has_two_digits_and_is_complete_only_when_it_is(part, whole, said):
    assert words.share(part, whole) == said


def test_a_share_says_of_what():
    assert words.share(3_169, 3_912, "latents") == "81 % of 3,912 latents"


def test_counts_are_grouped_and_agree_with_their_noun():
    assert (words.count(1, "row"), words.count(51_924, "row")) == ("1 row", "51,924 rows")


def test_estimates_have_two_digits():
    assert (words.about(90_342), words.about(4_310_630)) == ("90,000", "4.3 million")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("[a](http://b)", r"\[a\](http\://b)"),
        ("![a](c)", r"!\[a\](c)"),
        ("<img src=x>", r"\<img src=x\>"),
        ("- item", r"\- item"),
        ("12. item", r"12\. item"),
        ("a\n\nb", "a b"),
        ("12 % of 5,000", "12 % of 5,000"),
    ],
)
def test_foreign_text_holds_no_markup(text, escaped):
    assert words.plain(text) == escaped


def test_a_source_cannot_be_taken_for_an_option():
    assert commands.ingest(["--strict"], {}) == ["ingest", "./--strict"]


def test_settings_become_options_of_the_command_line():
    place = ModelPlace(model="org/name", sae="0123456789abcdef", device="cpu")
    assert commands.extract(place, {"max_length": None, "code_share": 0.1}) == [
        "extract",
        "--model=org/name",
        "--device=cpu",
        "--sae=0123456789abcdef",
        "--set=max_length=",
        "--set=code_share=0.1",
    ]


@pytest.mark.parametrize(
    ("number", "digits", "written"),
    [
        (1234.5, 3, "1,230"),
        (130.2, 2, "130"),
        (0.12345, 3, "0.123"),
        (999.6, 3, "1,000"),
        (0, 3, "0"),
    ],
)
def test_a_figure_has_significant_digits_and_no_power_of_ten(number, digits, written):
    assert words.figure(number, digits) == written
