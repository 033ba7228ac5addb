"""Flaws in a draft question, per language and between the languages.

Pure: standard library only. A draft is checked as text, so the same rules serve the
admin, the import preview, ``check_bank`` and the authors' own files.

The rules follow the field's item-writing guidelines (Haladyna, Downing & Rodriguez 2002;
NBME item-writing guide): one idea, parallel choices, no cue in length, grammar or absolute
words, no negative stems, no "all of the above".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "ko"]
Severity = Literal["error", "warning"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")


@dataclass(frozen=True, slots=True)
class DraftChoice:
    """One choice as text: ``text`` and ``rationale`` by language."""

    text: Mapping[Language, str]
    rationale: Mapping[Language, str]
    is_key: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """One question as text, before or after it is stored."""

    code: str
    stem: Mapping[Language, str]
    choices: Sequence[DraftChoice]
    explanation: Mapping[Language, str]
    deciding_phrase: Mapping[Language, str] = field(default_factory=dict)
    objective: str = ""
    deciding_facts: Sequence[str] = ()
    references: Sequence[str] = ()

    @property
    def keys(self) -> list[DraftChoice]:
        return [choice for choice in self.choices if choice.is_key]

    @property
    def distractors(self) -> list[DraftChoice]:
        return [choice for choice in self.choices if not choice.is_key]

    @property
    def is_multiple_response(self) -> bool:
        return len(self.keys) > 1


@dataclass(frozen=True, slots=True)
class Flaw:
    """One broken rule of one question. ``field`` names the form field it belongs to."""

    code: str
    rule: str
    message: str
    severity: Severity = "error"
    field: str = ""


@dataclass(frozen=True, slots=True)
class ItemStandard:
    """How many choices and keys the exam's items have (bank.md, item standard 3)."""

    single_choices: tuple[int, ...] = (4,)
    multiple_choices: tuple[int, ...] = (5, 6)
    multiple_keys: tuple[int, ...] = (2, 3)


Rule = Callable[[Draft], Iterator[Flaw]]

ABSOLUTE_WORDS: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"\b(always|never|only|every|all|must|none|completely|guarantees?)\b", re.I),
    "ko": re.compile(r"항상|절대|오직|모든|반드시|전혀|완벽"),
}
QUALIFIERS: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"[,;()]|\b(and|with|while|using|so that|which|when|if|unless)\b", re.I),
    "ko": re.compile(r"[,;()]|하고|하며|하면서|및|사용하여|경우|때"),
}
LUMPED_CHOICE = re.compile(
    r"\b(all|none|any) of the (above|below|choices|options)\b|\bboth [A-F] and [A-F]\b"
    r"|위의? ?(항목)? ?모두|모두 (정답|해당)|해당 (사항|없음)|정답 없음",
    re.I,
)
POINTER = re.compile(
    r"\b(option|choice|answer) [A-F1-6]\b|\bthe (first|last) (option|choice)\b"
    r"|[A-F]번|(첫|두|세|네) ?번째 (선지|보기)|위의? (선지|보기)",
    re.I,
)
EMPHASISED_NOT: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"\b(NOT|EXCEPT|CANNOT)\b"),
    "ko": re.compile(r"\*\*[^*]*(않|아닌|없|못)[^*]*\*\*"),
}
NEGATIVE_QUESTION: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(which|what)\b[^.?]*\b(is|are|does|do|would|should|can)(n't| not)\b[^.?]*\?"
        r"|\bexcept\b[^.?]*\?",
        re.I,
    ),
    "ko": re.compile(
        r"(옳지|맞지|적절하지|올바르지|해당하지) 않은|아닌 (것|설명|항목|서비스)|틀린 것"
    ),
}
NUMBER_WORDS = dict(
    zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True)
) | {"twelve": 12, "once": 1, "twice": 2, "single": 1, "first": 1, "second": 2, "third": 3}
MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november"
        " december".split(),
        1,
    )
}
KOREAN_NUMBERS = {
    "하나": 1, "한": 1, "첫": 1, "단일": 1, "둘": 2, "두": 2, "양": 2, "셋": 3, "세": 3, "넷": 4,
    "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "열두": 12,
}  # fmt: skip
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+./-]*[A-Za-z0-9+]|[A-Z]")
ACRONYM = re.compile(r"\b(?:[A-Z]{2,}[0-9]*|[A-Z]+[0-9]+)s?\b")
# Abbreviations that good Korean writes in Korean.
TRANSLATED_ACRONYMS = frozenset("AZ AZS ID IDS OS IT US UTC NOT EXCEPT CANNOT TWO THREE".split())
WORD: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"[a-z0-9][a-z0-9'-]+", re.I),
    "ko": re.compile(r"[가-힣A-Za-z0-9-]{2,}"),
}
STOPWORDS = frozenset(
    "the and for with that from this which what should company solution meet requirements use"
    " using into each are can will has have its their them data amazon aws when where".split()
)
SENTENCE_END = re.compile(r"[.?!](?=\s|$|\*)")


def words(text: str, language: Language) -> set[str]:
    """Content words, lower case. Korean words keep their particles (a stem is a prefix)."""
    found = {word.lower() for word in WORD[language].findall(text)}
    return found - STOPWORDS


