"""Questions (identity) and their revisions (content, frozen once published)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from questions import markup
from questions.localised import localised
from questions.models.subject import Chapter, Domain, Objective, SourceFact, Tag

if TYPE_CHECKING:
    from collections.abc import Iterable

DRAW_KEYS = 2**31


def draw_key(code: str) -> int:
    """A question's fixed place in the draw order, 0 <= key < 2**31, spread evenly by hashing."""
    return int.from_bytes(hashlib.sha256(code.encode()).digest()[:8]) % DRAW_KEYS


class FrozenError(Exception):
    """Somebody tried to change or delete a published revision or a part of one."""


class QuestionQuerySet(models.QuerySet["Question"]):
    def published(self) -> Self:
        return self.filter(current_revision__isnull=False)

    def askable(self) -> Self:
        """Published and not retired: what a new form may draw from."""
        return self.published().filter(retired_at__isnull=True)


ASKABLE = Q(current_revision__isnull=False, retired_at__isnull=True)


class Question(models.Model):
    """A question's identity: it keeps its code, its place and its history of revisions."""

    class Difficulty(models.TextChoices):
        EASY = "easy", _("easy")
        MEDIUM = "medium", _("medium")
        HARD = "hard", _("hard")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    chapter = models.ForeignKey(
        Chapter, models.PROTECT, related_name="questions", verbose_name=_("chapter")
    )
    objective = models.ForeignKey(
        Objective, models.PROTECT, related_name="questions", verbose_name=_("objective")
    )
    # Follows from the objective; a column of its own so that a draw by domain is one index range.
    domain = models.ForeignKey(
        Domain, models.PROTECT, related_name="questions", editable=False, verbose_name=_("domain")
    )
    further_objectives = models.ManyToManyField(
        Objective, related_name="further_questions", blank=True
    )
    tags = models.ManyToManyField(Tag, related_name="questions", blank=True)
    difficulty = models.CharField(
        _("difficulty (author's estimate)"),
        max_length=6,
        choices=Difficulty,
        default=Difficulty.MEDIUM,
    )
    exclusion_group = models.SlugField(
        _("exclusion group"),
        max_length=80,
        blank=True,
        help_text=_("At most one question of a group stands in a form."),
    )
    is_sample = models.BooleanField(
        _("sample"),
        default=False,
        help_text=_("Open to visitors in the mini mock; stands in no scored form."),
    )
    draw_key = models.PositiveIntegerField(editable=False)
    current_revision = models.ForeignKey(
        "questions.QuestionRevision",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["code"]
        permissions = [
            ("publish_question", "Can publish and retire questions"),
            ("correct_key", "Can correct a published key"),
        ]
        indexes = [
            # Assembly: a section draws a run of candidates in draw order.
            models.Index(
                fields=["is_sample", "domain", "draw_key"], name="draw_by_domain", condition=ASKABLE
            ),
            models.Index(
                fields=["is_sample", "chapter", "draw_key"],
                name="draw_by_chapter",
                condition=ASKABLE,
            ),
            models.Index(
                fields=["is_sample", "objective", "draw_key"],
                name="draw_by_objective",
                condition=ASKABLE,
            ),
            models.Index(fields=["is_sample", "draw_key"], name="draw_any", condition=ASKABLE),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(draw_key__gte=0, draw_key__lt=DRAW_KEYS), name="draw_key_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """Set the columns that follow from others (bulk writers call it themselves)."""
        self.domain_id = self.objective.domain_id
        self.draw_key = draw_key(self.code)

    @property
    def draft(self) -> QuestionRevision | None:
        """The revision being written, if there is one; a question has one at most."""
        return self.revisions.filter(published_at__isnull=True).first()


class FreezableQuerySet(models.QuerySet[Any]):
    """Refuses to change or delete rows that belong to a published revision.

    The database's triggers refuse the same to raw SQL (migration ``0002``).
    """

    published_lookup = "published_at__isnull"

    def _refuse_frozen(self) -> None:
        if self.filter(**{self.published_lookup: False}).exists():
            raise FrozenError("A published revision is frozen: open the next revision instead.")

    def update(self, **kwargs: Any) -> int:
        self._refuse_frozen()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_frozen()
        return super().delete()


class RevisionPartQuerySet(FreezableQuerySet):
    published_lookup = "revision__published_at__isnull"


class QuestionRevision(models.Model):
    """The content of a question. Editable as a draft, frozen once published."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("revision"))
    stem_en = models.TextField(_("stem (English)"), blank=True)
    stem_ko = models.TextField(_("stem (Korean)"), blank=True)
    deciding_phrase_en = models.CharField(
        _("deciding phrase (English)"), max_length=300, blank=True
    )
    deciding_phrase_ko = models.CharField(_("deciding phrase (Korean)"), max_length=300, blank=True)
    explanation_en = models.TextField(_("explanation (English)"), blank=True)
    explanation_ko = models.TextField(_("explanation (Korean)"), blank=True)
    stem_html_en = models.TextField(editable=False, blank=True)
    stem_html_ko = models.TextField(editable=False, blank=True)
    explanation_html_en = models.TextField(editable=False, blank=True)
    explanation_html_ko = models.TextField(editable=False, blank=True)
    # How many choices to pick: told to the learner, and known without loading a key.
    pick_count = models.PositiveSmallIntegerField(_("keys"), default=0, editable=False)
    facts = models.ManyToManyField(SourceFact, through="RevisionFact", related_name="revisions")
    fingerprint = models.CharField(max_length=64, editable=False, blank=True)
    change_note = models.CharField(_("change note"), max_length=300, blank=True)
    review_requested_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FreezableQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"], name="revision_number_once_per_question"
            ),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(published_at__isnull=True),
                name="one_draft_per_question",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | (Q(pick_count__gte=1) & ~Q(fingerprint="")),
                name="published_revision_has_key_and_fingerprint",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question.code} r{self.number}"

    @property
    def is_frozen(self) -> bool:
        return self.published_at is not None

    @property
    def is_multiple_response(self) -> bool:
        return self.pick_count > 1

    @property
    def stem(self) -> str:
        return localised(self, "stem")

    def render(self) -> None:
        """Fill the stored HTML from the sources."""
        for name in ("stem", "explanation"):
            for language in ("en", "ko"):
                source = getattr(self, f"{name}_{language}")
                setattr(self, f"{name}_html_{language}", markup.block(source))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and type(self).objects.filter(pk=self.pk, published_at__isnull=False).exists():
            raise FrozenError(f"{self} is published: open the next revision instead.")
        self.render()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.is_frozen:
            raise FrozenError(f"{self} is published and stays.")
        return super().delete(*args, **kwargs)


