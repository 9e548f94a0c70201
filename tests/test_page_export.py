"""The export page: rows by verdict, each format with its first lines, writing, trash and undo."""

import secrets
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.pipeline import exported
from core.pipeline.decisions import Event, decide
from core.pipeline.settings import FORMATS
from core.workspace import Workspace
from pages.components import state
from tests.conftest import BUDGET

PAGE = Path(__file__).parent.parent / "pages" / "export.py"
PATIENCE = 120


@pytest.fixture
def page(tiny_workspace, monkeypatch):
    monkeypatch.setenv("CORESET_WORKSPACE", str(tiny_workspace))
    return AppTest.from_file(PAGE, default_timeout=PATIENCE)


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


def whole(page):
    assert not page.exception
    assert not page.error
    return page


def said(page):
    kinds = (page.text, page.caption, page.markdown, page.subheader, page.warning)
    return "\n".join(one.value for kind in kinds for one in kind)


def pick(page, form):
    page.radio("export.format").set_value(form)
    return whole(page.run())


def test_an_empty_workspace_says_what_the_page_will_show(empty_workspace, monkeypatch):
    monkeypatch.setenv("CORESET_WORKSPACE", str(empty_workspace))
    page = whole(AppTest.from_file(PAGE, default_timeout=PATIENCE).run())
    assert "a file that a trainer reads" in said(page)


def test_every_format_has_a_card_and_a_preview(page):
    whole(page.run())
    assert len(page.radio("export.format").options) == len(FORMATS)
    for form in FORMATS:
        pick(page, form)
        assert f"First rows as {FORMATS.get(form).title}" in said(page)
        assert page.button("export.write").label == f"Export {BUDGET} rows"


def test_fields_that_a_format_leaves_out_are_named(page):
    whole(page.run())
    pick(page, "trl-messages")
    assert "topic" in said(page)


def test_writing_lists_the_export_with_code_to_load_it(page, workspace):
    whole(page.run())
    pick(page, "trl-messages")
    whole(page.button("export.write").click().run())
    (one,) = exported.listed(workspace)
    assert one.manifest.format == "trl-messages"
    assert f"{BUDGET} rows as TRL messages" in said(page)
    assert page.button("export.write").disabled  # the name is taken now


def test_a_deleted_export_comes_back_by_undo(page, workspace):
    whole(page.run())
    whole(page.button("export.write").click().run())
    (one,) = exported.listed(workspace)
    whole(page.button(f"export.delete.{one.name}").click().run())
    assert exported.listed(workspace) == []
    (gone,) = exported.trash(workspace)
    whole(page.button(f"export.undo.{gone.token}").click().run())
    assert exported.listed(workspace) == [one]


def test_verifying_says_that_every_file_is_as_written(page, workspace):
    whole(page.run())
    whole(page.button("export.write").click().run())
    (one,) = exported.listed(workspace)
    whole(page.button(f"export.verify.{one.name}").click().run())
    assert "Every file has the bytes that were written." in said(page)


def test_rows_are_counted_by_verdict_before_writing(page, workspace):
    rows = exported.chosen_record(workspace)["rows"]
    verdicts = [(rows[0], "approved"), (rows[1], "rejected"), (rows[2], "rejected")]
    decide(workspace, [Event(secrets.token_hex(16), one, "ana", word) for one, word in verdicts])
    whole(page.run())
    told = [f"{one}" for one in page.radio("export.rows").options]
    assert told == [
        f"All rows of the subset · {BUDGET}",
        "Approved rows only · 1",
        f"Approved and undecided rows · {BUDGET - 2}",
    ]
    assert page.radio("export.rows").value == "approved-undecided"
    assert page.button("export.write").label == f"Export {BUDGET - 2} rows"


def test_approved_rows_outside_the_subset_are_offered(page, workspace):
    from core.pipeline.views import open_pool

    chosen = set(exported.chosen_record(workspace)["rows"])
    other = next(one for one in open_pool(workspace).ids() if one not in chosen)
    decide(workspace, [Event(secrets.token_hex(16), other, "ana", "approved")])
    whole(page.run())
    assert page.button("export.write").label == f"Export {BUDGET} rows"
    whole(page.checkbox("export.outside").check().run())
    assert page.button("export.write").label == f"Export {BUDGET + 1} rows"


def test_nothing_approved_is_said_and_not_written(page, workspace):
    row = exported.chosen_record(workspace)["rows"][0]
    decide(workspace, [Event(secrets.token_hex(16), row, "ana", "rejected")])
    whole(page.run())
    page.radio("export.rows").set_value("approved")
    whole(page.run())
    assert "nothing to write" in said(page)
    assert page.button("export.write").disabled


def test_a_format_that_has_no_way_to_write_the_rows_says_so(page, monkeypatch):
    from core.errors import RequestError
    from core.pipeline import export_preview

    def refuse(*_args):
        raise RequestError("the rows are of 2 schemas")

    monkeypatch.setattr(export_preview, "preview", refuse)
    whole(page.run())
    assert "of 2 schemas" in said(page)
    assert page.button("export.write").disabled


def test_a_read_only_workspace_offers_no_button_that_writes(page, workspace, monkeypatch):
    whole(page.run())
    whole(page.button("export.write").click().run())
    monkeypatch.setattr(state, "may_write", lambda workspace: False)
    whole(page.run())
    (one,) = exported.listed(workspace)
    assert page.button(f"export.delete.{one.name}").disabled
