"""A message is read whole or refused with the field that is wrong; nothing gets by unchecked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.protocol import (
    MAX_ENTRIES,
    MAX_INT,
    Batch,
    Entry,
    ProtocolError,
    Submission,
    parse_batch,
    parse_submission,
)
from tests.exams.requests import entry, message

choices = st.sets(st.integers(1, 20), max_size=20).map(lambda numbers: tuple(sorted(numbers)))
entries = st.builds(
    Entry,
    item=st.integers(1, MAX_INT),
    seq=st.integers(1, MAX_INT),
    selected=choices,
    flagged=st.booleans(),
    struck=choices,
    sure=st.none() | st.booleans(),
    language=st.sampled_from(["", "ko", "en"]),
    shown_ms=st.integers(0, MAX_INT),
)
batches = st.builds(
    Batch,
    client_id=st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True),
    base_rev=st.integers(0, MAX_INT),
    entries=st.lists(
        entries, max_size=8, unique_by=(lambda e: e.item, lambda e: e.seq)
    ).map(tuple),
)  # fmt: skip


def dump(body: Any) -> bytes:
    return json.dumps(body).encode()


def refused(body: bytes, parse: Any = parse_batch) -> ProtocolError:
    with pytest.raises(ProtocolError) as error:
        parse(body)
    return error.value


@given(batches)
def test_what_a_browser_writes_is_read_back(batch: Batch) -> None:
    body = {
        "v": 1, "client_id": batch.client_id, "base_rev": batch.base_rev,
        "entries": [
            {name: getattr(e, name) for name in Entry.__dataclass_fields__} for e in batch.entries
        ],
    }  # fmt: skip
    assert parse_batch(dump(body)) == batch


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_a_message_or_refused(value: Any) -> None:
    for parse in (parse_batch, parse_submission):
        assert refused(dump(value), parse).status in {400, 422}


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_refused(body: bytes) -> None:
    for parse in (parse_batch, parse_submission):
        assert refused(body, parse).status in {400, 422}


FIELDS = ("item", "seq", "selected", "flagged", "struck", "sure", "language", "shown_ms")


@given(st.sampled_from(FIELDS), json_values)
def test_a_field_of_another_kind_is_refused_and_named(field: str, value: Any) -> None:
    body = dump(message(entry(1, 1, 1) | {field: value}))
    try:
        [read] = parse_batch(body).entries
    except ProtocolError as error:
        assert error.status == 400 or error.field == f"entries[0].{field}"
    else:
        kept = getattr(read, field)
        assert kept == (tuple(sorted(value)) if isinstance(value, list) else value)
        assert type(kept) is tuple or type(kept) is type(value)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "another version": ({"v": 2}, "v"),
    "true for version 1": ({"v": True}, "v"),
    "no client": ({"client_id": None}, "client_id"),
    "a client of strange letters": ({"client_id": "tab/../x"}, "client_id"),
    "a client that is too long": ({"client_id": "x" * 41}, "client_id"),
    "a negative rev": ({"base_rev": -1}, "base_rev"),
    "entries that are no list": ({"entries": {}}, "entries"),
    "too many entries": ({"entries": [entry(1, 1)] * (MAX_ENTRIES + 1)}, "entries"),
    "an item twice": ({"entries": [entry(1, 1), entry(1, 2)]}, "entries"),
    "a number twice": ({"entries": [entry(1, 1), entry(2, 1)]}, "entries"),
    "an entry that is no object": ({"entries": ["x"]}, "entries[0]"),
    "a huge number": ({"entries": [entry(1, 2**31)]}, "entries[0].seq"),
    "number zero": ({"entries": [entry(1, 0)]}, "entries[0].seq"),
    "a choice twice": ({"entries": [entry(1, 1, 2, 2)]}, "entries[0].selected"),
    "choice zero": ({"entries": [entry(1, 1, 0)]}, "entries[0].selected"),
    "a choice in words": ({"entries": [entry(1, 1) | {"selected": ["A"]}]}, "entries[0].selected"),
    "true for a choice": ({"entries": [entry(1, 1) | {"selected": [True]}]}, "entries[0].selected"),
    "another language": ({"entries": [entry(1, 1, language="fr")]}, "entries[0].language"),
}


@pytest.mark.parametrize(("changes", "field"), BAD.values(), ids=BAD.keys())
def test_a_batch_with(changes: dict[str, Any], field: str) -> None:
    assert parse_batch(dump(message(entry(1, 1, 1)))).entries
    error = refused(dump(message(entry(1, 1, 1)) | changes))
    assert (error.field, error.status) == (field, 422)


NOT_JSON = {
    "nothing": b"",
    "half a message": b'{"v": 1, "entries": [',
    "not UTF-8": b"\xff\xfe{}",
    "a list": b"[]",
    "NaN": b"NaN",
    "NUL": b'{"v": 1, "client_id": "a\x00b", "base_rev": 0, "entries": []}',
    "NUL, escaped": b'{"v": 1, "client_id": "a\\u0000b", "base_rev": 0, "entries": []}',
    "a deep nest": b"[" * 100_000,
    "a deep object": b'{"v": 1, "entries": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "a number without end": b'{"v": ' + b"9" * 100_000 + b"}",
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_is_no_message(body: bytes) -> None:
    assert refused(body).status in {400, 422}
    assert refused(body, parse_submission).status in {400, 422}


def test_a_submission_says_what_the_browser_has() -> None:
    body = {"v": 1, "client_id": "tab", "newest": {"3": 7, "12": 9}, "reason": "timer"}
    assert parse_submission(dump(body)) == Submission("tab", {3: 7, 12: 9}, by_timer=True)
    assert parse_submission(b'{"v": 1, "client_id": "tab"}') == Submission("tab", {}, False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"newest": [1]}, "newest"),
        ({"newest": {"0": 1}}, "newest"),
        ({"newest": {"x": 1}}, "newest"),
        ({"newest": {"99999": 1}}, "newest"),
        ({"newest": {"1": "2"}}, "newest.1.seq"),
        ({"newest": {str(n): 1 for n in range(1, MAX_ENTRIES + 2)}}, "newest"),
        ({"reason": "bored"}, "reason"),
        ({"reason": None}, "reason"),
        ({"reason": {}}, "reason"),
    ],
)
def test_a_submission_that_is_wrong(changes: dict[str, Any], field: str) -> None:
    error = refused(dump({"v": 1, "client_id": "tab"} | changes), parse_submission)
    assert (error.field, error.status) == (field, 422)
