"""The keys of every page, which need no server: talk, the list of keys, the search."""

import pytest

from tests.browser.conftest import app_on

PATIENCE = 60_000

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app on an empty workspace."""
    folder = tmp_path_factory.mktemp("talk")
    with app_on(folder / "w", folder) as address:
        yield address


@pytest.fixture
def page(tab, app):
    tab.set_default_timeout(PATIENCE)
    tab.goto(f"{app}/dataset")
    tab.wait_for_selector("h1")
    tab.wait_for_selector(".talk-line", state="attached")
    yield tab
    tab.evaluate("sessionStorage.clear()")


def sidebar(page):
    return page.locator("[data-testid=stSidebar]")


def type_size(page):
    return page.locator("h1").evaluate("(title) => parseFloat(getComputedStyle(title).fontSize)")


def test_t_hides_the_chrome_and_enlarges_the_type(page):
    before = type_size(page)
    page.keyboard.press("t")
    sidebar(page).wait_for(state="hidden")
    assert type_size(page) > 1.25 * before
    assert page.locator(".talk-line").inner_text() == "Talk view. T or Escape ends it."


def test_escape_brings_it_back(page):
    page.keyboard.press("t")
    sidebar(page).wait_for(state="hidden")
    page.keyboard.press("Escape")
    sidebar(page).wait_for(state="visible")
    assert page.evaluate("document.documentElement.dataset.talk") == "false"


def test_it_outlives_a_reload(page):
    page.keyboard.press("t")
    sidebar(page).wait_for(state="hidden")
    page.reload()
    page.wait_for_selector("h1")
    sidebar(page).wait_for(state="hidden")
    assert page.evaluate("document.documentElement.dataset.talk") == "true"


def test_a_letter_that_is_typed_is_no_key(page):
    field = page.locator("[data-testid=stTextInput] input, textarea").first
    field.click()
    page.keyboard.press("t")
    assert field.input_value().endswith("t")
    assert sidebar(page).is_visible()


def test_it_works_when_the_server_is_gone(page, profile):
    profile.set_offline(True)
    try:
        page.keyboard.press("t")
        sidebar(page).wait_for(state="hidden")
        assert page.locator("h1").is_visible()
    finally:
        profile.set_offline(False)


def test_a_question_mark_lists_the_keys_and_escape_closes_the_list(page):
    page.keyboard.press("?")
    listed = page.locator(".key-list")
    assert listed.is_visible()
    assert "hide everything but the page" in listed.inner_text()
    page.keyboard.press("Escape")
    assert listed.is_hidden()


def test_a_slash_leads_to_the_search_where_there_is_one(page):
    page.evaluate(
        """() => {
          const search = document.createElement("div");
          search.dataset.testid = "stTextInput";
          search.append(document.createElement("input"));
          document.querySelector("[data-testid=stMain]").append(search);
        }"""
    )
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    assert page.evaluate("document.activeElement.value") == ""
