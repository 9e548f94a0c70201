"""Readers: what is written comes back, one bad record costs one row, a bad file one clear line."""

import csv
import gzip
import io
import json
import os
import re
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data import json_document, opening
from core.data.formats import format_of
from core.data.hub import HubReference, hub_reference
from core.data.limits import MAX_DEPTH, MAX_RECORD_BYTES
from core.data.rows import Row
from core.data.sources import pinned, reading, source_identity, source_names
from core.errors import DataError

TEXT = st.text(max_size=12)
SCALAR = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
VALUE = st.recursive(
    SCALAR | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(TEXT, VALUE, max_size=4), min_size=1, max_size=5)
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12)
FREELY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def rows_of(path):
    with reading(str(path)) as source:
        return list(source.rows)


def written(folder, name, data, *, gzipped=False):
    path = folder / name
    path.write_bytes(gzip.compress(data, 1) if gzipped else data)
    return path


def records_of(path):
    rows = rows_of(path)
    for row in rows:
        assert isinstance(row, Row), row
        assert "\n" not in row.raw
        assert json.loads(row.raw) == row.record
    return [row.record for row in rows]


def reasons_of(path):
    return {row.line: row.reason for row in rows_of(path) if not isinstance(row, Row)}


@FREELY
@given(RECORDS, st.booleans(), st.booleans())
def test_json_lines_come_back(tmp_path, records, gzipped, is_ascii):
    lines = [json.dumps(record, ensure_ascii=is_ascii) for record in records]
    path = written(tmp_path, "x.jsonl", "\r\n\n".join(lines).encode(), gzipped=gzipped)
    assert records_of(path) == records


@FREELY
@given(RECORDS, st.booleans(), st.sampled_from([None, 2]), st.booleans())
def test_json_lists_come_back(tmp_path, records, gzipped, indent, is_wrapped):
    document = {"note": ["data", {"data": []}], "data": records, "n": 1} if is_wrapped else records
    data = json.dumps(document, indent=indent, ensure_ascii=False).encode()
    path = written(tmp_path, "x.json", data, gzipped=gzipped)
    assert records_of(path) == records


@FREELY
@given(RECORDS, st.integers(1, 30))
def test_json_lists_come_back_whatever_the_block_size(tmp_path, records, block):
    path = written(tmp_path, "x.json", json.dumps({"data": records}, indent=1).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_document, "BLOCK", block)
        assert records_of(path) == records


@FREELY
@given(
    st.lists(st.tuples(CELL.filter(lambda cell: cell != ""), CELL), min_size=1, max_size=5),
    st.booleans(),
    st.sampled_from([",", ";", "\t"]),
)
def test_csv_comes_back(tmp_path, cells, gzipped, delimiter):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("prompt", "response"), *cells])
    path = written(tmp_path, "x.csv", stream.getvalue().encode(), gzipped=gzipped)
    assert [tuple(record.values()) for record in records_of(path)] == cells


@FREELY
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "text": st.none() | TEXT,
                "score": st.none() | st.floats(allow_nan=False, allow_infinity=False),
                "n": st.none() | st.integers(-(2**63), 2**63 - 1),
                "tags": st.none() | st.lists(TEXT, max_size=3),
            }
        ),
        min_size=1,
        max_size=5,
    ),
    st.booleans(),
)
def test_parquet_comes_back(tmp_path, records, gzipped):
    types = {
        "text": pa.string(),
        "score": pa.float64(),
        "n": pa.int64(),
        "tags": pa.list_(pa.string()),
    }
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(records, pa.schema(list(types.items()))), buffer)
    path = written(tmp_path, "x.parquet", buffer.getvalue(), gzipped=gzipped)
    assert records_of(path) == records


@FREELY
@given(st.binary(max_size=60), st.sampled_from(["x.jsonl", "x.json", "x.csv", "x.parquet", "x"]))
def test_any_bytes_give_rows_or_one_clear_line(tmp_path, data, name):
    path = written(tmp_path, name, data)
    try:
        rows_of(path)
    except DataError as error:
        assert "\n" not in str(error)


