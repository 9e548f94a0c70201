"""Exports: the files a trainer reads, the manifest that makes them again, the card beside them."""

import errno
import json
import os

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Cancelled, DataError, RequestError, WorkspaceError
from core.export import write
from core.export.formats import FORMATS
from core.export.lines import write_lines
from core.export.manifest import Choice, Decisions, Manifest
from core.export.markup import markdown_block, markdown_code, markdown_text, yaml_block, yaml_text
from core.export.records import Example, Loading
from core.export.write import Export, card_of, write_export
from core.versions import library_versions

RECORDS = [
    {"instruction": f"Question {i}?", "input": "", "output": f"R\u00e9ponse {i}\u2028.", "n": i}
    for i in range(5)
]
RAW = [json.dumps(record, ensure_ascii=False) for record in RECORDS]
IDS = [f"{i:032x}" for i in range(5)]
EXAMPLES = [
    Example(
        row=i,
        id=IDS[i],
        raw=RAW[i],
        turns=(("user", RECORDS[i]["instruction"]), ("assistant", RECORDS[i]["output"])),
        schema="alpaca",
        read=("instruction", "input", "output"),
    )
    for i in range(5)
]
HOSTILE = '---\n# x | <script>alert(1)</script> [a](http://b) ![c](d) `` ` "y": !!python'


def choice(**changes):
    values = {
        "method": "sae-greedy",
        "config": {"threshold": 0.5},
        "budget": {"kind": "rows", "value": 5},
        "seed": 0,
        "pinned": (IDS[0],),
        "forbidden": (),
        "fingerprint": "0123456789abcdef",
    }
    return Choice(**{**values, **changes})


def export(**changes):
    values = {
        "title": "Five examples",
        "n_pool": 100,
        "sources": [{"name": "x.jsonl", "size": 3, "sha256": "a" * 64}],
        "recipes": {"pool": {"step": "ingest", "version": 1, "config": {}, "parents": {}}},
        "selection": choice(),
    }
    return Export(**{**values, **changes})


@pytest.fixture
def result(tmp_path):
    return write_export(tmp_path / "out", export(), EXAMPLES)


def drafts(folder):
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_an_export_is_exactly_three_files(result):
    assert sorted(path.name for path in result.folder.iterdir()) == [
        "README.md",
        "data.jsonl",
        "manifest.json",
    ]
    assert drafts(result.folder.parent) == []


def test_rows_stand_in_pick_order_as_they_came(result):
    data = (result.folder / "data.jsonl").read_bytes().decode()
    assert data == "".join(raw + "\n" for raw in RAW)
    assert result.n_bytes == sum(path.stat().st_size for path in result.folder.iterdir())


def test_datasets_loads_the_data(result, tmp_path):
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(
        "json",
        data_files=str(result.folder / "data.jsonl"),
        split="train",
        cache_dir=str(tmp_path / "cache"),
    )
    assert loaded.to_list() == RECORDS


def test_pandas_loads_the_data(result):
    pandas = pytest.importorskip("pandas")
    loaded = pandas.read_json(result.folder / "data.jsonl", lines=True)
    assert loaded.to_dict("records") == RECORDS


def test_the_same_export_has_the_same_bytes(result, tmp_path):
    again = write_export(tmp_path / "again", export(), EXAMPLES)
    for path in result.folder.iterdir():
        assert path.read_bytes() == (again.folder / path.name).read_bytes()


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    assert write_export(tmp_path / "out", export(), EXAMPLES).n_rows == 5


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RequestError, match="is not empty"):
        write_export(tmp_path, export(), EXAMPLES)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(RequestError, match="is a file"):
        write_export(tmp_path / "out", export(), EXAMPLES)


def test_a_path_through_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(WorkspaceError, match="cannot write"):
        write_export(tmp_path / "file" / "out", export(), EXAMPLES)


def test_an_unknown_format_is_refused():
    with pytest.raises(RequestError, match="jsonl"):
        FORMATS.get("json-l")


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), Cancelled()])
def test_an_export_that_breaks_off_leaves_nothing(tmp_path, error):
    class Breaking(list):
        def __iter__(self):
            yield EXAMPLES[0]
            raise error

    with pytest.raises((WorkspaceError, Cancelled)):
        write_export(tmp_path / "out", export(), Breaking(EXAMPLES))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["sync_tree", "file_digest", "card_of"])
def test_a_fault_at_any_stage_leaves_nothing(tmp_path, monkeypatch, call):
    def fail(*_args, **_kwargs):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(write, call, fail)
    with pytest.raises(WorkspaceError, match="Input/output error"):
        write_export(tmp_path / "out", export(), EXAMPLES)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_fills_meanwhile_is_not_overwritten(tmp_path, monkeypatch):
    def intrude(draft):
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "theirs.txt").write_text("theirs")

    monkeypatch.setattr(write, "sync_tree", intrude)
    with pytest.raises(WorkspaceError):
        write_export(tmp_path / "out", export(), EXAMPLES)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["theirs.txt"]
    assert drafts(tmp_path) == []