def sentences(text: str) -> int:
    """How many sentences the text has, counted by their end marks."""
    return max(1, len(SENTENCE_END.findall(text.strip())))


def is_scenario(draft: Draft) -> bool:
    """True for a situation of two sentences or more plus the question, decided by a phrase.

    The deciding phrase has to stand verbatim in the stem of both languages.
    """
    return all(
        sentences(draft.stem[language]) >= 3
        and bool(phrase := draft.deciding_phrase.get(language, "").strip())
        and phrase in draft.stem[language]
        for language in LANGUAGES
    )


def flaws(draft: Draft, standard: ItemStandard | None = None) -> list[Flaw]:
    """Every flaw of one draft, errors first."""
    found = list(structure(draft, standard or ItemStandard()))
    for rule in RULES:
        found.extend(rule(draft))
    return sorted(found, key=lambda flaw: flaw.severity)


def structure(draft: Draft, standard: ItemStandard) -> Iterator[Flaw]:
    """Counts of choices and keys against the exam's standard."""
    choices, keys = len(draft.choices), len(draft.keys)
    if keys == 0:
        yield Flaw(draft.code, "structure", "No choice is marked as key.", field="choices")
    elif keys == 1 and choices not in standard.single_choices:
        message = f"A single-answer item has {standard.single_choices} choices, not {choices}."
        yield Flaw(draft.code, "structure", message, field="choices")
    elif keys > 1 and (
        choices not in standard.multiple_choices or keys not in standard.multiple_keys
    ):
        message = (
            f"A multiple-response item has {standard.multiple_keys} keys of"
            f" {standard.multiple_choices} choices, not {keys} of {choices}."
        )
        yield Flaw(draft.code, "structure", message, field="choices")


def missing_text(draft: Draft) -> Iterator[Flaw]:
    for language in LANGUAGES:
        for name in ("stem", "explanation"):
            if not getattr(draft, name).get(language, "").strip():
                label = f"{name}_{language}"
                yield Flaw(draft.code, "missing-language", f"{label} is empty.", field=label)
        for position, choice in enumerate(draft.choices, 1):
            if not choice.text.get(language, "").strip():
                message = f"Choice {position} has no {language} text."
                yield Flaw(draft.code, "missing-language", message, field="choices")
            if not choice.rationale.get(language, "").strip():
                message = f"Choice {position} has no {language} rationale."
                yield Flaw(draft.code, "missing-rationale", message, field="choices")


def missing_trace(draft: Draft) -> Iterator[Flaw]:
    for rule, value, name in (
        ("missing-reference", draft.references, "references"),
        ("missing-fact", draft.deciding_facts, "facts"),
        ("missing-objective", draft.objective, "objective"),
    ):
        if not value:
            yield Flaw(draft.code, rule, f"The question has no {name}.", field=name)


def duplicate_choices(draft: Draft) -> Iterator[Flaw]:
    for language in LANGUAGES:
        texts = Counter(_squeeze(choice.text.get(language, "")) for choice in draft.choices)
        for text, count in texts.items():
            if text and count > 1:
                message = f"{count} choices read the same in {language}: {text[:60]}"
                yield Flaw(draft.code, "duplicate-choice", message, field="choices")


def key_length(draft: Draft) -> Iterator[Flaw]:
    """The key must not stand out by length: 1.35 times the longest distractor is an error."""
    if draft.is_multiple_response or not draft.keys or not draft.distractors:
        return
    for language in LANGUAGES:
        key = len(draft.keys[0].text.get(language, ""))
        longest = max(len(choice.text.get(language, "")) for choice in draft.distractors)
        if key > longest:
            stands_out = key > 1.35 * longest and key - longest > 8
            severity: Severity = "error" if stands_out else "warning"
            message = f"The key is the longest choice in {language} ({key} against {longest})."
            yield Flaw(draft.code, "key-length", message, severity, "choices")


def stem_key_overlap(draft: Draft) -> Iterator[Flaw]:
    """Two or more rare stem words that only the key repeats give it away."""
    if draft.is_multiple_response or not draft.keys:
        return
    for language in LANGUAGES:
        stem = words(draft.stem.get(language, ""), language)
        key = words(draft.keys[0].text.get(language, ""), language)
        others = [words(choice.text.get(language, ""), language) for choice in draft.distractors]
        clang = {word for word in stem & key if len(word) > 4 - 2 * (language == "ko")}
        clang -= set().union(*others)
        if len(clang) >= 2 and all(len(stem & other) < len(stem & key) for other in others):
            message = f"Only the key repeats these words of the {language} stem: {sorted(clang)}"
            yield Flaw(draft.code, "stem-key-overlap", message, "warning", "choices")


def absolute_words(draft: Draft) -> Iterator[Flaw]:
    """Absolute words in distractors alone are a give-away."""
    for language in LANGUAGES:
        pattern = ABSOLUTE_WORDS[language]
        in_keys = any(pattern.search(choice.text.get(language, "")) for choice in draft.keys)
        hits = [
            match.group()
            for choice in draft.distractors
            if (match := pattern.search(choice.text.get(language, "")))
        ]
        if hits and not in_keys:
            message = f"Absolute words mark distractors in {language}: {sorted(set(hits))}"
            yield Flaw(draft.code, "absolute-word", message, "warning", "choices")