@FREELY
@given(st.data())
def test_a_changed_byte_of_a_gzip_or_parquet_file_gives_rows_or_one_clear_line(tmp_path, data):
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": ["abc", "def"], "n": [1, 2]}), buffer)
    packed = gzip.compress(b'{"a": "some text"}\n' * 20)
    name, content = data.draw(
        st.sampled_from([("x.parquet", buffer.getvalue()), ("x.jsonl.gz", packed)])
    )
    broken = bytearray(content)
    broken[data.draw(st.integers(0, len(broken) - 1))] ^= data.draw(st.integers(1, 255))
    path = written(tmp_path, name, bytes(broken))
    try:
        rows_of(path)
    except DataError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a" 1}', "broken JSON: expecting ':' delimiter at character 6"),
        (b"[1, 2]", "a list, where an object is expected"),
        (b'"text"', "text, where an object is expected"),
        (b"null", "null, where an object is expected"),
        (b'{"a": 1} 2', "broken JSON: extra data"),
        (b'{"a": NaN}', "NaN, which is not JSON"),
        (b'{"a": -Infinity}', "-Infinity, which is not JSON"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "the key 'c' stands twice"),
        (b'{"a": "\\ud800"}', "lone surrogate U\\+D800"),
        (b'{"\\udc00": 1}', "lone surrogate U\\+DC00"),
        (b'{"a": "caf\xe9"}', "not UTF-8: byte 0xe9 at position 11"),
        (b'{"a": ' + b"9" * 5000 + b"}", "4,300 digits"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested deeper than 64"),
        (b'{"a": ' + b"[" * 64 + b"]" * 64 + b"}", "nested deeper than 64"),
        (b'{"a": "' + b"x" * MAX_RECORD_BYTES + b'"}', "longer than 8 MB"),
        (b'{"a": "tab\there"}', "broken JSON"),
        (b"\x00\x01", "broken JSON"),
    ],
    ids=lambda value: None if isinstance(value, str) else value[:18].decode("latin-1"),
)
@pytest.mark.parametrize("name", ["x.jsonl", "x.json"])
def test_a_bad_record_is_refused_with_line_and_reason_and_its_neighbours_stay(
    tmp_path, name, line, reason
):
    good = b'{"a": "good"}'
    joined = {
        "x.jsonl": b"\n".join([good, line, good]),
        "x.json": b"[" + b",\n".join([good, line, good]) + b"]",
    }
    first, bad, last = rows_of(written(tmp_path, name, joined[name]))
    assert (first.record, last.record) == ({"a": "good"}, {"a": "good"})
    assert bad.line == 2
    assert re.search(reason, bad.reason), bad.reason


def test_open_brackets_of_a_line_stay_in_that_line(tmp_path):
    path = written(tmp_path, "x.jsonl", b'{"a": ' + b"[" * 100_000 + b'\n{"a": 1}\n')
    assert reasons_of(path) == {1: "nested deeper than 64 levels"}


def test_brackets_inside_strings_are_not_nesting(tmp_path):
    record = {"a": '[{"' * 200, "b": "\\"}
    assert records_of(written(tmp_path, "x.jsonl", json.dumps(record).encode())) == [record]


def test_64_levels_are_read(tmp_path):
    data = b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH
    assert len(records_of(written(tmp_path, "x.jsonl", data))) == 1


def test_a_record_of_8_mb_is_read(tmp_path):
    data = b'{"a": "' + b"x" * (MAX_RECORD_BYTES - 9) + b'"}'
    assert len(data) == MAX_RECORD_BYTES
    assert len(records_of(written(tmp_path, "x.jsonl", data))) == 1


def test_numbers_keep_their_spelling_in_the_raw_record(tmp_path):
    data = b'{ "b" : 1.10, "a":1E2,\n "c": 12345678901234567890123 }'
    (row,) = rows_of(written(tmp_path, "x.json", b"[" + data + b"]"))
    assert row.raw == '{ "b" : 1.10, "a":1E2, "c": 12345678901234567890123 }'


