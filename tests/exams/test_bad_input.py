"""Whatever is sent, the answer says what is wrong with it, and nothing of it is written."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams.models import Attempt
from tests.exams.requests import entry, post, save, submit, url
from tests.exams.sitting import Sitting

BAD_BATCHES: dict[str, tuple[dict[str, Any], int]] = {
    "an item that is not there": (entry(99, 1, 1), 422),
    "a choice that is not there": (entry(1, 1, 9), 422),
    "too many picks": (entry(1, 1, 1, 2, 3, 4), 422),
    "NUL": (entry(1, 1, 1, language="\x00"), 400),
    "a word for a number": (entry(1, 1) | {"seq": "one"}, 422),
}


@pytest.fixture(autouse=True)
def clock(sitting: Sitting) -> Any:
    with time_machine.travel(sitting.at(90), tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(client: Client, learner: Any) -> Client:
    client.force_login(learner)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(("bad", "status"), BAD_BATCHES.values(), ids=BAD_BATCHES.keys())
def test_a_save_with(browser: Client, sitting: Sitting, bad: Any, status: int) -> None:
    reply = save(browser, sitting.attempt, entry(2, 50, 1), bad)
    assert reply.status_code == status
    assert reply.json()["status"] == "invalid"
    assert reply.json()["message"]
    assert not sitting.attempt.responses.exists()
    assert save(browser, sitting.attempt, entry(2, 50, 1)).status_code == 200


@pytest.mark.parametrize(
    "body", [b" ", b"{", b"\xff", b"[" * 90_000, b"null", b'{"v": 1}', b"a=1&b=2"]
)
@pytest.mark.parametrize("name", ["answers", "submit"])
def test_what_is_no_message(browser: Client, sitting: Sitting, name: str, body: bytes) -> None:
    reply = browser.post(url(name, sitting.attempt), body, content_type="application/json")
    assert reply.status_code in {400, 422}
    assert reply.json()["status"] == "invalid"
    assert sitting.reload().is_open


@pytest.mark.parametrize("name", ["answers", "submit"])
def test_a_body_that_is_too_big(browser: Client, sitting: Sitting, name: str) -> None:
    body = b'{"v": 1, "padding": "' + b"x" * (1024 * 1024) + b'"}'
    reply = browser.post(url(name, sitting.attempt), body, content_type="application/json")
    assert reply.status_code in {400, 413}
    assert sitting.reload().is_open


def test_a_late_save_is_told_the_state(browser: Client, sitting: Sitting, clock: Any) -> None:
    clock.move_to(sitting.at(sitting.limit + 6))
    reply = save(browser, sitting.attempt, entry(1, 1, 1))
    assert reply.status_code == 409
    assert reply.json() | {"message": ""} == {
        "status": "late", "message": "", "state": "in_progress", "remaining_ms": 0,
        "result": url("result", sitting.attempt),
    }  # fmt: skip


def test_a_save_to_a_closed_attempt_is_told_where_the_result_is(
    browser: Client, sitting: Sitting
) -> None:
    sitting.submit(at=80)
    reply = save(browser, sitting.attempt, entry(1, 1, 1))
    assert reply.status_code == 409
    assert reply.json()["status"] == "closed"
    assert reply.json()["result"] == url("result", sitting.attempt)


def test_a_submit_with_answers_missing_names_them(browser: Client, sitting: Sitting) -> None:
    reply = submit(browser, sitting.attempt, newest={"3": 5})
    assert (reply.status_code, reply.json()["items"]) == (409, [3])


@pytest.mark.parametrize("position", [0, 9, 2**31, 2**63, 10**30])
def test_a_position_that_is_not_on_the_paper(
    browser: Client, sitting: Sitting, position: int
) -> None:
    sitting.submit(at=80)
    assert browser.get(url("item", sitting.attempt, position)).status_code == 404
    assert post(browser, url("reveal", sitting.attempt, position), {}).status_code in {403, 404}


@pytest.mark.parametrize("mode", ["", "practice", "exam\x00", "x" * 10_000])
def test_a_start_with_another_mode(browser: Client, exam: Any, mode: str) -> None:
    Attempt.objects.filter(state="in_progress").update(
        state="void", closed_at="2026-11-24T09:01:00Z", closed_by="staff"
    )
    where = reverse("exam", args=["tiny", exam.code])
    reply = browser.post(where, {"mode": mode, "accommodation": "x1"})
    assert reply.status_code == 422
    assert not Attempt.objects.in_progress().exists()
    assert browser.post(where, {"mode": "exam", "accommodation": "x1"}).status_code == 302


def test_an_exam_without_limit_is_refused_in_words(browser: Client, exam: Any) -> None:
    where = reverse("exam", args=["tiny", exam.code])
    reply = browser.post(where, {"mode": "exam", "accommodation": "none"})
    assert reply.status_code == 422
    assert reply.context["form"].errors["accommodation"]


NONSENSE = st.text(max_size=30) | st.sampled_from(
    ["-1", "0", "99999999999999999999", "²", "1.5", "\x00", "٣", "';--", "null", "\ud7ff"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["item-1", "item-2", "flag-1", "reveal", "next", "item-99", "strange"]),
        st.lists(NONSENSE, max_size=3),
    )
)
def test_no_form_breaks_the_paper(browser: Client, sitting: Sitting, form: Any) -> None:
    reply = browser.post(url("form-save", sitting.attempt), form)
    assert reply.status_code in {302, 404, 409, 422}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NONSENSE, NONSENSE)
def test_no_query_breaks_a_page(browser: Client, sitting: Sitting, name: str, value: str) -> None:
    if sitting.reload().is_open:
        sitting.submit(at=80)
    query = f"?show={quote(value)}&page={quote(value)}&{quote(name)}={quote(value)}"
    for where in (url("result", sitting.attempt), reverse("history"), reverse("exams")):
        assert browser.get(where + query).status_code == 200


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NONSENSE, max_size=4))
def test_no_answer_breaks_the_sample(browser: Client, subject: Any, values: list[str]) -> None:
    from questions.models import Question
    from tests import factories

    if not Question.objects.filter(is_sample=True).exists():
        factories.questions(subject, 1, start=500, sample=True)
    reply = browser.post(reverse("sample-answer", args=["q-00500"]), {"item-1": values})
    assert reply.status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "\x01", "x" * 4000])
@pytest.mark.parametrize("name", ["guest", "pref-theme", "pref-time", "pref-content", "sessionid"])
def test_no_cookie_breaks_the_front_page(client: Client, name: str, cookie: str) -> None:
    client.cookies[name] = cookie
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("settings")).status_code == 200


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [("theme", "dark", 302), ("theme", "pink", 422), ("rank", "admin", 422), ("", "", 422)],
)
def test_a_setting_is_one_of_its_values(client: Client, name: str, value: str, status: int) -> None:
    assert client.post(reverse("settings"), {"name": name, "value": value}).status_code == status
