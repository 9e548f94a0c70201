"""The curate page: what is decided is stored and answered, and the next selection keeps to it."""

import pytest
from streamlit.testing.v1 import AppTest

from core import jobs
from core.curate.assignment import Rule
from core.pipeline.bundle.record import BundleRecord
from core.pipeline.decision_books import project_name
from core.pipeline.decisions import Event, decide, decided, with_decisions
from core.pipeline.duplicates import duplicates
from core.pipeline.queue_places import places
from core.pipeline.requests import Request
from core.pipeline.search import chosen_in_use
from core.pipeline.selection import select_subset
from core.pipeline.teams import assign, assignment, guideline, set_guideline
from core.pipeline.views import open_pool
from core.select.budget import Budget
from core.workspace import BUNDLE, Workspace
from pages.components import hues
from pages.components.curate_hand import STORED, HandSpec
from tests.conftest import BUDGET, ROOT
from tests.test_pages import words_of

HAND = "curate.hand"
HOSTILE = "[x](http://127.0.0.1/a) **b**"


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def ids(workspace):
    """The chosen examples in pick order."""
    every = open_pool(workspace).ids()
    return [every[row] for row in chosen_in_use(workspace).rows.tolist()]


@pytest.fixture
def opened(monkeypatch):
    """The page for somebody by that name; None is asked for theirs."""

    def open_it(folder, name="Ann", **query):
        monkeypatch.setenv("CORESET_WORKSPACE", str(folder))
        page = AppTest.from_file(str(ROOT / "pages" / "curate.py"), default_timeout=60)
        if name is not None:
            page.session_state["kept.curate.who"] = name
        for key, value in query.items():
            page.query_params[key] = value
        page.run()
        assert not page.exception and not page.error
        return page

    return open_it


def said(number, example, curator="Ann", verdict="approved", **more):
    return Event(f"{number:032x}", example, curator, verdict=verdict, **more)


def strike(page, folder, *events, name="Ann", **more):
    """What the hand says of these events, as the browser sends it."""
    store = f"{folder.absolute()}\n{project_name()}"
    owner = HandSpec(store=store, curator=name, queue="").owner
    page.session_state[HAND] = {"hand": {"owner": owner, "events": list(events), **more}}
    page.run()
    assert not page.exception


def stroke(number, example, verdict="approved", **more):
    return {"id": f"{number:032x}", "example": example, "verdict": verdict, **more}


def button(page, key):
    return next(one for one in page.button if one.key == key)


def keys(page):
    return {one.key for one in page.button}


# -- where it begins


def test_without_a_pool_it_leads_to_the_dataset(opened, empty_workspace):
    page = opened(empty_workspace)
    assert "Read a dataset" in words_of(page)


def test_without_a_subset_it_leads_to_the_choice(opened, workspace):
    roles = workspace.current()
    roles.pop("selection")
    workspace.use(roles)
    page = opened(workspace.root)
    assert "It begins with a subset" in words_of(page)


def test_a_name_is_asked_once_and_said_to_be_unverified(opened, workspace):
    page = opened(workspace.root, None)
    assert f"{BUDGET} chosen examples" in words_of(page) and "Unverified" in words_of(page)
    page.text_input(key="curate.name").set_value("  Ann \n Lee ")
    next(one for one in page.button if one.label == "Begin to decide").click().run()
    assert "Deciding as Ann Lee" in words_of(page)


def test_an_empty_name_is_no_name(opened, workspace):
    page = opened(workspace.root, None)
    page.text_input(key="curate.name").set_value(" \u200b ")
    next(one for one in page.button if one.label == "Begin to decide").click().run()
    assert "at least one letter" in page.warning[0].value


def test_a_deep_link_says_scope_order_and_view(opened, workspace):
    page = opened(workspace.root, scope="runners-up", order="clusters", show="untouched")
    held = {one.key: one.value for one in page.selectbox}
    assert held["curate.scope"] == "runners-up"
    assert held["curate.order"] == "clusters"
    assert held["curate.show"] == "untouched"


def test_a_link_to_what_is_not_there_opens_all_the_same(opened, workspace):
    page = opened(workspace.root, scope="nowhere", order="best", cluster="clusters:99")
    assert {one.key: one.value for one in page.selectbox}["curate.scope"] == "subset"


@pytest.mark.parametrize("scope", ["subset", "runners-up", "map", "cluster", "disputed"])
def test_every_scope_opens(opened, workspace, scope):
    opened(workspace.root, scope=scope)