def negative_stem(draft: Draft) -> Iterator[Flaw]:
    for language in LANGUAGES:
        stem = draft.stem.get(language, "")
        if EMPHASISED_NOT[language].search(stem):
            yield Flaw(
                draft.code, "negative-stem", f"Negative stem ({language}).", "warning", "stem"
            )
        elif NEGATIVE_QUESTION[language].search(stem):
            message = f"The negation of the {language} stem is not emphasised."
            yield Flaw(draft.code, "negative-stem", message, field=f"stem_{language}")


def lumped_choices(draft: Draft) -> Iterator[Flaw]:
    for choice in draft.choices:
        for language in LANGUAGES:
            if match := LUMPED_CHOICE.search(choice.text.get(language, "")):
                message = f"A choice lumps others together: “{match.group()}”."
                yield Flaw(draft.code, "lumped-choice", message, field="choices")


def position_pointers(draft: Draft) -> Iterator[Flaw]:
    """Choices are shuffled, so no text may point at one by its letter or place."""
    texts = [draft.explanation, *(choice.rationale for choice in draft.choices)]
    for text in texts:
        for language in LANGUAGES:
            if match := POINTER.search(text.get(language, "")):
                message = f"Points at a choice by its place: “{match.group()}”."
                yield Flaw(draft.code, "position-pointer", message, field="choices")


def deciding_phrase(draft: Draft) -> Iterator[Flaw]:
    filled = [language for language in LANGUAGES if draft.deciding_phrase.get(language, "").strip()]
    if len(filled) == 1:
        message = f"The deciding phrase stands in {filled[0]} only."
        yield Flaw(draft.code, "deciding-phrase", message, field="deciding_phrase")
    for language in filled:
        if draft.deciding_phrase[language].strip() not in draft.stem.get(language, ""):
            message = f"The deciding phrase does not stand verbatim in the {language} stem."
            name = f"deciding_phrase_{language}"
            yield Flaw(draft.code, "deciding-phrase", message, field=name)


def parity(draft: Draft) -> Iterator[Flaw]:
    """Both languages have to say the same: numbers, emphasised negations, names."""
    pairs = [("stem", draft.stem), ("explanation", draft.explanation)]
    for position, choice in enumerate(draft.choices, 1):
        pairs.append((f"choice {position}", choice.text))
        pairs.append((f"rationale {position}", choice.rationale))
    for name, text in pairs:
        english, korean = text.get("en", ""), text.get("ko", "")
        if english and korean:
            yield from _number_parity(draft.code, name, english, korean)
            yield from _name_parity(draft.code, name, english, korean)
    emphasised = {
        language: bool(EMPHASISED_NOT[language].search(draft.stem.get(language, "")))
        for language in LANGUAGES
    }
    if emphasised["en"] != emphasised["ko"]:
        yield Flaw(
            draft.code, "parity-negation", "One stem is negative, the other is not.", field="stem"
        )


def _number_parity(code: str, name: str, english: str, korean: str) -> Iterator[Flaw]:
    in_english, in_korean = _numbers(english), _numbers(korean)
    spelt = NUMBER_WORDS | MONTHS if "월" in korean else NUMBER_WORDS
    worded = {str(spelt[w]) for w in re.findall(r"[a-z]+", english.lower()) if w in spelt}
    korean_worded = {str(value) for word, value in KOREAN_NUMBERS.items() if word in korean}
    missing = (in_english - in_korean - korean_worded) | (in_korean - in_english - worded)
    if missing:
        message = f"Numbers differ between the languages in {name}: {sorted(missing)}"
        yield Flaw(code, "parity-number", message, field=name.split()[0])


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "").rstrip(".") for number in DIGITS.findall(text)}


def _name_parity(code: str, name: str, english: str, korean: str) -> Iterator[Flaw]:
    lowered = english.lower()
    strangers = {
        token
        for token in LATIN_NAME.findall(korean)
        if token.lower() not in lowered and token.lower().rstrip("s") not in lowered
    }
    if strangers:
        message = f"Names in the Korean {name} that the English lacks: {sorted(strangers)}"
        yield Flaw(code, "parity-name", message, field=name.split()[0])
    upper = korean.upper()
    lost = {
        token
        for token in ACRONYM.findall(english)
        if token.upper() not in TRANSLATED_ACRONYMS and token.rstrip("s").upper() not in upper
    }
    if lost:
        message = f"Names in the English {name} that the Korean lacks: {sorted(lost)}"
        yield Flaw(code, "parity-name", message, "warning", name.split()[0])


def _squeeze(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


RULES: tuple[Rule, ...] = (
    missing_text,
    missing_trace,
    duplicate_choices,
    key_length,
    stem_key_overlap,
    absolute_words,
    negative_stem,
    lumped_choices,
    position_pointers,
    deciding_phrase,
    parity,
)
