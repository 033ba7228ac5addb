"""Rules and figures over the whole bank: each catches its planted flaw."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from questions import content
from questions.bank_report import Bank, Fact, Item, Report, report
from tests.factories import record, two_keys

TODAY = date(2026, 11, 24)


def item(number: int, **changes: Any) -> Item:
    made = (two_keys if changes.pop("two", False) else record)(number, **changes)
    # Stems that share no three words in a row, so that only planted twins look alike.
    words = [f"w{number}x{n}" for n in range(12)]
    made["stem_en"] = f"{' '.join(words[:6])}. {' '.join(words[6:])}. {made['stem_en'][-60:]}"
    return Item(
        draft=content.draft(made),
        chapter="chapter-1",
        domain="1",
        objective=made["objective"],
        checked_on=[date(2026, 6, 15)],
    )


def bank(*items: Item, **changes: Any) -> Bank:
    values: dict[str, Any] = {
        "items": items,
        "facts": [Fact(f"F{n:03d}", "notes") for n in range(1, 9)],
        "chapters": ["chapter-1", "chapter-2"],
        "domains": ["1", "2"],
        "objectives": ["1.1", "2.2"],
    }
    return Bank(**(values | changes))


def reported(made: Bank) -> Report:
    return report(made, TODAY, max_age_days=365)


def rules(made: Bank, severity: str) -> set[str]:
    return {flaw.rule for flaw in reported(made).findings if flaw.severity == severity}


def test_a_volatile_fact_decides_nothing() -> None:
    facts = [Fact("F002", "notes", volatile=True)]
    assert "volatile-fact" in rules(bank(item(1), facts=facts), "error")
    assert "volatile-fact" not in rules(bank(item(1)), "error")


def test_an_opinion_decides_nothing() -> None:
    facts = [Fact("F002", "notes", testable=False)]
    assert "untestable-fact" in rules(bank(item(1), facts=facts), "error")


def test_a_superseded_fact_marks_the_questions_that_rest_on_it() -> None:
    facts = [Fact("F002", "notes", superseded=True)]
    assert "superseded-fact" in rules(bank(item(1), facts=facts), "error")


def test_content_that_changed_behind_the_guards_is_found() -> None:
    assert "fingerprint" in rules(bank(replace(item(1), fingerprint_holds=False)), "error")


def test_a_twin_is_an_error_and_a_likeness_a_warning() -> None:
    one = item(1)
    twin = replace(one, draft=replace(one.draft, code="twin"))
    alike = replace(one.draft, code="alike", stem=dict(one.draft.stem))
    alike.stem["en"] = alike.stem["en"].replace("w1x3", "other").replace("w1x9", "words")
    assert "near-duplicate" in rules(bank(one, twin), "error")
    assert "near-duplicate" not in rules(bank(one, item(2)), "error")
    likely = bank(one, replace(one, draft=alike))
    assert "near-duplicate" in rules(likely, "warning")
    assert "near-duplicate" not in rules(likely, "error")


def test_a_fact_without_a_question_is_listed() -> None:
    facts = [
        Fact("F002", "notes"),
        Fact("F009", "notes"),
        Fact("F010", "notes", volatile=True),
        Fact("F011", "notes", testable=False),
        Fact("X001", "exam-guide"),
    ]
    made = bank(item(1), facts=facts)
    figures = reported(made).figures
    assert figures["facts_uncovered"] == ["F009"]
    assert figures["facts_uncovered_exam_guide"] == ["X001"]
    assert (figures["facts"], figures["facts_testable"], figures["facts_covered"]) == (5, 4, 1)
    assert "uncovered-fact" in rules(made, "warning")


def test_old_references_give_one_warning() -> None:
    old = [replace(item(n), checked_on=[date(2025, 1, 1)]) for n in (1, 2)]
    stale = [flaw for flaw in reported(bank(*old)).warnings if flaw.rule == "stale-reference"]
    assert len(stale) == 1
    assert stale[0].message.startswith("2 questions")
    assert "stale-reference" not in rules(bank(item(1)), "warning")


def test_keys_in_one_place_are_a_warning() -> None:
    assert "key-position-share" in rules(bank(*(item(n) for n in range(40))), "warning")


def test_keys_that_are_often_the_longest_are_a_warning() -> None:
    items = [item(n) for n in range(40)]
    for made in items[:20]:
        made.draft.choices[0].text["en"] = "Move the files to a shared disk today."
        made.draft.choices[3].text["en"] = "Send them to a load balancer."
    assert "key-longest-share" in rules(bank(*items), "warning")


def test_the_figures_count_what_they_say() -> None:
    made = bank(item(1), item(2), item(3), item(4, two=True), questions=7)
    figures = reported(made).figures
    assert figures["questions"] == 7
    assert figures["published"] == 4
    assert figures["multiple_response_share"] == 0.25
    assert figures["languages_complete_share"] == 1.0
    assert figures["key_position_share"] == {"1": 1.0, "2": 0.0, "3": 0.0, "4": 0.0}
    assert figures["key_longest_share"] == {"en": 0.0, "ko": 0.0}
    assert figures["per_chapter"] == {"chapter-1": 4, "chapter-2": 0}
    assert figures["per_domain"] == {"1": 4, "2": 0}
    assert figures["per_objective"]["2.2"] == 1


def test_a_missing_language_lowers_the_share() -> None:
    incomplete = item(1)
    incomplete.draft.explanation["ko"] = ""
    assert reported(bank(incomplete, item(2))).figures["languages_complete_share"] == 0.5


def test_an_empty_bank_has_no_shares_and_no_crash() -> None:
    figures = reported(bank()).figures
    assert figures["published"] == 0
    assert figures["scenario_share"] is None


def test_json_has_each_finding_with_code_rule_and_message() -> None:
    facts = [Fact("F002", "notes", volatile=True)]
    found = reported(bank(item(1), facts=facts)).as_json()
    assert {"code", "rule", "message"} <= set(found["errors"][0])
