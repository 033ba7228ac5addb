"""A subject: its domains and objectives (the exam guide) and its chapters and facts (the notes)."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from questions.localised import localised
from questions.notes import squeeze


class Subject(models.Model):
    """One exam to prepare for, for example SAA-C03."""

    code = models.SlugField(_("code"), unique=True)
    title_en = models.CharField(_("title (English)"), max_length=200)
    title_ko = models.CharField(_("title (Korean)"), max_length=200, blank=True)
    summary_en = models.TextField(_("summary (English)"), blank=True)
    summary_ko = models.TextField(_("summary (Korean)"), blank=True)

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return localised(self, "title")


class Domain(models.Model):
    """A content domain of the exam guide, with its weight in percent."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="domains")
    number = models.PositiveSmallIntegerField(_("number"))
    name_en = models.CharField(_("name (English)"), max_length=200)
    name_ko = models.CharField(_("name (Korean)"), max_length=200, blank=True)
    weight = models.DecimalField(
        _("weight in percent"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        ordering = ["subject", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "number"], name="domain_number_once_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=100), name="domain_weight_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    @property
    def name(self) -> str:
        return localised(self, "name")


class Objective(models.Model):
    """A task statement of the exam guide; it belongs to one domain."""

    domain = models.ForeignKey(Domain, models.CASCADE, related_name="objectives")
    code = models.CharField(_("code"), max_length=20)
    name_en = models.CharField(_("name (English)"), max_length=200)
    name_ko = models.CharField(_("name (Korean)"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["domain", "code"]
        constraints = [
            models.UniqueConstraint(fields=["domain", "code"], name="objective_once_per_domain"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        return localised(self, "name")


class Chapter(models.Model):
    """A chapter of the learner's notes."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="chapters")
    number = models.PositiveSmallIntegerField(_("number"))
    slug = models.SlugField(_("slug"))
    title_en = models.CharField(_("title (English)"), max_length=200)
    title_ko = models.CharField(_("title (Korean)"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        ordering = ["subject", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "number"], name="chapter_number_once_per_subject"
            ),
            models.UniqueConstraint(
                fields=["subject", "slug"], name="chapter_slug_once_per_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def title(self) -> str:
        return localised(self, "title")


class ChapterNotes(models.Model):
    """The learner's own notes on a chapter, line by line as they wrote them."""

    chapter = models.OneToOneField(Chapter, models.CASCADE, related_name="notes")
    first_line = models.PositiveIntegerField(
        _("first line"), help_text=_("The line of the chapter's heading in the whole file.")
    )
    markdown = models.TextField(_("Markdown"))

    class Meta:
        verbose_name = _("notes of a chapter")
        verbose_name_plural = _("notes of chapters")

    def __str__(self) -> str:
        return str(self.chapter)

    @property
    def lines(self) -> dict[int, str]:
        """The lines by their number in the whole file."""
        return dict(enumerate(self.markdown.split("\n"), self.first_line))

    def squeezed_lines(self) -> dict[int, str]:
        return {number: squeeze(line) for number, line in self.lines.items()}


class Tag(models.Model):
    """A free label of a question, used by blueprint sections and filters."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="tags")
    slug = models.SlugField(_("slug"))

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "slug"], name="tag_once_per_subject"),
        ]

    def __str__(self) -> str:
        return self.slug


class SourceFact(models.Model):
    """One testable statement of the notes, verified or corrected with a source.

    A question rests on facts: the deciding ones make its key right and no distractor.
    """

    class Verdict(models.TextChoices):
        ACCURATE = "accurate", _("accurate")
        IMPRECISE = "imprecise", _("imprecise")
        OUTDATED = "outdated", _("outdated")
        WRONG = "wrong", _("wrong")
        INCOMPLETE = "incomplete", _("incomplete")
        NOT_TESTABLE = "not-testable", _("opinion, not testable")
        CANDIDATE = "candidate", _("candidate, not verified yet")

    class Origin(models.TextChoices):
        NOTES = "notes", _("the learner's notes")
        EXAM_GUIDE = "exam-guide", _("added for the exam guide")

    chapter = models.ForeignKey(Chapter, models.PROTECT, related_name="facts")
    code = models.CharField(_("code"), max_length=20)
    origin = models.CharField(_("origin"), max_length=12, choices=Origin)
    section = models.CharField(_("section of the notes"), max_length=300, blank=True)
    quote = models.TextField(_("the notes' own words"), blank=True)
    notes_lines = models.JSONField(_("lines of the notes"), default=list, blank=True)
    statement_en = models.TextField(_("statement (English)"))
    statement_ko = models.TextField(_("statement (Korean)"), blank=True)
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict)
    correction_en = models.TextField(_("correction (English)"), blank=True)
    correction_ko = models.TextField(_("correction (Korean)"), blank=True)
    why = models.TextField(_("why it was corrected"), blank=True)
    remark = models.TextField(_("remark"), blank=True)
    volatile = models.BooleanField(
        _("volatile"),
        default=False,
        help_text=_("A number, price or availability that changes: it never decides a question."),
    )
    reference_url = models.URLField(_("reference"), max_length=500, blank=True)
    checked_on = models.DateField(
        _("checked on"), null=True, blank=True, help_text=_("The date of the page that was read.")
    )
    objectives = models.ManyToManyField(Objective, related_name="facts", blank=True)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes"
    )

    class Meta:
        verbose_name = _("source fact")
        verbose_name_plural = _("source facts")
        ordering = ["chapter", "code"]
        constraints = [
            models.UniqueConstraint(fields=["chapter", "code"], name="fact_code_once_per_chapter"),
            models.CheckConstraint(
                condition=Q(verdict__in=["accurate", "candidate"]) | ~Q(correction_en=""),
                name="fact_that_is_not_accurate_is_corrected",
                violation_error_message=_("A fact that is not accurate needs its correction."),
            ),
            models.CheckConstraint(
                condition=Q(verdict="candidate")
                | (~Q(reference_url="") & Q(checked_on__isnull=False)),
                name="verified_fact_has_a_reference",
                violation_error_message=_("A verified fact needs its reference and its date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.claim[:80]}"

    @property
    def is_testable(self) -> bool:
        return self.verdict not in {self.Verdict.NOT_TESTABLE, self.Verdict.CANDIDATE}

    @property
    def contradicts_notes(self) -> bool:
        """True where the learner's notes need the correction shown beside their words."""
        return bool(self.correction_en) and self.origin == self.Origin.NOTES

    @property
    def claim(self) -> str:
        """The statement to rely on: the correction where there is one."""
        return localised(self, "correction") or localised(self, "statement")
