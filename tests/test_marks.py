"""Marks of latents and neurons: kept whole, lost by nobody, honoured by selection."""

import json
import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DataError, RequestError, WorkspaceError
from core.pipeline import selection
from core.pipeline.asking import again, as_arguments
from core.pipeline.labels import export_labels, import_labels, parse_labels
from core.pipeline.marks import FILE, how_many, mark, mark_all, marks
from core.pipeline.requests import Request, marks_differ, with_marks
from core.pipeline.views import in_use, open_features
from core.select import SELECTORS
from core.select.budget import Budget
from core.workspace import Workspace
from tests.conftest import core

CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "muted": st.booleans(),
        "starred": st.booleans(),
        "weight": st.none() | st.floats(0, 1000),
        "label": st.text(st.characters(codec="utf-8"), max_size=60),
    },
)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1, max_size=60)


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


def select(workspace, method="sae-greedy", n=12, **asked):
    return selection.select_subset(workspace, Request(method, Budget("rows", n), **asked))


def subset(workspace):
    return selection.stored_order(in_use(workspace, "selection"))


def test_a_workspace_has_no_marks_at_first(workspace):
    found = marks(workspace)
    assert not found.latents
    assert not found.neurons
    assert not (workspace.root / FILE).exists()


def test_what_is_said_is_kept_beside_what_was_said_before(workspace):
    mark(workspace, "latent", 3, label="  asks for\n a list ")
    mark(workspace, "latent", 3, starred=True)
    found = marks(workspace).get("latent", 3)
    assert (found.label, found.starred, found.muted, found.weight) == (
        "asks for a list",
        True,
        False,
        None,
    )
    assert found.source == "hand"
    assert found.changed > 0


def test_a_mark_that_says_nothing_is_not_kept(workspace):
    mark(workspace, "latent", 3, muted=True)
    mark(workspace, "latent", 3, muted=False)
    assert 3 not in marks(workspace).latents


def test_latents_and_neurons_are_kept_apart(workspace):
    mark(workspace, "latent", 5, muted=True)
    mark(workspace, "neuron", 5, weight=2)
    found = marks(workspace)
    assert found.weights("latent") == {5: 0.0}
    assert found.weights("neuron") == {5: 2.0}


def test_marks_of_another_sae_are_out_of_sight_and_stay(workspace):
    mark(workspace, "latent", 5, label="kept")
    stored = json.loads((workspace.root / FILE).read_text())
    stored["latent"] = {"0" * 16: next(iter(stored["latent"].values()))}
    (workspace.root / FILE).write_text(json.dumps(stored))
    assert not marks(workspace).latents
    mark(workspace, "latent", 6, starred=True)
    kept = json.loads((workspace.root / FILE).read_text())["latent"]
    assert kept["0" * 16]["5"]["label"] == "kept"
    assert len(kept) == 2


def test_muted_counts_nothing_whatever_its_weight(workspace):
    mark(workspace, "latent", 1, weight=7, muted=True)
    mark(workspace, "latent", 2, weight=1)
    assert marks(workspace).weights("latent") == {1: 0.0}


@pytest.mark.parametrize(
    ("number", "change", "match"),
    [
        (10**6, {"muted": True}, "there is no latent 1000000; here they are 0 to 1023"),
        (-1, {"muted": True}, "there is no latent -1"),
        (0, {"weight": -1}, "from 0 \\(mute\\) to 1,000"),
        (0, {"weight": float("nan")}, "seen nan"),
        (0, {"label": "x" * 201}, "at most 200 characters; seen 201"),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_is_kept(workspace, number, change, match):
    with pytest.raises(RequestError, match=match):
        mark_all(workspace, "latent", {1: {"starred": True}, number: change})
    assert not marks(workspace).latents


def test_a_damaged_file_is_named(workspace):
    (workspace.root / FILE).write_text("{")
    with pytest.raises(WorkspaceError, match=r"marks\.json cannot be read"):
        marks(workspace)


def test_a_pool_that_no_model_has_read_has_nothing_to_mark(tmp_path):
    workspace = Workspace.create(tmp_path / "new")
    assert not marks(workspace).latents
    with pytest.raises(WorkspaceError, match="no readings in use yet"):
        mark(workspace, "latent", 0, muted=True)


def test_writers_at_once_lose_nothing(workspace):
    def say(start):
        for number in range(start, 60, 4):
            mark(workspace, "latent", number, label=f"latent {number}")

    writers = [threading.Thread(target=say, args=(start,)) for start in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = marks(workspace).latents
    assert {number: one.label for number, one in found.items()} == {
        number: f"latent {number}" for number in range(60)
    }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.integers(0, 1023), CHANGES, max_size=6))
def test_marks_survive_their_file(workspace, changes):
    (workspace.root / FILE).unlink(missing_ok=True)
    said = mark_all(workspace, "latent", changes)
    kept = {number: one for number, one in said.items() if not one.says_nothing}
    assert dict(marks(workspace).latents) == kept


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.integers(0, 1023), TEXT, max_size=6), st.sampled_from(["json", "csv"]))
def test_labels_survive_an_export(workspace, labels, form):
    (workspace.root / FILE).unlink(missing_ok=True)
    mark_all(workspace, "latent", {n: {"label": label} for n, label in labels.items()})
    before = {n: one.label for n, one in marks(workspace).latents.items()}
    text = export_labels(workspace, "latent", form)
    (workspace.root / FILE).unlink(missing_ok=True)
    import_labels(workspace, "latent", text.encode(), "labels")
    assert {n: one.label for n, one in marks(workspace).latents.items()} == before