def test_a_raw_record_has_no_line_break_of_any_kind(tmp_path):
    (row,) = rows_of(written(tmp_path, "x.json", b'[{"a":\r1,\r\n  "b\\r": " \\n "\r}]'))
    assert row.raw == '{"a": 1, "b\\r": " \\n " }'


def test_megabytes_of_spaces_are_read_in_linear_time(tmp_path):
    data = b'{"a":' + b" " * (4 << 20) + b'"' + b" " * (3 << 20) + b'"}'
    assert len(records_of(written(tmp_path, "x.jsonl", data))) == 1


def test_a_hundred_thousand_keys_with_one_twice_are_refused_in_linear_time(tmp_path):
    keys = ", ".join(f'"k{i}": 1' for i in [*range(200_000), 199_999])
    path = written(tmp_path, "x.jsonl", f"{{{keys}}}".encode())
    assert reasons_of(path) == {1: "the key 'k199999' stands twice in one object"}


def test_a_document_of_one_long_line_is_no_record_wherever_8_mb_end(tmp_path):
    head = b'{"data": [{"a": "'
    first = head + b"x" * (MAX_RECORD_BYTES - len(head) - 2) + b'"}'
    assert len(first) == MAX_RECORD_BYTES
    assert format_of(written(tmp_path, "x.json", first + b', {"a": 1}]}')) == "json"


def test_a_byte_order_mark_is_no_part_of_the_first_record(tmp_path):
    path = written(tmp_path, "x.csv", b"\xef\xbb\xbfprompt,response\nQ,A\n", gzipped=True)
    assert records_of(path) == [{"prompt": "Q", "response": "A"}]


def test_gzip_is_known_by_its_bytes_not_by_its_name(tmp_path):
    data = b'{"a": 1}\n'
    plain = written(tmp_path, "plain.jsonl.gz", data)
    packed = written(tmp_path, "packed.jsonl", data, gzipped=True)
    assert records_of(plain) == records_of(packed) == [{"a": 1}]


