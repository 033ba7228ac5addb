"""The short form of each drill, against the real server (`make drills` runs them in full)."""

from __future__ import annotations

import pytest

from drills import at_once, beside, deadlines, full_disk, kills, outage
from drills.browsers import Seat
from drills.house import House
from drills.report import Outcome

pytestmark = pytest.mark.database


def holds(outcome: Outcome) -> bool:
    """Nothing acknowledged was lost and no promise broke; what was shown is not nothing."""
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert outcome.holds, outcome.line()
    return outcome.acknowledged > 0


def test_no_acknowledged_answer_is_lost_when_the_server_is_killed(place: House) -> None:
    assert holds(kills.run(place, kills=2, exams=8, threads=4))


def test_sixty_submits_at_once_make_one_result_and_one_answer(place: House) -> None:
    assert holds(at_once.submits(place, count=60))


def test_the_last_acknowledged_write_counts_and_every_client_knows(place: House) -> None:
    assert holds(at_once.conflicts(place, clients=4, saves=15))


def test_each_save_around_the_deadline_is_judged_by_its_arrival(place: House) -> None:
    assert holds(deadlines.fuzz(place, exams=6, saves=12, spread=0, latest=6.5))


def test_a_save_that_waits_for_a_lock_at_the_end_of_the_grace_is_taken(place: House) -> None:
    hold = 3.6 if place.kind == "SQLite" else 2
    assert holds(deadlines.lock_wait(place, holds=(hold,), exams=3))


def test_the_server_is_at_work_again_soon_after_its_database(place: House) -> None:
    assert holds(outage.run(place, threads=3, rounds=1, away=1, seen=3))


def test_a_full_disk_loses_nothing_and_says_so(place: House) -> None:
    assert holds(full_disk.run(place, threads=2, rounds=1, seen=3))


def test_no_save_is_refused_while_questions_are_loaded(place: House) -> None:
    assert holds(beside.writers(place, subjects=1, threads=3))


def test_a_backup_holds_all_that_was_acknowledged_before_it_began(place: House) -> None:
    assert holds(beside.backup(place, rounds=1, threads=3))


def test_a_refusal_leaves_the_connection_fit_for_the_next_request(place: House) -> None:
    """A body that nobody read would make the server hang up."""
    database = place.store.fresh("refusals")
    seat = place.seats[0]
    stranger = Seat(seat.attempt, seat.headers | {"Cookie": "csrftoken=" + "b" * 32})
    forged = Seat(seat.attempt, seat.headers | {"X-CSRFToken": "c" * 32})
    with place.site(database) as site:
        for wrong, status in ((stranger, 401), (forged, 403)):
            browser = site.browser(wrong)
            assert [browser.step().status for _ in range(5)] == [status] * 5
