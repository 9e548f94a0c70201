"""The gate before SQL: every hostile form is refused in one line, every plain condition passes."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RequestError
from core.search import grammar
from core.search.predicate import LONGEST, checked

COLUMNS = ("id", "prompt", "response", "response_words", "Topic", "scores.helpful", 'odd "name"')

READS_OUTSIDE = [
    "read_csv('/etc/passwd') is not null",
    "read_text('/etc/passwd') = ''",
    "read_blob('/etc/passwd') is null",
    "glob('/etc/*') is not null",
    "sniff_csv('/etc/passwd') is null",
    "parquet_metadata('x.parquet') is null",
    "id from '/etc/passwd'",
    "id from 'https://example.org/x.csv'",
    "id from frame",
    "getenv('HOME') = ''",
    "current_setting('threads') = '1'",
    "getvariable('x') = 1",
    "write_log('x') is null",
    "current_user = 'root'",
    "current_database() = 'x'",
    "version() = ''",
    "pg_typeof(id) = ''",
    "nextval('x') > 0",
    "random() > 0.5",
    "now() > now()",
]
OTHER_STATEMENTS = [
    "1=1) OR (1=1",
    "true; DROP TABLE t",
    "true; ATTACH 'x.db'",
    "true; COPY (SELECT 1) TO '/tmp/x'",
    "true; SET threads = 4",
    "true; INSTALL httpfs; LOAD httpfs",
    "true); DROP TABLE t; --",
    "CREATE TABLE t (i int)",
    "COPY t TO '/tmp/x'",
    "PREPARE p AS SELECT 1",
    "PRAGMA version",
    "true UNION SELECT true",
    "true EXCEPT SELECT true",
    "true INTO t",
    "true; SELECT true",
]
OTHER_CLAUSES = [
    "id, prompt",
    "DISTINCT id",
    "id FROM range(10)",
    "true WHERE true",
    "true ORDER BY 1",
    "true LIMIT 1",
    "true OFFSET 1",
    "true GROUP BY ALL",
    "true HAVING true",
    "true QUALIFY true",
    "true USING SAMPLE 1",
    "id FROM (SELECT 1 AS id)",
    "WITH x AS (SELECT 1) SELECT 1",
    "FROM duckdb_settings()",
]
OTHER_NODES = [
    "(SELECT true)",
    "EXISTS(SELECT 1)",
    "id IN (SELECT 'x')",
    "id = ANY(['x'])",
    "query('SELECT 1') IS NULL",
    "query_table('t') IS NULL",
    "duckdb_settings() IS NULL",
    "list_transform([1], x -> x + 1) = [1]",
    "list_transform([1], lambda x : x + 1) = [1]",
    "*",
    "COLUMNS(*) = 'x'",
    "t.*",
    "count(*) > 1",
    "sum(response_words) > 1",
    "string_agg(id, '') = ''",
    "sum(response_words) OVER () > 1",
    "row_number() OVER (ORDER BY id) < 5",
    "sum(response_words) FILTER (WHERE true) > 1",
    "$1",
    "?",
    "#1 = 'x'",
    "id COLLATE nocase = 'x'",
    "[1, 2] = [1]",
    "{'a': 1} IS NULL",
    "MAP {1: 2} IS NULL",
    "response[1] = 'a'",
    "response[1:2] = 'a'",
    "unnest([true])",
    "GROUPING(id) = 1",
    "TRY(id = 'x')",
    "DEFAULT",
    "id::varchar[] IS NULL",
    "id::struct(a int) IS NULL",
    "id::json IS NULL",
    "id::decimal(38, 30) > 1",
    "main.lower(id) = 'x'",
    "system.main.lower(id) = 'x'",
    "id.lower() = 'x'",
    "lower(x := id) = 'x'",
    "lower(DISTINCT id) = 'x'",
    "x'00ff' IS NULL",
]
BOMBS = [
    "repeat('x', 1000000000) = ''",
    "lpad(id, 1000000000, 'x') = ''",
    "rpad(id, 1000000000, 'x') = ''",
    "replace(response, 'a', response) = ''",
    "regexp_replace(response, '.', 'xxxxxxxx', 'g') = ''",
    "range(100000000000) IS NULL",
    "generate_series(1, 100000000000) IS NULL",
    "levenshtein(prompt, response) < 3",
    "damerau_levenshtein(prompt, response) < 3",
    "jaro_winkler_similarity(prompt, response) < 3",
    "hamming(prompt, response) < 3",
    "editdist3(prompt, response) < 3",
    "list_contains(range(100000000000), 3)",
    "regexp_matches(prompt, response)",
    "response LIKE prompt",
    "regexp_matches(prompt, '" + "a" * 201 + "')",
    "response LIKE '" + "%" * 201 + "'",
    "(" * 3_000 + "true" + ")" * 3_000,
    "NOT " * 1_500 + "true",
    "NOT " * 200 + "true",
    "true = " * 900 + "true",
    "- " * 3_000 + "1 > 0",
    "response_words" + " + 1" * 900 + " > 0",
    "coalesce(" * 500 + "true" + ")" * 500,
    "case when " * 600 + "true" + " then true end" * 600,
    "true" + " OR true" * 2_000,
    "'" + "x" * LONGEST + "' = id",
]
BROKEN = [
    "",
    "   ",
    "-- only a comment",
    "/* open",
    "'open",
    '"open',
    "id =",
    "= id",
    "id 'x'",
    "\x00",
    "true\x00",
    "true\x00) OR (1=1",
    "\ud800 = id",
    "no_such_column > 1",
    "scores.helpful > 1",
    'id = "text"',
    "t.id = 'x'",
    "rowid = 3",
    "\u202e",
]
HOSTILE = [*READS_OUTSIDE, *OTHER_STATEMENTS, *OTHER_CLAUSES, *OTHER_NODES, *BOMBS, *BROKEN]

PLAIN = {
    "response_words > 100": ("response_words",),
    "RESPONSE_WORDS between 1 and 20 OR topic is null": ("Topic", "response_words"),
    "response_words not between 1 and 20": ("response_words",),
    '"scores.helpful" >= 0.5': ("scores.helpful",),
    '"odd ""name""" = 1': ('odd "name"',),
    "lower(response) like '%cook%' and not prompt ilike 'w_at%'": ("prompt", "response"),
    "response not like 'x!%%' escape '!'": ("response",),
    "response ~ '^[0-9]+' and response !~ 'x'": ("response",),
    "regexp_matches(response, '(a+)+$')": ("response",),
    "prompt similar to 'W.*'": ("prompt",),
    "contains(response, 'x') or starts_with(response, 'y')": ("response",),
    "'x' in prompt": ("prompt",),
    "id in ('a', 'b', null)": ("id",),
    "id not in ('a')": ("id",),
    "coalesce(topic, 'none') = 'none'": ("Topic",),
    "nullif(topic, '') is not null": ("Topic",),
    "case when topic = 'a' then response_words > 3 else false end": ("Topic", "response_words"),
    "case topic when 'a' then true end": ("Topic",),
    "topic is distinct from 'it''s'": ("Topic",),
    "try_cast(topic as double) > 1e3": ("Topic",),
    "topic::bigint % 2 = 1": ("Topic",),
    "(response_words + 1) * 2 // 3 > -4 / 2.5": ("response_words",),
    "abs(round(response_words, 1)) > greatest(1, 2)": ("response_words",),
    "length(trim(both ' ' from prompt)) > 3": ("prompt",),
    "substring(prompt from 1 for 4) = 'What'": ("prompt",),
    "position('x' in prompt) > 0": ("prompt",),
    "prompt || response = ''": ("prompt", "response"),
    "extract(year from try_cast(topic as date)) = 2020": ("Topic",),
    "date_trunc('month', try_cast(topic as timestamp)) > date '2020-01-01'": ("Topic",),
    "(topic = 'a') is true": ("Topic",),
    "LOWER(Topic) = 'a' -- a comment": ("Topic",),
    "true": (),
    "topic = 'drop table t; select 1'": ("Topic",),
    "topic = '日本語 “x”'": ("Topic",),
}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:40]))
def test_a_hostile_condition_is_refused_in_one_line(text):
    with pytest.raises(RequestError) as refused:
        checked(text, COLUMNS)
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("text", PLAIN, ids=lambda text: repr(text[:40]))
def test_a_plain_condition_passes_and_names_its_columns(text):
    assert checked(text, COLUMNS).columns == PLAIN[text]