def test_everything_is_on_disk_before_the_name_is(tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(write, "sync_tree", lambda draft: order.append((out.exists(), "tree")))
    monkeypatch.setattr(write, "sync_folder", lambda folder: order.append((out.exists(), "folder")))
    out = tmp_path / "out"
    write_export(out, export(), EXAMPLES)
    assert order == [(False, "tree"), (True, "folder")]


def test_a_record_of_two_lines_is_refused(tmp_path):
    with pytest.raises(ValueError, match="more than one line"):
        write_lines(EXAMPLES, tmp_path, lambda example: ("{\n}", ()))


def test_a_new_folder_is_as_open_as_any_other(result, tmp_path):
    (tmp_path / "plain").mkdir()
    assert os.stat(result.folder).st_mode == os.stat(tmp_path / "plain").st_mode


def test_the_manifest_comes_back(result):
    text = (result.folder / "manifest.json").read_text()
    assert Manifest.from_json(text) == result.manifest


def test_the_manifest_names_rows_checksum_and_versions(result):
    found = json.loads((result.folder / "manifest.json").read_text())
    assert found["n_rows"] == 5
    assert found["ids"] == IDS
    assert found["data_sha256"] == result.manifest.data_sha256
    assert found["versions"] == library_versions()
    assert not {"created", "time", "date"} & set(found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: found.update(kind="other"), "is not of this program"),
        (lambda found: found.update(format_version=3), "format version 3"),
        (lambda found: found.pop("decisions"), "damaged: 'decisions'"),
        (lambda found: found["decisions"].update(approved=["x"]), "'x' is no example id"),
        (lambda found: found["decisions"].update(number="1"), "damaged: 'decisions.number'"),
        (lambda found: found.update(options=[]), "damaged: 'options'"),
        (lambda found: found.update(files=[{"name": "../x"}]), "is no file of an export"),
        (lambda found: found.update(data_file="/etc/passwd"), "is no file of an export"),
        (lambda found: found.pop("ids"), "damaged: 'ids'"),
        (lambda found: found["selection"].pop("method"), "damaged: 'method'"),
        (lambda found: found.update(selection=[]), "damaged"),
        (lambda found: found.update(ids=[7]), "damaged: 'ids'"),
        (lambda found: found.update(ids=["x"]), "'x' is no example id"),
        (lambda found: found.update(ids=[IDS[0], IDS[0]]), "lists 1 distinct ids"),
        (lambda found: found.update(n_rows=4), "says 4 rows and lists 5"),
        (lambda found: found.update(data_sha256="x"), "data_sha256 is no sha256"),
        (lambda found: found.update(sources=["x"]), "damaged: 'sources'"),
        (lambda found: found["selection"].update(seed="0"), "damaged: 'seed'"),
        (lambda found: found["selection"].update(pinned=None), "damaged: 'pinned'"),
    ],
)
def test_a_damaged_manifest_is_one_clear_line(result, change, message):
    found = json.loads(result.manifest.to_json())
    change(found)
    with pytest.raises(DataError, match=message):
        Manifest.from_json(json.dumps(found))


FIRST_VERSION = (
    "kind", "n_rows", "sources", "recipes", "selection", "format", "ids", "data_file",
    "data_sha256", "versions",
)  # fmt: skip


def test_a_manifest_of_version_1_is_still_read(result):
    found = json.loads(result.manifest.to_json())
    old = {"format_version": 1, **{name: found[name] for name in FIRST_VERSION}}
    manifest = Manifest.from_json(json.dumps(old))
    assert manifest.ids == result.manifest.ids
    assert manifest.decisions == Decisions()
    assert json.loads(manifest.to_json()) == old


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, "7"])
def test_text_that_is_no_manifest_is_refused_by_name(text):
    with pytest.raises(DataError, match=r"m\.json is not"):
        Manifest.from_json(text, name="m.json")


def front_matter(card):
    head, _, body = card.removeprefix("---\n").partition("\n---\n")
    return yaml.safe_load(head), body


def test_the_card_says_how_many_were_chosen_how_and_how_to_load_them(result):
    front, body = front_matter((result.folder / "README.md").read_text())
    assert front["size_categories"] == ["n<1K"]
    assert front["configs"] == [
        {"config_name": "default", "data_files": [{"split": "train", "path": "data.jsonl"}]}
    ]
    assert "5 instruction-tuning examples, chosen from 100 (5.00%)" in body
    for part in ("`sae-greedy`", "`5 rows`", "0123456789abcdef", "load_dataset(", "core replay"):
        assert part in body