def test_an_import_tells_what_it_did_and_keeps_where_labels_are_from(workspace):
    mark_all(workspace, "latent", {1: {"label": "one", "starred": True}, 2: {"label": "two"}})
    data = json.dumps({"1": "uno", "2": "two", "3": "x" * 300, "99999": "nothing"}).encode()
    done = import_labels(workspace, "latent", data, "names.json")
    assert (done.n_new, done.n_changed, done.n_same, done.n_shortened) == (1, 1, 1, 1)
    assert done.outside == (99999,)
    found = marks(workspace).latents
    assert (found[1].label, found[1].source, found[1].starred) == ("uno", "names.json", True)
    assert found[2].source == "hand"
    assert len(found[3].label) == 200


def test_a_table_with_a_header_is_read_as_labels():
    assert parse_labels(b'\xef\xbb\xbflatent,label\r\n7,"a, b"\r\n\r\n12,c\r\n') == {
        7: "a, b",
        12: "c",
    }


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"{not json", "no JSON"),
        (b'{"a": "text"}', "seen 'a': 'text'"),
        (b'{"1": 2}', "seen '1': 2"),
        (b'{"' + b"9" * 5000 + b'": "far"}', "are written"),
        (b"1,one\ntwo,2\n", "line 2"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_what_is_no_file_of_labels_is_refused_in_one_line(data, match):
    with pytest.raises(DataError, match=match):
        parse_labels(data)


# honoured by selection


def first_row_features(workspace):
    row = int(subset(workspace).rows[0])
    return row, open_features(workspace).sets.rows.row(row).tolist()


def test_a_selection_gains_nothing_by_muted_latents(workspace):
    select(workspace, n=40)
    row, own = first_row_features(workspace)
    mark_all(workspace, "latent", {latent: {"muted": True} for latent in own})
    told = select(workspace, n=40).notes["remarks"]
    order = subset(workspace)
    assert order.own_gains[np.flatnonzero(order.rows == row)[0]] == 0
    assert f"{len(own)} latents muted; by marks of this workspace: {len(own)}" in told


def test_marks_are_part_of_the_order_s_recipe(workspace):
    plain = select(workspace).artifacts["selection"]
    mark(workspace, "latent", 4, weight=3)
    weighted = in_use_after(workspace)
    assert weighted.fingerprint != plain
    assert weighted.config["weights"] == {"4": 3.0}
    assert weighted.config["marked"] == [4]
    mark(workspace, "latent", 4, weight=None)
    assert in_use_after(workspace).fingerprint == plain


def in_use_after(workspace, **asked):
    select(workspace, **asked)
    return in_use(workspace, "selection")


def test_a_weight_that_is_asked_for_wins_over_a_mark(workspace):
    mark(workspace, "latent", 4, muted=True)
    made = in_use_after(workspace, weights={4: 2.0})
    assert made.config["weights"] == {"4": 2.0}
    assert "marked" not in made.config


def test_a_replay_asks_for_the_marks_of_then(workspace):
    mark(workspace, "latent", 4, muted=True)
    made = in_use_after(workspace)
    mark(workspace, "latent", 4, muted=False)
    repeated = selection.solve(workspace, Request.of(made.config, Budget("rows", 12)))
    assert repeated.artifact.fingerprint == made.fingerprint


def test_choosing_again_asks_for_the_marks_of_now(workspace):
    mark(workspace, "latent", 4, muted=True)
    made = in_use_after(workspace)
    assert not marks_differ(workspace, made)
    mark_all(workspace, "latent", {4: {"muted": False}, 9: {"muted": True}})
    assert marks_differ(workspace, made)
    assert with_marks(workspace, again(made, 12)).weights == {9: 0.0}


def test_a_job_s_arguments_leave_marks_to_the_job(workspace):
    mark(workspace, "latent", 4, muted=True)
    request = with_marks(workspace, Request("sae-greedy", Budget("rows", 5), weights={7: 2.0}))
    told = [one for one in as_arguments(workspace, request) if one.startswith("--weight")]
    assert told == ["--weight=7=2"]


@pytest.mark.parametrize("method", ["random", "longest", "sae-simscale"])
def test_a_method_that_weighs_nothing_takes_no_notice(workspace, method):
    assert "feature_weights" not in SELECTORS.get(method).honours
    plain = in_use_after(workspace, method=method).fingerprint
    mark(workspace, "latent", 4, muted=True)
    assert in_use_after(workspace, method=method).fingerprint == plain


def test_mads_honours_the_marks_of_its_neurons(workspace):
    options = {"share": 0.01, "always_on": 1.0}
    plain = in_use_after(workspace, method="mads", options=options)
    mark(workspace, "latent", 4, muted=True)
    assert in_use_after(workspace, method="mads", options=options).fingerprint == plain.fingerprint
    everything = range(how_many(workspace, "neuron"))
    mark_all(workspace, "neuron", {neuron: {"muted": True} for neuron in everything if neuron})
    select(workspace, method="mads", options=options)
    assert subset(workspace).own_gains.max() <= 1


def test_labels_go_to_a_file_and_come_back_by_the_command_line(workspace, tmp_path):
    where = ("--workspace", workspace.root)
    mark(workspace, "neuron", 7, label="brackets")
    core("labels", "export", tmp_path / "names.csv", "--of", "neuron", *where)
    assert (tmp_path / "names.csv").read_text() == "neuron,label\n7,brackets\n"
    mark(workspace, "neuron", 7, label="")
    done = core("labels", "import", tmp_path / "names.csv", "--of", "neuron", *where)
    assert done["n_new"] == 1
    assert marks(workspace).get("neuron", 7).source == "names.csv"