@pytest.mark.parametrize("order", ["gain", "clusters", "nearest", "uncovered"])
def test_every_order_opens(opened, workspace, order):
    opened(workspace.root, order=order)


@pytest.mark.parametrize("show", ["open", "untouched", "mine", "skipped", "by:Bo"])
def test_every_view_of_the_queue_opens(opened, workspace, ids, show):
    verdicts = [said(1, ids[0]), said(2, ids[1], verdict="unsure"), said(3, ids[2], "Bo")]
    decide(workspace, verdicts)
    page = opened(workspace.root, show=show)
    assert {one.key: one.value for one in page.selectbox}["curate.show"] == show


def test_near_duplicates_are_one_card_where_they_were_grouped(opened, workspace):
    duplicates(workspace, "cosine", {"threshold": 0.4})
    page = opened(workspace.root, scope="map")
    folding = next(one for one in page.checkbox if one.key == "curate.folds")
    assert folding.value and "group" in folding.label
    folding.uncheck().run()
    assert not page.exception and not page.error


def test_where_no_near_duplicates_were_looked_for_a_button_does(opened, workspace, monkeypatch):
    seen = []
    monkeypatch.setattr(jobs, "start", lambda root, arguments, title: seen.append(list(arguments)))
    button(opened(workspace.root), "curate.find").click().run()
    assert seen == [["duplicates", "--method=minhash"]]


def test_a_share_bundle_is_looked_at_and_nothing_is_decided(opened, workspace, ids):
    record = BundleRecord("tiny", 40, 40, BUDGET, "sae-greedy", 0, (), ())
    (workspace.root / BUNDLE).write_text(record.to_json())
    page = opened(workspace.root, None)
    strike(page, workspace.root, stroke(1, ids[0]), name="nobody")
    assert not (workspace.root / "decisions.sqlite3").exists()
    assert "curate.approve_rest" not in keys(page)


# -- deciding


def test_what_the_hand_says_is_stored_and_answered(opened, workspace, ids):
    page = opened(workspace.root)
    strike(page, workspace.root, stroke(1, ids[0]), stroke(2, ids[1], "rejected"))
    state = decided(workspace)
    assert (state.approved, state.rejected) == ((ids[0],), (ids[1],))
    assert state.curators == ("Ann",)
    answers = page.session_state["kept.hand.curate.hand"]
    assert answers == {f"{1:032x}": STORED, f"{2:032x}": STORED}


def test_the_same_word_twice_is_one_decision(opened, workspace, ids):
    page = opened(workspace.root)
    strike(page, workspace.root, stroke(1, ids[0]))
    strike(page, workspace.root, stroke(1, ids[0]), stroke(2, ids[1]))
    assert [one.id for one in decided(workspace).events] == [f"{1:032x}", f"{2:032x}"]


def test_a_word_that_cannot_be_stored_does_not_hold_up_the_others(opened, workspace, ids):
    decide(workspace, [said(1, ids[5], "Bo")])
    page = opened(workspace.root)
    strike(page, workspace.root, stroke(1, ids[0]), stroke(2, ids[1]))
    answers = page.session_state["kept.hand.curate.hand"]
    assert answers[f"{1:032x}"].startswith("refused: ")
    assert answers[f"{2:032x}"] == STORED


def test_taking_back_is_another_word(opened, workspace, ids):
    page = opened(workspace.root)
    strike(page, workspace.root, stroke(1, ids[0]))
    back = {"id": f"{2:032x}", "example": ids[0], "undoes": f"{1:032x}"}
    strike(page, workspace.root, back)
    assert decided(workspace).of(ids[0]) is None


def test_the_budget_bar_counts_verdicts(opened, workspace, ids):
    page = opened(workspace.root)
    strike(page, workspace.root, stroke(1, ids[0]), stroke(2, ids[1], "rejected"))
    said_now = words_of(page)
    assert "1 approved" in said_now and "1 rejected" in said_now


def test_a_store_out_of_reach_is_said_and_nothing_is_answered(opened, workspace, ids):
    page = opened(workspace.root)
    (workspace.root / "decisions.sqlite3").write_bytes(b"no database at all" * 100)
    strike(page, workspace.root, stroke(1, ids[0]))
    assert "decisions" in page.error[0].value
    assert not page.session_state["kept.hand.curate.hand"]