@pytest.mark.parametrize(
    ("name", "data", "format"),
    [
        ("x.jsonl", b'{"a": 1}', "jsonl"),
        ("x.json", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("x.json", b'{"a": \n{"a": 2}\n', "json"),
        ("x.json", b'\n {"a": oops}\n{"a": 2}\n', "jsonl"),
        ("x.json", b'{"data": [{"a": 1}]}', "json"),
        ("x.json", b'{\n"data": [{"a": 1}]}', "json"),
        ("x.json", b'[{"a": 1}]', "json"),
        ("x", b'[{"a": 1}]', "json"),
        ("x.tsv", b"a\tb\n", "csv"),
        ("x.JSONL.GZ", b"anything", "jsonl"),
    ],
)
def test_the_format_follows_content_then_name(tmp_path, name, data, format):
    assert format_of(written(tmp_path, name, data)) == format


def test_a_list_tells_the_line_of_each_bad_element(tmp_path):
    data = b'[\n{"a": 1},\n\n{"a": oops},\n{\n"a":\nNaN},\n7\n]\n'
    assert sorted(reasons_of(written(tmp_path, "x.json", data))) == [4, 5, 8]


def test_a_long_element_of_a_list_is_refused_alone(tmp_path):
    long = b'{"a": "' + b'\\"[' * (MAX_RECORD_BYTES // 3 + 2) + b'"}'
    rows = rows_of(written(tmp_path, "x.json", b'[{"a": 1},' + long + b',{"a": 2}]'))
    assert [isinstance(row, Row) for row in rows] == [True, False, True]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.jsonl", b"", "is empty"),
        ("x.json", b" \n ", "nothing but white space"),
        ("x.json", b'[{"a": 1}, {"a"', "breaks off on line 1"),
        ("x.json", b'[{"a": 1}, [[[[', "breaks off"),
        ("x.json", b'[{"a": 1}] tail', "goes on after its list ends"),
        ("x.json", b'{\n"a": 1}', "without a list under 'data'"),
        ("x.parquet", b"no parquet", "does not begin like it"),
        ("x.parquet", b"PAR1 and no more", "not Parquet or is damaged"),
        ("x.csv", b"\xef\xbb\xbf", "has no header line"),
        ("x.csv", b"a,b,a\n1,2,3\n", "names a column twice: 'a'"),
        ("x.csv", b'a,"b\n1,2\n', "header .* cannot be read"),
        ("x.csv", b"caf\xe9,b\n1,2\n", "header .* cannot be read"),
        ("x.xlsx", b"PK\x03\x04", "neither JSON nor Parquet"),
        ("x.jsonl", "Größe".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path, name, data, message):
    with pytest.raises(DataError, match=message) as caught:
        rows_of(written(tmp_path, name, data))
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_and_a_pipe_are_told_apart(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, message in (
        ("none.jsonl", "no such file"),
        (".", "is a folder"),
        ("pipe", "not a regular file"),
    ):
        with pytest.raises(DataError, match=message):
            rows_of(tmp_path / name)


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.csv", "x.parquet"])
def test_a_truncated_gzip_is_refused(tmp_path, name):
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(999))}), buffer)
    data = {
        "x.json": b'[{"a": 1}' + b', {"a": 2}' * 999 + b"]",
        "x.csv": b"a,b\n" + b"1,2\n" * 999,
        "x.jsonl": b'{"a": 1}\n' * 999,
        "x.parquet": buffer.getvalue(),
    }
    path = written(tmp_path, name, gzip.compress(data[name])[:-9])
    with pytest.raises(DataError, match="truncated or damaged gzip"):
        rows_of(path)


def test_a_gzip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "GZIP_FREE_BYTES", 1 << 20)
    path = written(tmp_path, "x.jsonl", gzip.compress(b"\n" * (16 << 20), 9))
    with pytest.raises(DataError, match="grows more than 200 times"):
        rows_of(path)


def test_a_well_packed_honest_file_is_no_bomb(tmp_path):
    data = b'{"a": "the same again and again"}\n' * 40_000
    assert len(zlib.compress(data)) * 200 < len(data)
    assert len(rows_of(written(tmp_path, "x.jsonl", data, gzipped=True))) == 40_000


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = written(tmp_path, "x.jsonl", b'{"a": 1}\n')
    with pytest.raises(DataError, match="changed while"), reading(str(path)) as source:
        list(source.rows)
        path.write_bytes(b'{"a": 1}\n{"a": 2}\n')


def test_csv_refuses_rows_of_another_width_and_bytes_that_are_not_utf8(tmp_path):
    data = b'a,b\n1,2\n1,2,3\n"x\ny",caf\xe9\n\n"un"quoted,2\n3,4\n'
    path = written(tmp_path, "x.csv", data)
    assert reasons_of(path) == {
        3: "3 cells where the header names 2",
        4: "not UTF-8",
        7: "',' expected after '\"'",
    }


def test_csv_reads_a_field_above_the_default_limit(tmp_path):
    path = written(tmp_path, "x.csv", b"a,b\n" + b"x" * 200_000 + b",2\n")
    assert len(records_of(path)[0]["a"]) == 200_000