FINDINGS = {
    "coverage": {"covered": 30, "reachable": 40, "random": 20.4, "n_seeds": 5},
    "uncovered": {"n": 10, "largest": [{"latent": 7, "label": HOSTILE, "rows": 3}]},
    "clusters": {
        "method": HOSTILE,
        "n": 4,
        "n_empty": 1,
        "over": [{"name": HOSTILE, "pool": 0.1, "subset": 0.2}],
        "under": [{"name": HOSTILE, "pool": 0.3, "subset": 0.1}],
    },
}


def hostile(**changes):
    values = {
        "sources": ({"name": HOSTILE, "sha256": "a" * 64, "revision": HOSTILE},),
        "recipes": {},
        "selection": choice(method=HOSTILE, config={HOSTILE: HOSTILE}, budget={"rows": 5}),
        "format": "jsonl",
        "ids": (),
        "data_file": "data.jsonl",
        "data_sha256": "a" * 64,
        "decisions": Decisions(which=HOSTILE, number=3, log_sha256="b" * 64),
        "refused": ({"id": IDS[0], "reason": HOSTILE},),
        "omitted": {HOSTILE: 4},
        "notes": (HOSTILE,),
        "findings": FINDINGS,
        "title": HOSTILE,
        "n_pool": 1,
        "licence": HOSTILE,
    }
    return Manifest(**{**values, **changes})


def rendered(body):
    markdown = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table")
    return markdown.render(body)


def test_hostile_names_change_neither_front_matter_nor_markup():
    front, body = front_matter(card_of(hostile()))
    assert front["pretty_name"] == front["license_name"] == HOSTILE
    assert front["license"] == "other"
    html = rendered(body)
    for tag in ("<script", "<a ", "<img", "<hr"):
        assert tag not in html
    assert html.count("<table>") == 4


def test_a_fence_in_a_path_does_not_end_the_code_of_the_card():
    code = "x\n```\n# heading\n````\n"
    html = rendered(markdown_block(code, "python"))
    assert "<h1" not in html
    assert html.count("<pre>") == 1


def test_the_card_says_what_is_covered_and_what_is_missing():
    body = front_matter(card_of(hostile(findings=FINDINGS)))[1]
    for part in ("`30 (75.0%)`", "`20 (51.0%)`", "10 latents that fire", "latent 7", "1 of 4 clus"):
        assert part in body


def test_a_card_without_findings_has_no_empty_heading():
    body = front_matter(card_of(hostile(findings={})))[1]
    assert "## What it covers" not in body
    assert "## Known gaps" not in body


@pytest.mark.parametrize(
    ("licence", "terms"),
    [
        ("cc-by-4.0", {"license": "cc-by-4.0"}),
        ("Our own terms", {"license": "other", "license_name": "Our own terms"}),
        (None, {}),
    ],
)
def test_the_licence_is_an_identifier_or_named(licence, terms):
    front, body = front_matter(card_of(hostile(licence=licence)))
    assert {name: text for name, text in front.items() if name.startswith("license")} == terms
    assert ("is that of its source" in body) == (licence is None)


def test_loading_says_how_each_tool_reads_it():
    kind = FORMATS.get("trl-messages")
    (first, *_) = kind.loading(kind.config(), lambda name: f'/a"b/{name}')
    assert first == Loading("TRL", "python", first.code)
    assert json.dumps('/a"b/data.jsonl') in first.code


TREE = st.recursive(
    st.text() | st.integers() | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner.filter(lambda x: not isinstance(x, list)), max_size=3)
        | st.dictionaries(st.text(), inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None)  # the first example pays for an import
@given(st.dictionaries(st.text(), TREE, max_size=4))
def test_a_yaml_block_reads_back(value):
    text = json.dumps(value, ensure_ascii=False)
    if any(0xD800 <= ord(mark) <= 0xDFFF for mark in text):
        return
    assert (yaml.safe_load(yaml_block(value)) or {}) == value


@settings(deadline=None)  # the first example pays for an import
@given(st.text())
def test_yaml_text_reads_back(text):
    if any(0xD800 <= ord(mark) <= 0xDFFF for mark in text):
        return
    assert yaml.safe_load(f"x: {yaml_text(text)}") == {"x": text}


@settings(deadline=None)  # the first example pays for an import
@given(st.text(max_size=30) | st.text("`| \\<a", max_size=12))
def test_markdown_stays_text_on_one_line(text):
    markdown = pytest.importorskip("markdown_it").MarkdownIt("commonmark")
    for written in (markdown_text(text), markdown_code(text)):
        assert "\n" not in written
    (block, inline, _) = markdown.parse(f"x {markdown_text(text)}")
    assert block.type == "paragraph_open"
    assert {part.type for part in inline.children} <= {"text", "text_special"}
    kinds = [part.type for part in markdown.parseInline(f"x {markdown_code(text)} y")[0].children]
    assert kinds in (["text", "code_inline", "text"], ["text"])