def test_all_decided_leads_to_the_runners_up(opened, workspace, ids):
    decide(workspace, [said(at + 1, one) for at, one in enumerate(ids)])
    page = opened(workspace.root)
    assert f"Every example of the subset is decided: {BUDGET} examples" in words_of(page)
    button(page, "curate.further").click().run()
    assert page.session_state["curate.scope"] == "runners-up"
    assert not page.exception and "is decided" not in words_of(page)


def test_a_search_without_an_answer_leads_back(opened, workspace):
    page = opened(workspace.root)
    page.text_input(key="curate.search").set_value("no such words anywhere").run()
    button(page, "curate.reset").click().run()
    assert "curate.reset" not in keys(page)


# -- many at once


def test_the_rest_of_a_cluster_is_counted_approved_in_one_and_taken_back_in_one(
    opened, workspace, ids
):
    page = opened(workspace.root)
    label = button(page, "curate.approve_rest").label
    n = int(label.split()[1])
    button(page, "curate.approve_rest").click().run()
    state = decided(workspace)
    assert len(state.approved) == n > 1
    assert len({one.batch for one in state.events}) == 1
    button(page, "curate.undo").click().run()
    assert not decided(workspace).approved


# -- selecting again


def test_re_selecting_keeps_the_approved_and_replaces_the_rejected(opened, workspace, ids):
    decide(workspace, [said(1, ids[0]), said(2, ids[3], verdict="rejected")])
    page = opened(workspace.root)
    assert "1 rejected example still in the subset" in words_of(page)
    button(page, "curate.again").click().run()
    assert not page.exception and not page.error
    now = chosen_in_use(workspace).rows
    approved, rejected = (places(workspace).of([one])[0] for one in (ids[0], ids[3]))
    assert approved in now and rejected not in now and len(now) == BUDGET
    told = words_of(page)
    assert "has every approved example and no rejected one" in told
    assert "Last re-selection: " in told
    tables = [one.value for one in page.dataframe if "why" in one.value]
    assert "rejected by Ann" in tables[0]["why"].tolist()[0]
    assert len(tables[1]) == len(tables[0])


def test_replacements_are_still_told_after_a_reload(opened, workspace, ids):
    decide(workspace, [said(1, ids[3], verdict="rejected")])
    button(opened(workspace.root), "curate.again").click().run()
    assert "Last re-selection: " in words_of(opened(workspace.root))


def test_a_subset_chosen_otherwise_since_is_no_re_selection(opened, workspace, ids):
    artifact = workspace.in_use("selection")
    workspace.choose(curate_before=[artifact.fingerprint, BUDGET])
    assert "Last re-selection" not in words_of(opened(workspace.root))
    decide(workspace, [said(1, ids[3], verdict="rejected")])
    request = Request("random", Budget("rows", BUDGET))
    select_subset(workspace, with_decisions(workspace, request))
    assert "Last re-selection" not in words_of(opened(workspace.root))


def test_without_a_decision_there_is_nothing_to_re_select(opened, workspace):
    assert "curate.again" not in keys(opened(workspace.root))


# -- people


def test_conflicts_stand_side_by_side_and_one_button_settles(opened, workspace, ids):
    decide(
        workspace,
        [said(1, ids[0]), said(2, ids[0], HOSTILE, "rejected", reason="off topic", note="see 2")],
    )
    page = opened(workspace.root)
    page.segmented_control(key="curate.panel").set_value("conflicts").run()
    told = [one.value for one in page.text]
    assert f"{HOSTILE}: rejected" in told and "off topic; see 2" in told
    button(page, "curate.settle.rejected").click().run()
    assert decided(workspace).rejected == (ids[0],)
    assert not decided(workspace).conflicts


def test_conflicts_are_a_queue_too(opened, workspace, ids):
    decide(workspace, [said(1, ids[0]), said(2, ids[0], "Bo", "rejected")])
    page = opened(workspace.root, scope="disputed")
    strike(page, workspace.root, stroke(3, ids[0], resolves=True))
    assert decided(workspace).approved == (ids[0],)


def test_who_decided_what_is_filtered_by_person(opened, workspace, ids):
    decide(workspace, [said(1, ids[0]), said(2, ids[1], "Bo", "unsure", tags=("style",))])
    page = opened(workspace.root)
    page.segmented_control(key="curate.panel").set_value("people").run()
    page.selectbox(key="curate.person").select("Bo").run()
    table = next(one.value for one in page.dataframe if "by" in one.value)
    assert table[["verdict", "by", "tags"]].to_numpy().tolist() == [["unsure", "Bo", "style"]]


