"""Two curators at once in real browsers, on SQLite and on PostgreSQL, and a server that is killed.

What the store holds is compared with the keys that were pressed.
"""

import shutil
from collections import Counter

import pytest

from core.pipeline.decision_books import URL
from core.pipeline.decisions import decided
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset
from core.select.budget import Budget
from core.workspace import Workspace
from scripts.served import ROOT, Server
from tests import postgres
from tests.browser.curating import VERDICT_OF, Curator, cells

EACH = 200  # decisions a curator
N_CHOSEN = 300  # so that both meet at least a hundred examples, in whatever order
BURST = 40  # decisions a curator, in the midst of which the server is killed
BEFORE = 20  # of them long before that
PENDING = 10  # right before that
DOWN = 5  # while nobody listens
SIZE = {"width": 1440, "height": 1000}

# Every event that the page has shown as stored since.
WATCH = """() => {
  window.shownAsStored = new Set();
  const root = document.querySelector('.curate') ?? [...document.querySelectorAll('*')]
    .map((one) => one.shadowRoot?.querySelector('.curate')).find(Boolean);
  const look = () => root.querySelectorAll('[data-stroke][data-state=stored]')
    .forEach((one) => window.shownAsStored.add(one.dataset.stroke));
  new MutationObserver(look).observe(root, { subtree: true, childList: true, attributes: true });
}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def database(request):
    """Gives the address of an empty database; that of SQLite is empty: it is the workspace's."""
    if request.param == "SQLite":
        yield str
        return
    with postgres.server() as url:
        yield lambda: postgres.fresh_schema(url)


@pytest.fixture(scope="module")
def chosen(demo_workspace, tmp_path_factory):
    """The demo with a subset to be decided; not to be changed."""
    folder = shutil.copytree(demo_workspace, tmp_path_factory.mktemp("chosen") / "w")
    select_subset(Workspace.open(folder), Request("sae-greedy", Budget("rows", N_CHOSEN)))
    return folder


class Team:
    """A server on a workspace of its own, and the curators who came to it."""

    def __init__(self, chosen, folder, database):
        self.workspace = Workspace.open(shutil.copytree(chosen, folder / "w"))
        self.database = database
        environment = {URL: database, "CORESET_WORKSPACE": str(self.workspace.root)}
        self.server = Server(ROOT / "app.py", folder, environment=environment)
        self.server.start()

    def come(self, chromium, name, query=""):
        tab = chromium.new_context(viewport=SIZE).new_page()
        return Curator.come(tab, self.server.address, name, query)

    @property
    def state(self):
        """What the store holds now, read past the server."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(URL, self.database)
            return decided(self.workspace)


@pytest.fixture(scope="module")
def teams(database, chosen, tmp_path_factory):
    """Founds teams, each with a store of its own."""
    found = []

    def team():
        found.append(Team(chosen, tmp_path_factory.mktemp("team"), database()))
        return found[-1]

    yield team
    for one in found:
        one.server.stop()


def key_for(example, curator):
    """A verdict by the example's id: Bo says of every fourth something else than Ann."""
    number = int(example, 16)
    at = number // 7 % 10
    if curator == "Bo" and number % 4 == 0:
        at += 4
    return "aaaaaxxxss"[at % 10]


def decide_in_turn(curators, n_each):
    """Key by key in turn, as fast as the browsers take them."""
    for _ in range(n_each):
        for curator in curators:
            curator.decide(key_for(curator.front(), curator.name))


def said_by(team, curator):
    """The log of a curator in the store: examples with their verdicts, in order."""
    return [(one.example, one.verdict) for one in team.state.said_by(curator.name)]


def as_pressed(curator):
    return [(example, VERDICT_OF[key]) for example, key in curator.pressed]


@pytest.fixture(scope="module")
def both(teams, chromium):
    """Ann and Bo decide at the same time, in different orders, key by key in turn."""
    team = teams()
    ann, bo = team.come(chromium, "Ann"), team.come(chromium, "Bo", "?order=clusters")
    decide_in_turn((ann, bo), EACH)
    for curator in (ann, bo):
        curator.until_stored()
    yield team, ann, bo
    for curator in (ann, bo):
        curator.tab.context.close()