class RevisionPart(models.Model):
    """A row that is frozen together with the revision it belongs to."""

    revision: models.ForeignKey[QuestionRevision]

    objects = RevisionPartQuerySet.as_manager()

    class Meta:
        abstract = True

    def _refuse_frozen(self) -> None:
        if self.revision.is_frozen:
            raise FrozenError(f"{self.revision} is published: open the next revision instead.")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_frozen()
        return super().delete(*args, **kwargs)


class Choice(RevisionPart):
    """One choice of a revision; ``is_key`` is the only place where the key is stored."""

    revision = models.ForeignKey(QuestionRevision, models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField(_("position"))
    text_en = models.TextField(_("text (English)"), blank=True)
    text_ko = models.TextField(_("text (Korean)"), blank=True)
    rationale_en = models.TextField(_("rationale (English)"), blank=True)
    rationale_ko = models.TextField(_("rationale (Korean)"), blank=True)
    text_html_en = models.TextField(editable=False, blank=True)
    text_html_ko = models.TextField(editable=False, blank=True)
    rationale_html_en = models.TextField(editable=False, blank=True)
    rationale_html_ko = models.TextField(editable=False, blank=True)
    is_key = models.BooleanField(_("key"), default=False)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["revision", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "position"], name="choice_position_once_per_revision"
            ),
        ]

    def __str__(self) -> str:
        return markup.plain(localised(self, "text"))[:80]

    def render(self) -> None:
        for name in ("text", "rationale"):
            for language in ("en", "ko"):
                source = getattr(self, f"{name}_{language}")
                setattr(self, f"{name}_html_{language}", markup.inline(source))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.render()
        super().save(*args, **kwargs)


class RevisionFact(RevisionPart):
    """A fact a revision rests on; a deciding one makes the key right and no distractor."""

    revision = models.ForeignKey(QuestionRevision, models.CASCADE, related_name="fact_links")
    fact = models.ForeignKey(SourceFact, models.PROTECT, related_name="revision_links")
    deciding = models.BooleanField(_("deciding"), default=True)

    class Meta:
        verbose_name = _("fact of the revision")
        verbose_name_plural = _("facts of the revision")
        ordering = ["revision", "-deciding", "id"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "fact"], name="fact_once_per_revision"),
        ]

    def __str__(self) -> str:
        return self.fact.code


class Reference(RevisionPart):
    """A page of official documentation and the date it was checked."""

    revision = models.ForeignKey(QuestionRevision, models.CASCADE, related_name="references")
    url = models.URLField(_("address"), max_length=500)
    checked_on = models.DateField(_("checked on"))

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["revision", "id"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "url"], name="reference_once_per_revision"),
        ]

    def __str__(self) -> str:
        return self.url


class KeyCorrection(models.Model):
    """A ruling on a published key; the newest of a revision holds. Scores follow by rescoring."""

    class Ruling(models.TextChoices):
        REKEY = "rekey", _("another key")
        CREDIT_ALL = "credit-all", _("credit to everybody")
        EXCLUDE = "exclude", _("left out of the score")

    revision = models.ForeignKey(QuestionRevision, models.PROTECT, related_name="key_corrections")
    ruling = models.CharField(_("ruling"), max_length=10, choices=Ruling)
    key_positions = models.JSONField(_("positions of the new keys"), default=list, blank=True)
    reason = models.TextField(_("reason"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("key correction")
        verbose_name_plural = _("key corrections")
        ordering = ["revision", "made_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="key_correction_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.revision}: {self.get_ruling_display()}"


def render_all(parts: Iterable[QuestionRevision | Choice]) -> None:
    """Fill stored HTML before a bulk insert, which calls no ``save()``."""
    for part in parts:
        part.render()