def test_one_takes_back_ones_own_and_nobody_elses(opened, workspace, ids):
    decide(workspace, [said(1, ids[0]), said(2, ids[1], "Bo")])
    page = opened(workspace.root)
    page.segmented_control(key="curate.panel").set_value("people").run()
    key = next(one.key for one in page.dataframe if "by" in one.value)
    page.session_state[key] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    page.run()
    taking = button(page, "curate.take_back")
    assert taking.label == "Take back 1 decision"
    taking.click().run()
    assert decided(workspace).approved == (ids[1],)


def test_agreement_is_told_with_its_number_of_examples(opened, workspace, ids):
    both = [(ids[0], "approved", "approved"), (ids[1], "approved", "rejected")]
    both += [(ids[2], "rejected", "rejected"), (ids[3], "approved", "approved")]
    events = [said(at, one, verdict=own) for at, (one, own, _) in enumerate(both, 1)]
    events += [said(at, one, "Bo", own) for at, (one, _, own) in enumerate(both, 11)]
    decide(workspace, events)
    page = opened(workspace.root)
    page.segmented_control(key="curate.panel").set_value("agreement").run()
    tables = [one.value for one in page.dataframe if "kappa" in one.value]
    # observed 3/4; by chance (3/4 * 1/2 + 1/4 * 1/2) = 1/2
    assert tables[0][["examples", "agree", "kappa"]].iloc[0].tolist() == [4, 0.75, 0.5]
    # 5 of 8 verdicts approved: by chance (25 + 9) / 64, observed 3/4
    assert tables[1]["kappa"].iloc[0] == pytest.approx((3 / 4 - 34 / 64) / (1 - 34 / 64))
    assert "Cohen 1960" in words_of(page) and "Fleiss 1971" in words_of(page)


def test_what_falls_to_somebody_else_is_not_in_the_queue(opened, workspace, ids):
    assign(workspace, Rule(("Ann", "Bo"), 0.0), by="Ann")
    mine = assignment(workspace).of("Ann", ids)
    assert 0 < len(mine) < len(ids)
    decide(workspace, [said(at + 1, one) for at, one in enumerate(mine)])
    page = opened(workspace.root)
    assert f"is decided: {len(mine)} example" in words_of(page)


def test_sharing_is_set_on_the_page(opened, workspace):
    page = opened(workspace.root)
    page.text_area(key="curate.sharing.names").set_value("Ann\n Bo \n\nAnn")
    page.slider(key="curate.sharing.overlap").set_value(50)
    next(one for one in page.button if one.label == "Share the work").click().run()
    rule = assignment(workspace).rule
    assert (rule.curators, rule.overlap, rule.judges) == (("Ann", "Bo"), 0.5, 2)
    assert "Shared among Ann, Bo; 50 % decided by 2; set by Ann." in words_of(page)


# -- words to decide by


def test_the_guideline_is_written_on_the_page_and_signed(opened, workspace):
    page = opened(workspace.root)
    page.text_area(key="curate.guide.text").set_value(HOSTILE)
    next(one for one in page.button if one.label == "Save the guideline").click().run()
    assert guideline(workspace).text == HOSTILE and guideline(workspace).by == "Ann"
    assert HOSTILE in [one.value for one in page.text]


def test_earlier_guidelines_stay(opened, workspace):
    for text in ("first", "second"):
        set_guideline(workspace, text, by="Bo")
    assert {"first", "second"} <= {one.value for one in opened(workspace.root).text}


def test_lists_of_tags_and_reasons_are_kept_with_the_workspace(opened, workspace):
    page = opened(workspace.root)
    page.text_area(key="curate.tags").set_value("one\n two \none\n")
    page.text_area(key="curate.reasons").set_value("because")
    next(one for one in page.button if one.label == "Save the lists").click().run()
    assert workspace.choices()["curate_tags"] == ["one", "two"]
    assert workspace.choices()["curate_reasons"] == ["because"]


def test_the_map_is_coloured_by_verdict_once_there_is_one(workspace, ids):
    assert hues.VERDICT not in hues.offered(workspace, None, ())
    decide(workspace, [said(1, ids[0]), said(2, ids[1], verdict="rejected")])
    assert hues.VERDICT in hues.offered(workspace, None, ())
    found = hues.shade(workspace, hues.Hue(hues.VERDICT), None, ())
    assert dict(zip(found.names, found.meanings, strict=True))["rejected"] == "warning"
    row = places(workspace).of([ids[0]])[0]
    assert found.names[found.labels[row]] == "approved"
    assert int((found.labels >= 0).sum()) == 2