def test_no_decision_of_anybody_is_lost_or_doubled(both):
    team, ann, bo = both
    events = team.state.events
    assert len({one.id for one in events}) == len(events) == 2 * EACH
    for curator in (ann, bo):
        assert said_by(team, curator) == as_pressed(curator)


def test_each_page_counts_what_its_curator_decided(both):
    _, *curators = both
    for curator in curators:
        assert curator.told(f"{EACH} decided, {N_CHOSEN - EACH} left")


def test_what_both_judged_alike_holds_and_the_rest_is_in_conflict(both):
    team, ann, bo = both
    said = ann.verdicts | bo.verdicts
    differ = {one for one, own in ann.verdicts.items() if own != bo.verdicts.get(one, own)}
    settled = {one: verdict for one, verdict in said.items() if one not in differ}
    assert set(team.state.conflicts) == differ
    assert set(team.state.approved) == {k for k, v in settled.items() if v == "approved"}
    assert set(team.state.rejected) == {k for k, v in settled.items() if v == "rejected"}


def test_the_agreement_on_the_page_is_that_by_hand(both, tmp_path):
    _, ann, bo = both
    shared = [one for one in ann.verdicts if one in bo.verdicts]
    pairs = [(ann.verdicts[one], bo.verdicts[one]) for one in shared]
    n, same = len(pairs), sum(first == second for first, second in pairs)
    by_ann, by_bo = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    by_chance = sum(by_ann[verdict] * by_bo[verdict] for verdict in by_ann) / n**2
    kappa = (same / n - by_chance) / (1 - by_chance)
    assert n >= 2 * EACH - N_CHOSEN
    assert 0.2 < kappa < 0.9  # they neither always agree nor by chance alone

    tab = ann.tab
    tab.reload()
    ann.ready()
    tab.get_by_role("radio", name="Agreement").click()
    ann.told("Cohen's, each pair")
    ((*names, shown_n, shown_same, shown_kappa),) = cells(tab, "first")
    tab.locator("[data-testid=stDataFrame]").last.scroll_into_view_if_needed()
    tab.screenshot(path=tmp_path / "agreement.png")
    assert (names, shown_n) == (["Ann", "Bo"], f"{n}")
    assert float(shown_same) == pytest.approx(same / n)
    assert float(shown_kappa) == pytest.approx(kappa)


@pytest.fixture(scope="module")
def crash(teams, chromium):
    """A burst of decisions in the midst of which the server is killed.

    Gives the team, the curators, by curator what their page had shown as stored, and the events
    that the store had at that time. Then the server is back, and Bo reloads the page.
    """
    team = teams()
    curators = team.come(chromium, "Ann"), team.come(chromium, "Bo", "?order=clusters")
    for curator in curators:
        curator.tab.evaluate(WATCH)
    decide_in_turn(curators, BEFORE)
    for curator in curators:
        curator.until_stored()  # so that the hand holds cards for what follows
    decide_in_turn(curators, PENDING)
    team.server.kill()
    decide_in_turn(curators, DOWN)
    shown = {one.name: one.tab.evaluate("() => [...window.shownAsStored]") for one in curators}
    held = team.state.events
    assert len(held) <= sum(len(one.pressed) for one in curators) - 2 * DOWN
    team.server.start()
    curators[1].tab.reload()
    curators[1].ready()
    yield team, curators, shown, held
    for curator in curators:
        curator.tab.context.close()


def test_a_killed_server_has_kept_what_the_pages_had_shown_as_stored(crash):
    _, curators, shown, held = crash
    for curator in curators:
        known = {one.id for one in held if one.curator == curator.name}
        assert shown[curator.name]
        assert set(shown[curator.name]) <= known


def test_after_the_server_is_back_every_key_is_stored_once(crash):
    team, curators, _, _ = crash
    for curator in curators:
        curator.until_stored()
    decide_in_turn(curators, BURST - len(curators[0].pressed))
    for curator in curators:
        curator.until_stored()
        assert said_by(team, curator) == as_pressed(curator)
    assert len(team.state.events) == 2 * BURST
