"""Blueprints: tables of specifications that forms are assembled from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from questions.localised import localised
from questions.models import Chapter, Domain, FrozenError, Objective, Subject, Tag


class Accommodation(models.TextChoices):
    """How much time an attempt gets; practice clocks are never essential (WCAG 2.2.1)."""

    STANDARD = "x1", _("standard time")
    ESL = "esl", _("extra minutes for non-native speakers")
    HALF_MORE = "x1.5", _("one and a half times")
    DOUBLE = "x2", _("double time")
    NO_LIMIT = "none", _("no limit")


class BlueprintQuerySet(models.QuerySet["ExamBlueprint"]):
    def open(self) -> Self:
        return self.filter(opened_at__isnull=False, closed_at__isnull=True)


class ExamBlueprint(models.Model):
    """What a form consists of, how long it takes and what passes.

    Frozen once opened: a change is the next edition, so that old attempts keep their rules.
    """

    class Kind(models.TextChoices):
        MOCK = "mock", _("mock exam")
        MINI = "mini", _("mini mock")
        QUIZ = "quiz", _("chapter quiz")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="blueprints")
    code = models.SlugField(_("code"), max_length=80)
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind, default=Kind.MOCK)
    title_en = models.CharField(_("title (English)"), max_length=200)
    title_ko = models.CharField(_("title (Korean)"), max_length=200, blank=True)
    item_count = models.PositiveSmallIntegerField(_("items"), validators=[MinValueValidator(1)])
    unscored_count = models.PositiveSmallIntegerField(_("of them unscored"), default=0)
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    esl_minutes = models.PositiveSmallIntegerField(
        _("extra minutes for non-native speakers"), default=0
    )
    scale_min = models.PositiveSmallIntegerField(_("lowest scaled score"), default=100)
    scale_max = models.PositiveSmallIntegerField(_("highest scaled score"), default=1000)
    cut_score = models.PositiveSmallIntegerField(_("cut score"), default=720)
    cut_fraction = models.DecimalField(
        _("share right at the cut"),
        max_digits=4,
        decimal_places=3,
        default="0.720",
        help_text=_(
            "Our own estimate: the share right on our reference form that reaches the cut."
        ),
    )
    samples_only = models.BooleanField(_("sample items only"), default=False)
    open_to_guests = models.BooleanField(_("open to visitors"), default=False)
    tutor_allowed = models.BooleanField(_("tutor mode allowed"), default=True)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = BlueprintQuerySet.as_manager()

    class Meta:
        verbose_name = _("blueprint")
        verbose_name_plural = _("blueprints")
        ordering = ["subject", "position", "code", "-edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "code", "edition"], name="blueprint_edition_once"
            ),
            models.UniqueConstraint(
                fields=["subject", "code"],
                condition=Q(opened_at__isnull=False, closed_at__isnull=True),
                name="one_open_edition_per_blueprint",
            ),
            models.CheckConstraint(
                condition=Q(item_count__gte=1, minutes__gte=1), name="blueprint_has_items_and_time"
            ),
            models.CheckConstraint(
                condition=Q(unscored_count__lt=F("item_count")),
                name="blueprint_scores_something",
                violation_error_message=_("At least one item has to be scored."),
            ),
            models.CheckConstraint(
                condition=Q(scale_min__lt=F("cut_score"), cut_score__lt=F("scale_max")),
                name="cut_score_inside_scale",
            ),
            models.CheckConstraint(
                condition=Q(cut_fraction__gt=0, cut_fraction__lt=1), name="cut_fraction_inside_0_1"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return localised(self, "title")

    @property
    def scored_count(self) -> int:
        return self.item_count - self.unscored_count

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    def duration(self, accommodation: str) -> timedelta | None:
        """Time for an attempt under an accommodation; ``None`` is no limit."""
        minutes = {
            Accommodation.STANDARD: self.minutes,
            Accommodation.ESL: self.minutes + self.esl_minutes,
            Accommodation.HALF_MORE: self.minutes * 1.5,
            Accommodation.DOUBLE: self.minutes * 2,
            Accommodation.NO_LIMIT: None,
        }[Accommodation(accommodation)]
        return None if minutes is None else timedelta(minutes=minutes)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse a change of an opened blueprint, but for closing it."""
        if self.pk and (old := type(self).objects.filter(pk=self.pk).first()) and old.opened_at:
            frozen = [f.attname for f in self._meta.concrete_fields if f.name != "closed_at"]
            if any(getattr(old, name) != self._as_stored(name) for name in frozen):
                raise FrozenError(f"{self.code} is open: make the next edition instead.")
        super().save(*args, **kwargs)

    def _as_stored(self, name: str) -> Any:
        field: models.Field[Any, Any] = self._meta.get_field(name)  # type: ignore[assignment]
        return field.to_python(getattr(self, name))


class BlueprintSection(models.Model):
    """A part of a blueprint: where its items come from and how many they are."""

    blueprint = models.ForeignKey(ExamBlueprint, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(_("position"))
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, blank=True)
    chapter = models.ForeignKey(Chapter, models.PROTECT, null=True, blank=True)
    objective = models.ForeignKey(Objective, models.PROTECT, null=True, blank=True)
    tag = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True)
    count = models.PositiveSmallIntegerField(_("items"), null=True, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["blueprint", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["blueprint", "position"], name="section_position_once_per_blueprint"
            ),
            models.CheckConstraint(
                condition=Q(count__isnull=False, weight__isnull=True)
                | Q(count__isnull=True, weight__isnull=False, weight__gt=0),
                name="section_has_count_or_weight",
                violation_error_message=_("Give either a number of items or a weight."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.position}"

    @property
    def name(self) -> str:
        parts = (self.domain, self.chapter, self.objective, self.tag)
        return " · ".join(str(part) for part in parts if part is not None)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_open()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_open()
        return super().delete(*args, **kwargs)

    def _refuse_open(self) -> None:
        if self.blueprint.opened_at is not None:
            raise FrozenError(f"{self.blueprint.code} is open: make the next edition instead.")