def test_csv_refuses_an_open_quote_after_8_mb_and_goes_on(tmp_path):
    data = b'a,b\n"open,2\n' + (b"y" * 99 + b"\n") * (MAX_RECORD_BYTES // 100 + 9) + b"3,4\n"
    rows = rows_of(written(tmp_path, "x.csv", data))
    assert "is a quote left open" in rows[0].reason
    assert rows[-1].record == {"a": "3", "b": "4"}


def test_parquet_turns_missing_numbers_to_null_and_refuses_infinite_ones(tmp_path):
    pq.write_table(pa.table({"a": [1.0, float("nan"), float("inf")]}), tmp_path / "x.parquet")
    one, none, bad = rows_of(tmp_path / "x.parquet")
    assert (one.record, none.record) == ({"a": 1.0}, {"a": None})
    assert "infinite" in bad.reason


def test_parquet_spells_times_as_iso_text(tmp_path):
    times = pa.array([0], pa.timestamp("ms", tz="UTC"))
    pq.write_table(pa.table({"a": times}), tmp_path / "x.parquet")
    assert records_of(tmp_path / "x.parquet") == [{"a": "1970-01-01T00:00:00+00:00"}]


def test_parquet_refuses_bytes_and_bad_text_row_by_row(tmp_path):
    text = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"a\xff")]
    )
    pq.write_table(pa.table({"a": text}), tmp_path / "text.parquet")
    good, bad = rows_of(tmp_path / "text.parquet")
    assert (good.record, bad.line) == ({"a": "a"}, 2)
    pq.write_table(pa.table({"a": [b"\0"]}), tmp_path / "bytes.parquet")
    assert "type bytes" in reasons_of(tmp_path / "bytes.parquet")[1]


def test_parquet_counts_rows_across_batches(tmp_path):
    values = [float("inf") if i == 1200 else 0.0 for i in range(1500)]
    pq.write_table(pa.table({"a": values}), tmp_path / "x.parquet")
    assert list(reasons_of(tmp_path / "x.parquet")) == [1201]


@pytest.mark.parametrize(
    ("source", "reference"),
    [
        ("org/name", HubReference("org/name", None, None, "train")),
        ("org/name-2.5", HubReference("org/name-2.5", None, None, "train")),
        ("org/name:config", HubReference("org/name", "config", None, "train")),
        ("org/name@v1.0[test]", HubReference("org/name", None, "v1.0", "test")),
        (
            "org/name:en@refs/convert/parquet[train[:10%]]",
            HubReference("org/name", "en", "refs/convert/parquet", "train[:10%]"),
        ),
        ("org/name.jsonl", None),
        ("org/name.json.gz", None),
        ("name", None),
        ("./org/name", None),
        ("../name", None),
        ("/org/name", None),
        ("org/sub/name", None),
        ("~/name", None),
        ("https://host/name", None),
        ("org\\name", None),
        ("org/na me", None),
    ],
)
def test_only_a_bare_pair_of_names_is_a_hub_dataset(source, reference):
    assert hub_reference(source) == reference


def test_an_existing_file_is_never_a_hub_dataset(tmp_path, monkeypatch):
    (tmp_path / "org").mkdir()
    (tmp_path / "org" / "name").write_bytes(b'{"a": 1}\n')
    monkeypatch.chdir(tmp_path)
    assert hub_reference("org/name") is None
    assert records_of("org/name") == [{"a": 1}]


def test_an_address_is_refused():
    with pytest.raises(DataError, match="is an address"):
        rows_of("https://example.org/x.jsonl")


def test_the_identity_of_a_file_is_its_name_size_and_sha256(tmp_path):
    path = written(tmp_path, "x.jsonl", b"abc")
    assert source_identity(str(path)) == {
        "name": "x.jsonl",
        "size": 3,
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }


def test_sources_of_one_name_are_told_apart_by_a_number_never_by_their_folders():
    sources = ["a/x.json", "b/x.json", "c/y.json", "org/name@v1", "org/name@v2[test]"]
    names = ["x.json", "x.json (2)", "y.json", "org/name", "org/name[test]"]
    assert source_names(sources) == names


def test_a_pinned_hub_source_names_the_commit():
    identity = {"name": "org/name:en[test]", "revision": "a" * 40}
    assert pinned(identity) == f"org/name:en@{'a' * 40}[test]"


def test_a_pinned_file_is_its_name():
    assert pinned({"name": "x.jsonl", "size": 3, "sha256": "b" * 64}) == "x.jsonl"
