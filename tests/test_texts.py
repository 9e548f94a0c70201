"""Texts on offer: one row at a time, to the reader they were offered to, and no more than a bit."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from pages.components import offers, tokens
from pages.components.gate import Gate, Policy
from pages.components.offers import MAX_CHARACTERS, Table, offer, offer_texts, routes

FINGERPRINT = "0123456789abcdef"
N_ROWS = 5


@pytest.fixture(autouse=True)
def own_key(tmp_path, monkeypatch):
    monkeypatch.setenv("CORESET_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(tokens, "_key", None)
    monkeypatch.setattr(offers, "TABLE", Table())


def texts(read=lambda row: f"row {row}", **reader):
    return offer_texts(read, N_ROWS, FINGERPRINT, name="text", **reader)


def asked(made, row, *, token=None, method="GET"):
    gate = Middleware(Gate, policy=Policy(pages=frozenset()))
    app = Starlette(routes=routes(), middleware=[gate])
    with TestClient(app, base_url="http://127.0.0.1") as client:
        proof = made.token if token is None else token
        address = made.url.replace("{row}", str(row))
        return client.request(method, address, headers={"x-atlas-token": proof})


def test_a_token_opens_the_text_of_each_row():
    made = texts()
    assert [asked(made, row).text for row in (0, 4)] == ["row 0", "row 4"]


def test_a_text_comes_as_plain_text_that_nobody_sniffs():
    answer = asked(texts(), 1)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"].startswith("private")


@pytest.mark.parametrize("row", [5, 99_999, -1, "01", "1.0", "1e3", "٣", "x", "0x1", "9" * 40])
def test_a_row_that_is_none_is_unknown(row):
    assert asked(texts(), row).status_code == 404


def test_no_more_than_a_preview_is_sent():
    assert asked(texts(lambda row: "ü" * 10_000), 0).text == "ü" * MAX_CHARACTERS


def test_half_a_character_does_not_break_the_answer():
    assert asked(texts(lambda row: "a\ud800b"), 0).text == "a?b"


@pytest.mark.parametrize("token", ["", "x.y"])
def test_without_a_valid_token_no_text_is_told(token):
    assert asked(texts(), 0, token=token).status_code == 401


def test_a_token_for_an_array_opens_no_text_and_the_other_way_round():
    made, array = texts(), offer(b"abcd", FINGERPRINT, name="points")
    assert asked(made, 0, token=array.token).status_code == 403
    assert asked(array, 0, token=made.token).status_code == 403


def test_neither_is_read_at_the_others_address():
    made, array = texts(), offer(b"abcd", FINGERPRINT, name="points")
    as_array = offers.Offer(made.version, made.opaque, made.subject, made.role)
    as_text = offers.Offer(array.version, array.opaque, array.subject, array.role, made.path)
    assert asked(as_array, 0).status_code == 404
    assert asked(as_text, 0).status_code == 404


def test_two_readers_have_two_addresses_and_cannot_read_each_others():
    one, other = texts(subject="one"), texts(subject="other")
    assert one.url != other.url
    assert asked(other, 0, token=one.token).status_code == 403


def test_texts_are_read_with_get_only():
    assert asked(texts(), 0, method="POST").status_code == 405


def test_a_version_that_is_no_fingerprint_is_a_programmers_mistake():
    with pytest.raises(ValueError, match="hex"):
        offer_texts(str, 1, "../etc", name="text")
