"""Every rule about one question catches the flaw that is planted for it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from questions import content
from questions.form_cues import guess_chances, key_is_longest, near_duplicates
from questions.item_writing import RULES, Draft, flaws, is_scenario
from tests.factories import choice, record, two_keys

Change = Callable[[dict[str, Any]], None]


def draft(change: Change | None = None, base: Any = record) -> Draft:
    made = deepcopy(base())
    if change:
        change(made)
    return content.draft(made)


def found(change: Change, base: Any = record) -> set[tuple[str, str]]:
    return {(flaw.rule, flaw.severity) for flaw in flaws(draft(change, base))}


def no_key(q: dict[str, Any]) -> None:
    q["choices"][0]["key"] = False


def three_choices(q: dict[str, Any]) -> None:
    q["choices"].pop()


def no_korean_stem(q: dict[str, Any]) -> None:
    q["stem_ko"] = " "
    q["deciding_phrase_ko"] = q["deciding_phrase_en"] = ""


def no_rationale(q: dict[str, Any]) -> None:
    q["choices"][2]["rationale_ko"] = ""


def no_reference(q: dict[str, Any]) -> None:
    q["references"] = []


def no_fact(q: dict[str, Any]) -> None:
    q["deciding_facts"] = []


def no_objective(q: dict[str, Any]) -> None:
    q["objective"] = ""


def same_choice_twice(q: dict[str, Any]) -> None:
    q["choices"][2]["text_en"] = "Start the server in another room!"


def long_key(q: dict[str, Any]) -> None:
    q["choices"][0]["text_en"] = (
        "Move the files to a shared disk that every server of the site mounts."
    )


def slightly_long_key(q: dict[str, Any]) -> None:
    q["choices"][0]["text_en"] = "Move all of the files to a shared disk."


def key_echoes_stem(q: dict[str, Any]) -> None:
    q["choices"][0]["text_en"] = "Keep company data after failure."


def absolute_distractor(q: dict[str, Any]) -> None:
    q["choices"][1]["text_en"] = "Always start it in another room."


def negative(q: dict[str, Any]) -> None:
    q["stem_en"] = q["stem_en"].replace("Which change helps?", "Which change does not help?")


def lumped(q: dict[str, Any]) -> None:
    q["choices"][3]["text_en"] = "None of the above options apply."


def lumped_in_korean(q: dict[str, Any]) -> None:
    q["choices"][3]["text_ko"] = "위 항목 모두 해당합니다."


def points_at_letter(q: dict[str, Any]) -> None:
    q["explanation_en"] = "Option B loses the data."


def phrase_elsewhere(q: dict[str, Any]) -> None:
    q["deciding_phrase_en"] = "keep the data after any failure"


def phrase_in_one_language(q: dict[str, Any]) -> None:
    q["deciding_phrase_ko"] = ""


def other_number(q: dict[str, Any]) -> None:
    q["stem_en"] = q["stem_en"].replace("one server", "one server for 30 days")


def negation_in_one_language(q: dict[str, Any]) -> None:
    q["stem_en"] = q["stem_en"].replace("Which change helps?", "Which change does NOT help?")


def stranger_in_korean(q: dict[str, Any]) -> None:
    q["choices"][1]["rationale_ko"] = "Aurora를 써도 데이터가 사라집니다."


def acronym_lost(q: dict[str, Any]) -> None:
    q["choices"][1]["rationale_en"] = "The RDS data is lost all the same."


PLANTED = [
    (no_key, "structure", "error"),
    (three_choices, "structure", "error"),
    (no_korean_stem, "missing-language", "error"),
    (no_rationale, "missing-rationale", "error"),
    (no_reference, "missing-reference", "error"),
    (no_fact, "missing-fact", "error"),
    (no_objective, "missing-objective", "error"),
    (same_choice_twice, "duplicate-choice", "error"),
    (long_key, "key-length", "error"),
    (slightly_long_key, "key-length", "warning"),
    (key_echoes_stem, "stem-key-overlap", "warning"),
    (absolute_distractor, "absolute-word", "warning"),
    (negative, "negative-stem", "error"),
    (negation_in_one_language, "negative-stem", "warning"),
    (lumped, "lumped-choice", "error"),
    (lumped_in_korean, "lumped-choice", "error"),
    (points_at_letter, "position-pointer", "error"),
    (phrase_elsewhere, "deciding-phrase", "error"),
    (phrase_in_one_language, "deciding-phrase", "error"),
    (other_number, "parity-number", "error"),
    (negation_in_one_language, "parity-negation", "error"),
    (stranger_in_korean, "parity-name", "error"),
    (acronym_lost, "parity-name", "warning"),
]


@pytest.mark.parametrize(("change", "rule", "severity"), PLANTED)
def test_a_planted_flaw_is_caught_by_its_rule(change: Change, rule: str, severity: str) -> None:
    assert (rule, severity) in found(change)


@pytest.mark.parametrize("base", [record, two_keys])
def test_a_good_question_has_no_flaw(base: Any) -> None:
    assert flaws(draft(base=base)) == []


def test_each_rule_has_its_planted_flaw() -> None:
    caught = {
        rule.__name__ for rule in RULES for change, *_ in PLANTED if list(rule(draft(change)))
    }
    assert caught == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("keys", [4, 5])
def test_too_many_keys_are_refused(keys: int) -> None:
    def change(q: dict[str, Any]) -> None:
        for position in range(keys):
            q["choices"][position]["key"] = True

    assert ("structure", "error") in found(change, two_keys)


def test_a_month_in_words_is_the_number_before_korean_month() -> None:
    def change(q: dict[str, Any]) -> None:
        q["explanation_en"] = "Since January 2023 the disk is kept."
        q["explanation_ko"] = "2023년 1월부터 디스크가 남습니다."

    assert found(change) == set()


def test_a_flaw_names_the_form_field() -> None:
    assert {flaw.field for flaw in flaws(draft(phrase_elsewhere))} == {"deciding_phrase_en"}


def test_a_scenario_has_two_sentences_and_a_deciding_phrase_in_both_stems() -> None:
    assert is_scenario(draft())
    assert not is_scenario(draft(phrase_elsewhere))


def test_a_short_question_is_no_scenario() -> None:
    def change(q: dict[str, Any]) -> None:
        q["stem_en"] = "You keep the data after a failure. How?"

    assert not is_scenario(draft(change))


def test_the_longest_key_is_seen_in_each_language() -> None:
    assert key_is_longest(draft(long_key), "en")
    assert not key_is_longest(draft(long_key), "ko")


def test_the_guesser_takes_the_longest_most_qualified_choice() -> None:
    def change(q: dict[str, Any]) -> None:
        q["choices"] = [
            choice("A disk that is shared, with copies, when a server fails", "가", key=True),
            choice("A disk", "나"),
            choice("A room", "다"),
            choice("A fan", "라"),
        ]

    assert guess_chances(draft(change), "en") == [1.0, 0.0, 0.0, 0.0]


def test_the_guesser_has_a_quarter_when_nothing_tells_the_choices_apart() -> None:
    def change(q: dict[str, Any]) -> None:
        q["choices"] = [choice(f"Disk {n}", f"디스크 {n}", key=n == 1) for n in range(1, 5)]

    assert guess_chances(draft(change), "en") == [0.25] * 4


def test_near_duplicates_are_found_and_others_are_not() -> None:
    one, twin, other = record(1), record(1, code="twin"), record(1, code="other")
    other["stem_en"] = "A bank prints its letters in a hall far away. Who reads them first?"
    other["choices"][0]["text_en"] = "The clerk of the morning shift reads."
    pairs = list(near_duplicates([content.draft(r) for r in (one, twin, other)]))
    assert [(a.code, b.code, round(likeness, 2)) for a, b, likeness in pairs] == [
        ("q-00001", "twin", 1.0)
    ]
