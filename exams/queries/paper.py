"""An attempt's paper as the learner may see it while answering: no key is ever loaded here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from exams import marking
from exams.models import Attempt, AttemptItem, Response
from questions.models import Choice

MARKERS = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True)
class PaperChoice:
    """One choice; ``number`` counts from 1 in the order shown on this paper."""

    number: int
    html_en: str
    html_ko: str
    chosen: bool = False
    struck: bool = False

    @property
    def marker(self) -> str:
        return MARKERS[self.number - 1]


@dataclass(frozen=True)
class PaperItem:
    """One item with the newest state the server has of it."""

    item: AttemptItem
    choices: list[PaperChoice]
    response: Response | None = None

    @property
    def position(self) -> int:
        return self.item.position

    @property
    def pick_count(self) -> int:
        return self.item.revision.pick_count

    @property
    def is_multiple(self) -> bool:
        return self.pick_count > 1

    @property
    def flagged(self) -> bool:
        return self.response is not None and self.response.flagged

    @property
    def sure(self) -> bool | None:
        return self.response.sure if self.response else None

    @property
    def language(self) -> str:
        return self.response.language if self.response else ""

    @property
    def shown_ms(self) -> int:
        return self.response.shown_ms if self.response else 0

    @property
    def chosen_numbers(self) -> list[int]:
        return [choice.number for choice in self.choices if choice.chosen]

    @property
    def status(self) -> str:
        """``"blank"``, ``"partial"`` (too few chosen) or ``"answered"``."""
        if not self.chosen_numbers:
            return "blank"
        return "partial" if len(self.chosen_numbers) < self.pick_count else "answered"


@dataclass
class Paper:
    attempt: Attempt
    items: list[PaperItem] = field(default_factory=list)

    @cached_property
    def blank(self) -> list[int]:
        return [item.position for item in self.items if item.status == "blank"]

    @cached_property
    def partial(self) -> list[int]:
        return [item.position for item in self.items if item.status == "partial"]

    @cached_property
    def flagged(self) -> list[int]:
        return [item.position for item in self.items if item.flagged]

    @property
    def answered_count(self) -> int:
        return len(self.items) - len(self.blank) - len(self.partial)


def paper(attempt: Attempt) -> Paper:
    """The whole paper in three statements, whatever its length."""
    items = list(
        attempt.items.select_related("revision__question__domain").only(
            "attempt_id",
            "position",
            "choice_order",
            "revealed_at",
            "revision__pick_count",
            "revision__stem_html_en",
            "revision__stem_html_ko",
            "revision__question__domain__number",
            "revision__question__domain__name_en",
            "revision__question__domain__name_ko",
        )
    )
    texts = _choice_texts(item.revision_id for item in items)
    newest = {response.item_id: response for response in marking.newest_responses(attempt)}
    return Paper(attempt, [_paper_item(item, texts, newest.get(item.pk)) for item in items])


def _choice_texts(revisions: Iterable[int]) -> Mapping[int, tuple[str, str]]:
    rows = Choice.objects.filter(revision__in=list(revisions))
    return {
        pk: (english, korean)
        for pk, english, korean in rows.values_list("pk", "text_html_en", "text_html_ko")
    }


def _paper_item(
    item: AttemptItem, texts: Mapping[int, tuple[str, str]], response: Response | None
) -> PaperItem:
    chosen = set(response.selected) if response else set()
    struck = set(response.struck) if response else set()
    choices = [
        PaperChoice(number, *texts[pk], chosen=pk in chosen, struck=pk in struck)
        for number, pk in enumerate(item.choice_order, 1)
    ]
    return PaperItem(item, choices, response)
