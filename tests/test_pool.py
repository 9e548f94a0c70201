"""Pools: what ingest keeps, counts and refuses, and what a pool gives back."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.examples import Turn, example_id
from core.data.ingest import IngestConfig, ingest
from core.data.limits import MAX_METADATA_COLUMNS
from core.data.pool import FILE_NAME, Pool
from core.errors import Cancelled, DataError, RequestError
from core.options import configure

TEXT = st.text(min_size=1, max_size=12).filter(str.strip)
FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def alpaca(number, **more):
    return {
        "instruction": f"Question {number}?",
        "input": "",
        "output": f"Answer {number}.",
        **more,
    }


def lines(path, *records):
    texts = [item if isinstance(item, str) else json.dumps(item) for item in records]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def source(tmp_path):
    return lambda *records, name="x.jsonl": lines(tmp_path / name, *records)


def pool_of(*sources, **config):
    return ingest(sources, IngestConfig(**config)).pool


def test_rows_keep_their_order_and_their_ids(source):
    pool = pool_of(source(*[alpaca(i) for i in range(5)]))
    expected = [
        example_id([Turn("user", f"Question {i}?"), Turn("assistant", f"Answer {i}.")])
        for i in range(5)
    ]
    assert pool.ids() == expected


def test_exact_duplicates_are_kept_once_and_counted_across_schemas(source, tmp_path):
    messages = {
        "messages": [
            {"role": "user", "content": " Question 1?\r\n"},
            {"role": "assistant", "content": "Answer 1."},
        ]
    }
    first = source(alpaca(1), alpaca(2), alpaca(1))
    second = source(messages, name="y.jsonl")
    result = ingest([first, second], IngestConfig())
    assert result.pool.n_rows == 2
    assert [tally.n_duplicates for tally in result.report.sources] == [1, 1]


def test_the_raw_record_keeps_key_order_and_values(source):
    record = {"output": "A", "score": 1.50, "instruction": "Q", "nested": {"b": [1, None]}}
    pool = pool_of(source(record))
    (raw,) = pool.raw_rows(np.array([0]))
    assert raw == json.dumps(record)


def test_each_row_keeps_its_source_and_schema(source):
    first = source(alpaca(1), name="a.jsonl")
    second = source({"prompt": "Q", "completion": "A"}, name="b.jsonl")
    pool = pool_of(first, second)
    assert pool.column("source").tolist() == ["a.jsonl", "b.jsonl"]
    assert pool.column("schema").tolist() == ["alpaca", "prompt-response"]


def test_bad_rows_are_listed_with_line_and_reason_and_the_good_go_on(source):
    good = [alpaca(i) for i in range(8)]
    result = ingest([source(*good[:4], "{broken", *good[4:], alpaca(9, output=""))], IngestConfig())
    assert result.pool.n_rows == 8
    assert [(name, line) for name, line, _ in result.report.bad] == [
        ("x.jsonl", 5),
        ("x.jsonl", 10),
    ]
    assert "no text in 'output'" in result.report.bad[1][2]


def test_counts_add_up_and_carry_the_source_identity(source):
    path = source(alpaca(1), alpaca(1), *[alpaca(i) for i in range(2, 9)], "7")
    found = ingest([path], IngestConfig()).report.as_json()
    assert (found["n_read"], found["n_kept"], found["n_duplicates"], found["n_bad"]) == (
        10,
        8,
        1,
        1,
    )
    assert set(found["sources"][0]) >= {"name", "size", "sha256", "n_read"}


def test_one_bad_row_in_five_is_allowed_and_more_is_not(source):
    assert pool_of(source("{", *[alpaca(i) for i in range(4)])).n_rows == 4
    with pytest.raises(DataError, match=r"more than 20% bad rows: 2 of 9 rows .* line 1 .* broken"):
        pool_of(source("{", "{", *[alpaca(i) for i in range(7)]))


def test_strict_refuses_any_bad_row(source):
    with pytest.raises(DataError, match=r"strict .* 1 of 9 rows are bad; the first is line 1"):
        pool_of(source("{", *[alpaca(i) for i in range(8)]), strict=True)


def test_no_usable_row_is_one_clear_line(source):
    with pytest.raises(DataError, match=r"no usable row: 2 of 2 rows .* broken") as caught:
        pool_of(source("{", "{"))
    assert "\n" not in str(caught.value)


def test_a_file_of_no_known_schema_names_columns_and_schemas(source):
    record = {"dialogue": ["Q", "A"], "source": "s"}
    with pytest.raises(DataError, match=r"'x.jsonl': columns 'dialogue', 'source' fit no kno"):
        pool_of(source(record, record))


def test_a_file_of_no_known_schema_is_refused_early(source):
    rows = [{"text": "T"}] * 150 + [alpaca(1)]
    with pytest.raises(DataError, match="fit no known schema"):
        pool_of(source(*rows))


def test_a_row_of_no_known_schema_among_good_ones_is_a_bad_row(source):
    result = ingest([source({"foo": 1}, *[alpaca(i) for i in range(9)])], IngestConfig())
    assert result.report.bad == [("x.jsonl", 1, "columns 'foo' fit no known schema")]


def test_a_named_schema_overrides_recognition(source):
    record = {"instruction": "Q", "output": "A", "prompt": "P", "response": "R"}
    pool = pool_of(source(record), schema="prompt-response")
    assert pool.turns(0) == (Turn("user", "P"), Turn("assistant", "R"))


def test_an_unknown_schema_is_refused_by_name():
    with pytest.raises(RequestError, match="alpaca"):
        configure(IngestConfig, {"schema": "alpacca"})


def test_a_limit_stops_after_that_many_distinct_examples(source):
    first = source(alpaca(1), alpaca(1), alpaca(2), name="a.jsonl")
    second = source(*[alpaca(i) for i in range(2, 9)], name="b.jsonl")
    result = ingest([first, second], IngestConfig(limit=4))
    assert result.pool.column("n_turns").tolist() == [2] * 4
    assert [tally.n_read for tally in result.report.sources] == [3, 3]


@pytest.mark.parametrize("sources", [(), ("missing.jsonl",)])
def test_no_source_and_a_missing_one_are_refused(sources):
    with pytest.raises(DataError):
        ingest(sources, IngestConfig())


def test_a_source_without_records_is_refused(source):
    with pytest.raises(DataError, match="holds no record"):
        pool_of(source("[]", name="x.json"))


def test_listed_bad_rows_end_at_a_thousand_and_counting_does_not(source):
    result = ingest([source(*["{"] * 1100, *[alpaca(i) for i in range(5000)])], IngestConfig())
    assert (len(result.report.bad), result.report.n_bad) == (1000, 1100)


def test_progress_ends_at_its_total_and_never_goes_back(source):
    seen = []
    ingest(
        [source(*[alpaca(i) for i in range(2000)])],
        IngestConfig(),
        progress=lambda done, total, note="": seen.append((done, total)),
    )
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]


def test_progress_may_cancel(source):
    def stop(done, total, note=""):
        raise Cancelled

    with pytest.raises(Cancelled):
        ingest([source(alpaca(1))], IngestConfig(), progress=stop)


def test_metadata_columns_are_typed(source):
    rows = [
        alpaca(1, category="qa", score=1, mixed=1, flag=True, scores={"ifd": 0.5, "note": "x"}),
        alpaca(2, category="code", score=2.5, mixed="one", flag=False, tags=["a"]),
        alpaca(3, category=None, score=2**70, mixed=None),
    ]
    pool = pool_of(source(*rows))
    kinds = {column.name: column.kind for column in pool.columns()}
    assert kinds["category"] == kinds["mixed"] == kinds["flag"] == "categorical"
    assert kinds["scores.ifd"] == "numeric"
    assert "scores.note" not in kinds
    assert "tags" not in kinds
    assert pool.column("category").tolist() == ["qa", "code", None]
    assert pool.column("mixed").tolist() == ["1", "one", None]
    assert pool.column("flag").tolist() == ["true", "false", None]
    assert np.array_equal(pool.column("scores.ifd"), [0.5, np.nan, np.nan], equal_nan=True)


def test_whole_and_broken_numbers_make_one_numeric_column(source):
    pool = pool_of(source(alpaca(1, score=1), alpaca(2, score=2.5), alpaca(3)))
    assert np.array_equal(pool.column("score"), [1, 2.5, np.nan], equal_nan=True)


def test_an_integer_beyond_64_bits_makes_a_column_of_text(source):
    pool = pool_of(source(alpaca(1, big=2**70), alpaca(2, big=1)))
    assert pool.column("big").tolist() == [str(2**70), "1"]


def test_names_that_are_ours_get_a_prefix(source):
    pool = pool_of(source(alpaca(1, id="row-7", source="web", **{"meta.id": "other"})))
    assert pool.column("meta.id").tolist() == ["row-7"]
    assert pool.column("meta.source").tolist() == ["web"]
    assert pool.column("meta.meta.id").tolist() == ["other"]


def test_numbers_in_a_csv_file_are_numeric_and_codes_with_leading_zeros_are_not(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("prompt,response,score,code\nQ1,A1,0.5,007\nQ2,A2,,012\n")
    pool = pool_of(str(path))
    assert np.array_equal(pool.column("score"), [0.5, np.nan], equal_nan=True)
    assert pool.column("code").tolist() == ["007", "012"]


def test_long_or_many_texts_are_text_not_categories(source):
    rows = [alpaca(i, note="long " * 30, name=f"n{i}", half=f"h{i % 9}") for i in range(300)]
    kinds = {column.name: column.kind for column in pool_of(source(*rows)).columns()}
    assert (kinds["note"], kinds["name"], kinds["half"]) == ("text", "text", "categorical")


def test_metadata_columns_have_a_limit_that_is_reported(source):
    rows = [alpaca(i, **{f"key{i}": i}) for i in range(MAX_METADATA_COLUMNS + 5)]
    result = ingest([source(*rows)], IngestConfig())
    assert result.report.n_columns_left_out == 5
    assert result.pool.table.num_columns == 8 + MAX_METADATA_COLUMNS


def test_words_are_counted_by_side(source):
    pool = pool_of(
        source({"instruction": "one two", "input": "three", "output": "a b c d", "system": "s"})
    )
    assert pool.column("n_prompt_words").tolist() == [4]
    assert pool.column("n_response_words").tolist() == [4]
    assert pool.column("n_turns").tolist() == [3]


def test_texts_join_turns_by_a_line_feed_for_all_rows_or_some(source):
    pool = pool_of(source(*[alpaca(i) for i in range(3)]))
    whole = [f"Question {i}?\nAnswer {i}." for i in range(3)]
    assert pool.texts() == whole
    assert pool.texts(np.array([2, 0])) == [whole[2], whole[0]]
    assert pool.texts(np.array([], dtype=np.int64)) == []


def test_an_unknown_column_names_those_there_are(source):
    with pytest.raises(RequestError, match="no column 'topic'; it has 'source'"):
        pool_of(source(alpaca(1))).column("topic")


def test_rows_of_ids_follow_the_order_asked_for(source):
    pool = pool_of(source(*[alpaca(i) for i in range(3)]))
    ids = pool.ids()
    assert pool.rows_of([ids[2], ids[0]]).tolist() == [2, 0]


def test_an_unknown_id_is_named(source):
    with pytest.raises(RequestError, match="1 of 1 example ids are not in the pool: 'ffff"):
        pool_of(source(alpaca(1))).rows_of(["f" * 32])


@FEW
@given(st.lists(st.tuples(TEXT, TEXT, st.none() | st.integers()), min_size=1, max_size=5))
def test_a_saved_pool_loads_as_it_was(tmp_path, rows):
    records = [{"prompt": q, "completion": a, "n": n} for q, a, n in rows]
    pool = pool_of(lines(tmp_path / "x.jsonl", *records))
    pool.save(tmp_path)
    loaded = Pool.load(tmp_path)
    assert loaded.table.equals(pool.table)
    assert loaded.columns() == pool.columns()


def test_the_same_source_gives_the_same_bytes(source, tmp_path):
    path = source(*[alpaca(i, score=i) for i in range(50)])
    saved = []
    for _ in range(2):
        pool_of(path).save(tmp_path)
        saved.append((tmp_path / FILE_NAME).read_bytes())
    assert saved[0] == saved[1]


def test_a_damaged_a_missing_and_a_foreign_pool_are_refused(source, tmp_path):
    with pytest.raises(DataError, match="ingest again"):
        Pool.load(tmp_path)
    pool_of(source(*[alpaca(i) for i in range(50)])).save(tmp_path)
    data = bytearray((tmp_path / FILE_NAME).read_bytes())
    data[200] ^= 1
    (tmp_path / FILE_NAME).write_bytes(data)
    with pytest.raises(DataError, match="ingest again"):
        Pool.load(tmp_path)
    pq.write_table(pa.table({"a": [1]}), tmp_path / FILE_NAME)
    with pytest.raises(DataError, match="is no pool of this program"):
        Pool.load(tmp_path)
