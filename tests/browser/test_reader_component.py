"""The reader in a real browser: text stays text, what is unseen is named, tokens are shaded."""

import re
from pathlib import Path

import pytest

from tests.browser.conftest import serving
from tests.browser.hostile import CODE, HOSTILE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reader_server(tmp_path_factory):
    page = Path(__file__).parent / "reader_page.py"
    with serving(page, tmp_path_factory.mktemp("state")) as address:
        yield address


@pytest.fixture
def reader(tab, reader_server):
    tab.goto(reader_server)
    tab.wait_for_selector(".reader[data-ready=true] .example", timeout=30_000)
    return tab


def luminance(colour):
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_markup_in_an_example_is_shown_as_text(reader):
    assert reader.locator(".text").first.inner_text() == HOSTILE
    assert reader.locator(".fact dd").nth(1).inner_text() == HOSTILE
    assert reader.locator(".fact dt").last.inner_text() == "<b>name</b>"
    assert reader.evaluate("window.broken") is None
    for name in ("img", "script", "h1"):
        assert reader.locator(f".reader {name}").count() == 0


def test_unseen_characters_are_named_and_a_joined_emoji_stays(reader):
    marks = reader.locator(".turns .control").all_inner_texts()
    assert marks == ["U+202E", "U+200B", "\N{SYMBOL FOR BELL}"]
    assert "\U0001f468\u200d\U0001f469" in reader.locator(".text").nth(1).inner_text()


def test_fenced_code_stands_in_monospace(reader):
    block = reader.locator("code.block")
    assert block.inner_text() == CODE.splitlines()[2]
    assert "Mono" in block.evaluate("node => getComputedStyle(node).fontFamily") or (
        "Code" in block.evaluate("node => getComputedStyle(node).fontFamily")
    )


def test_text_is_16_px_and_near_80_characters_a_line(reader):
    text = reader.locator(".text").nth(2)
    assert text.evaluate("node => getComputedStyle(node).fontSize") == "16px"
    assert text.evaluate("node => node.clientWidth") <= 600


def test_a_stronger_token_is_shaded_more_and_says_its_value(reader):
    heats = reader.locator(".token").evaluate_all(
        "nodes => nodes.map(node => Number(node.style.getPropertyValue('--heat')))"
    )
    assert heats == [0.5, 1]
    reader.locator(".token").last.hover()
    assert reader.locator(".tip:not([hidden])").inner_text() == "2.00"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_token_at_full_activation_keeps_its_contrast(theme, profile, reader_server):
    tab = profile.new_page()
    tab.emulate_media(color_scheme=theme)
    tab.goto(reader_server)
    tab.wait_for_selector(".reader[data-ready=true] .example", timeout=30_000)
    ink, highlight = tab.locator(".token").last.evaluate(
        """node => {
          const canvas = new OffscreenCanvas(1, 1).getContext('2d');
          const style = getComputedStyle(node);
          for (const colour of [getComputedStyle(node).getPropertyValue('--st-background-color'),
                                style.backgroundColor]) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
          }
          return [style.color, `rgb(${[...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)})`];
        }"""
    )
    tab.close()
    lights = sorted((luminance(ink), luminance(highlight)))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5


def test_a_long_example_opens_to_its_whole_text(reader):
    text = reader.locator(".example .text")
    before = len(text.inner_text())
    reader.get_by_role("button", name="whole text").click()
    assert len(text.inner_text()) > before
    assert text.inner_text().endswith(HOSTILE)
    reader.get_by_role("button", name="excerpt").click()
    assert len(text.inner_text()) == before


def test_a_row_asked_for_arrives_once(reader):
    reader.get_by_role("button", name="row 7").click()
    reader.get_by_text("asked=7").wait_for()
    reader.get_by_role("button", name="Again").click()
    reader.get_by_text("asked=None").wait_for()
    assert reader.get_by_text("asked=7").count() == 0


def test_what_was_opened_stays_open_when_the_page_runs_again(reader):
    reader.get_by_role("button", name="whole text").click()
    reader.get_by_role("button", name="Again").click()
    reader.get_by_text("again", exact=True).wait_for()
    assert reader.get_by_role("button", name="excerpt").count() == 1