def test_spacing_comments_and_case_of_keywords_do_not_change_the_fingerprint():
    one = checked("response_words>1 and topic IS NULL", COLUMNS)
    other = checked(" response_words  >  1\nAND topic is null /* x */", COLUMNS)
    assert one.fingerprint == other.fingerprint


def test_another_value_changes_the_fingerprint():
    one, other = (checked(f"topic = '{value}'", COLUMNS) for value in "ab")
    assert one.fingerprint != other.fingerprint


def test_an_unknown_column_names_the_nearest():
    with pytest.raises(RequestError, match="did you mean response_words"):
        checked("respons_words > 1", COLUMNS)


def test_a_name_with_a_dot_is_told_to_be_quoted():
    with pytest.raises(RequestError, match=r'in double quotes: "scores\.helpful"'):
        checked("scores.helpful > 1", COLUMNS)


def test_the_gate_holds_on_the_small_stack_of_a_thread():
    found = []

    def ask():
        for text in BOMBS:
            try:
                checked(text, COLUMNS)
            except RequestError:
                found.append(text)

    worker = threading.Thread(target=ask)
    worker.start()
    worker.join()
    assert found == BOMBS


def test_a_field_that_a_later_parser_adds_is_refused():
    node = {"class": "CONSTANT", "type": "VALUE_CONSTANT", "literal": {"kind": "BOOLEAN"}, "new": 1}
    with pytest.raises(RequestError):
        grammar.walk(node, {})


WORDS = st.sampled_from(
    [
        *COLUMNS[:4],
        *("true", "null", "1", "'x'", "(", ")", ",", ";", "and", "or", "not", "in", "like"),
        *("select", "from", "read_csv", "lower", "=", ">", "::", "int", "[", "]", "->", "*"),
        *("/*", "--", "'", '"', "$1", "case", "when", "then", "end", "over", "union", "$$"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=60))
def test_whatever_is_written_passes_the_gate_or_is_refused_in_one_line(text):
    try:
        assert set(checked(text, COLUMNS).columns) <= set(COLUMNS)
    except RequestError as refused:
        assert len(str(refused).splitlines()) == 1
