"""What the form of a question gives away, and which questions look alike. Pure.

Flaws of one question are in ``item_writing``; these are measures that say something only over
many questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from questions.item_writing import ABSOLUTE_WORDS, QUALIFIERS, WORD, Draft, Language, words


def key_is_longest(draft: Draft, language: Language) -> bool:
    """True when the single key is strictly longer than every distractor, in characters."""
    key = len(draft.keys[0].text[language])
    return all(key > len(choice.text[language]) for choice in draft.distractors)


def guess_chances(draft: Draft, language: Language) -> list[float]:
    """Chance per choice that a test-wise guesser picks it, from the form of the choices alone.

    The guesser adds up standardised cues: longest, most qualified, most words shared with
    the other choices, no absolute word, opening word like the others'. Ties share the guess.
    """
    texts = [choice.text[language] for choice in draft.choices]
    bags = [words(text, language) for text in texts]
    shared = [
        sum(len(bag & other) for j, other in enumerate(bags) if j != i) / (1 + len(bag))
        for i, bag in enumerate(bags)
    ]
    opening = Counter(_opening(text, language) for text in texts)
    cues = [
        _standardised([len(text) for text in texts]),
        _standardised([len(QUALIFIERS[language].findall(text)) for text in texts]),
        _standardised(shared),
        _standardised([-len(ABSOLUTE_WORDS[language].findall(text)) for text in texts]),
        _standardised([opening[_opening(text, language)] for text in texts]),
    ]
    totals = [round(sum(values), 9) for values in zip(*cues, strict=True)]
    best = max(totals)
    winners = totals.count(best)
    return [1 / winners if total == best else 0.0 for total in totals]


def _opening(text: str, language: Language) -> str:
    """What parallel choices share: the first word's shape in English, the ending in Korean."""
    stripped = text.strip().rstrip(".")
    if language == "ko":
        return stripped[-1:]
    first = stripped.split(" ")[0].lower()
    return first if first in {"a", "an", "the"} else first[-3:]


def _standardised(values: Sequence[float]) -> list[float]:
    """z-scores within one item; all equal gives zeros."""
    mean = sum(values) / len(values)
    spread = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    return [(value - mean) / spread if spread else 0.0 for value in values]


def near_duplicates(
    drafts: Sequence[Draft], threshold: float = 0.6
) -> Iterator[tuple[Draft, Draft, float]]:
    """Pairs whose English stems and keys share most three-word runs (Jaccard index)."""
    shingles = [(draft, _shingles(draft)) for draft in drafts]
    index: dict[tuple[str, ...], list[int]] = {}
    for i, (_, runs) in enumerate(shingles):
        candidates = Counter(j for run in runs for j in index.get(run, ()))
        for j, common in candidates.items():
            union = len(runs) + len(shingles[j][1]) - common
            if union and common / union >= threshold:
                yield shingles[j][0], drafts[i], common / union
        for run in runs:
            index.setdefault(run, []).append(i)


def _shingles(draft: Draft) -> set[tuple[str, ...]]:
    text = " ".join([draft.stem["en"], *(choice.text["en"] for choice in draft.keys)])
    tokens = [token.lower() for token in WORD["en"].findall(text)]
    return {tuple(tokens[i : i + 3]) for i in range(len(tokens) - 2)}
