"""One sitting and everything that is kept of it.

Answers are an append-only log and the truth; results are derived and can be derived again.
Only ``exams.attempts`` writes these tables.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.models.blueprint import Accommodation, ExamBlueprint
from questions.models import Question, QuestionRevision


@dataclass(frozen=True, slots=True)
class Owner:
    """Who sits an attempt: a learner, or a visitor known by the key in a signed cookie."""

    user: Any = None
    guest_key: str = ""

    def __post_init__(self) -> None:
        if (self.user is None) == (self.guest_key == ""):
            raise ValueError("An owner is either a user or a guest.")

    @property
    def lookup(self) -> dict[str, object]:
        if self.user is not None:
            return {"user_id": self.user.pk}
        return {"guest_key": self.guest_key}


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def owned_by(self, owner: Owner) -> Self:
        return self.filter(**owner.lookup)

    def in_progress(self) -> Self:
        return self.filter(state=Attempt.State.IN_PROGRESS)

    def scored(self) -> Self:
        return self.filter(state=Attempt.State.SCORED)

    def overdue(self, now: datetime) -> Self:
        """Open attempts whose grace has ended so long ago that no save can be waiting."""
        return self.in_progress().filter(grace_until__lt=now - settings.LOCK_TIMEOUT)


class Attempt(models.Model):
    """One sitting of a blueprint. "Expired" is derived from ``grace_until``, never stored."""

    class State(models.TextChoices):
        IN_PROGRESS = "in_progress", _("in progress")
        SCORED = "scored", _("scored")
        VOID = "void", _("void")

    class Mode(models.TextChoices):
        EXAM = "exam", _("exam")
        TUTOR = "tutor", _("tutor")

    class ClosedBy(models.TextChoices):
        OWNER = "owner", _("submitted")
        TIMEOUT = "timeout", _("time over")
        STAFF = "staff", _("staff")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="attempts"
    )
    guest_key = models.CharField(max_length=40, blank=True)
    blueprint = models.ForeignKey(ExamBlueprint, models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField(_("number"))
    mode = models.CharField(_("mode"), max_length=5, choices=Mode, default=Mode.EXAM)
    accommodation = models.CharField(
        _("time"), max_length=4, choices=Accommodation, default=Accommodation.STANDARD
    )
    seed = models.BigIntegerField()
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.IN_PROGRESS)
    reused_count = models.PositiveSmallIntegerField(
        default=0, help_text=_("Items the learner had met before this attempt.")
    )
    is_simulated = models.BooleanField(default=False)
    started_at = models.DateTimeField(_("started at"))
    deadline = models.DateTimeField(_("deadline"), null=True, blank=True)
    grace_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(max_length=7, choices=ClosedBy, blank=True)
    rev = models.PositiveIntegerField(default=0)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["-started_at"]
        permissions = [
            ("move_deadline", "Can give an attempt more time"),
            ("void_attempt", "Can void an attempt"),
            ("rescore_attempt", "Can rescore attempts"),
        ]
        indexes = [
            # Home, history and topics list a learner's attempts, newest first.
            models.Index(fields=["user", "-started_at"], name="attempts_of_learner"),
            models.Index(
                fields=["guest_key", "-started_at"],
                name="attempts_of_guest",
                condition=~Q(guest_key=""),
            ),
            # The sweeper asks for overdue attempts, oldest first.
            models.Index(
                fields=["grace_until"], name="attempts_to_close", condition=Q(state="in_progress")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, guest_key="")
                | (Q(user__isnull=True) & ~Q(guest_key="")),
                name="attempt_has_exactly_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(deadline__isnull=True, grace_until__isnull=True)
                # A comparison with NULL is no refusal: that neither is, is said.
                | Q(
                    deadline__isnull=False,
                    grace_until__isnull=False,
                    deadline__gt=F("started_at"),
                    grace_until__gte=F("deadline"),
                ),
                name="attempt_deadline_after_start",
            ),
            models.CheckConstraint(
                condition=Q(state="in_progress", closed_at__isnull=True, closed_by="")
                | (~Q(state="in_progress") & Q(closed_at__isnull=False) & ~Q(closed_by="")),
                name="attempt_closed_exactly_when_not_in_progress",
            ),
            models.CheckConstraint(
                condition=Q(mode="tutor") | Q(deadline__isnull=False),
                name="attempt_without_limit_is_tutor",
            ),
            models.UniqueConstraint(
                fields=["user", "blueprint"],
                condition=Q(state="in_progress"),
                name="one_open_attempt_per_learner_and_blueprint",
            ),
            models.UniqueConstraint(
                fields=["guest_key", "blueprint"],
                condition=Q(state="in_progress") & ~Q(guest_key=""),
                name="one_open_attempt_per_guest_and_blueprint",
            ),
            models.UniqueConstraint(
                fields=["user", "blueprint", "number"],
                condition=Q(user__isnull=False),
                name="attempt_number_once_per_learner_and_blueprint",
            ),
            models.UniqueConstraint(
                fields=["guest_key", "blueprint", "number"],
                condition=~Q(guest_key=""),
                name="attempt_number_once_per_guest_and_blueprint",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.blueprint} #{self.number}"

    @property
    def owner(self) -> Owner:
        return Owner(user=self.user, guest_key=self.guest_key)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.IN_PROGRESS

    @property
    def is_tutor(self) -> bool:
        return self.mode == self.Mode.TUTOR

    def remaining(self, now: datetime) -> timedelta | None:
        """Time left to the deadline, never negative nor more than the whole; ``None``: no limit."""
        if self.deadline is None:
            return None
        whole = self.deadline - self.started_at
        return max(timedelta(), min(self.deadline - now, whole))

    def accepts(self, arrival: datetime) -> bool:
        """True when what arrived then is in time: up to the end of the grace, inclusive."""
        return self.grace_until is None or arrival <= self.grace_until

    def is_overdue(self, now: datetime) -> bool:
        return (
            self.is_open
            and self.grace_until is not None
            and now > self.grace_until + settings.LOCK_TIMEOUT
        )


class AttemptItem(models.Model):
    """A question as administered. It points at frozen content and adds only what is new."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    revision = models.ForeignKey(QuestionRevision, models.PROTECT, related_name="administered")
    choice_order = models.JSONField()  # ids of the revision's choices, as shown
    unscored = models.BooleanField(default=False)
    first_look = models.BooleanField(default=True)  # the learner had not met the question before
    revealed_at = models.DateTimeField(null=True, blank=True)
    final_response = models.ForeignKey(
        "exams.Response", models.CASCADE, null=True, blank=True, related_name="+"
    )
    awarded = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["attempt", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "position"], name="item_position_once_per_attempt"
            ),
            models.UniqueConstraint(
                fields=["attempt", "revision"], name="revision_once_per_attempt"
            ),
            models.CheckConstraint(
                condition=Q(awarded__isnull=True) | Q(awarded__gte=0, awarded__lte=1),
                name="awarded_between_0_and_1",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.position}"


class Response(models.Model):
    """The whole state of one item as a browser had it. Append-only; the newest ``rev`` counts."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="responses")
    item = models.ForeignKey(AttemptItem, models.CASCADE, related_name="responses")
    client_id = models.CharField(max_length=40)
    seq = models.PositiveIntegerField()
    rev = models.PositiveIntegerField()
    selected = models.JSONField(default=list)  # ids of the chosen choices, ascending
    flagged = models.BooleanField(default=False)
    struck = models.JSONField(default=list)  # ids of the struck choices, ascending
    sure = models.BooleanField(null=True)
    language = models.CharField(max_length=2, blank=True)
    shown_ms = models.PositiveIntegerField(default=0)  # time on screen so far
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering = ["attempt", "rev"]
        constraints = [
            # A replayed request is harmless: the same entry cannot be written twice.
            models.UniqueConstraint(
                fields=["attempt", "client_id", "seq"], name="response_once_per_client_and_seq"
            ),
            models.UniqueConstraint(fields=["attempt", "rev"], name="response_rev_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item} r{self.rev}"


class AttemptEvent(models.Model):
    """What happened to an attempt besides answers. Append-only."""

    class Kind(models.TextChoices):
        STARTED = "started", _("started")
        REVEALED = "revealed", _("answer revealed")
        LATE = "late", _("arrived too late, not counted")
        DEADLINE_MOVED = "deadline-moved", _("deadline moved")
        CLOSED = "closed", _("closed")
        RESCORED = "rescored", _("rescored")
        VOIDED = "voided", _("voided")
        ADOPTED = "adopted", _("kept by a new account")
        # What a browser reports of itself.
        RESUMED = "resumed", _("page opened")
        FOCUS_LOST = "focus-lost", _("page left")
        FOCUS_BACK = "focus-back", _("page looked at again")
        OFFLINE = "offline", _("connection lost")
        ONLINE = "online", _("connection back")

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["attempt", "at", "id"]

    def __str__(self) -> str:
        return self.get_kind_display()


class Result(models.Model):
    """What an attempt was worth. Append-only: a rescore adds the next version."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="results")
    version = models.PositiveSmallIntegerField(default=1)
    raw = models.DecimalField(max_digits=7, decimal_places=2)
    maximum = models.DecimalField(max_digits=7, decimal_places=2)
    scaled = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["attempt", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "version"], name="result_version_once_per_attempt"
            ),
            models.CheckConstraint(
                condition=Q(raw__gte=0, raw__lte=F("maximum")), name="raw_between_0_and_maximum"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.raw}/{self.maximum}"


class Erasure(models.Model):
    """The one pass through the append-only guards: this attempt may be deleted whole.

    Written by the code that erases an account or an unclaimed visitor's attempt, and kept as
    the record of it. The triggers look here.
    """

    attempt_id = models.UUIDField(unique=True)
    reason = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self) -> str:
        return str(self.attempt_id)


class ReviewCard(models.Model):
    """When a learner should meet a question again: a cache of FSRS state over responses."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="review_cards")
    question = models.ForeignKey(Question, models.CASCADE, related_name="review_cards")
    due_at = models.DateTimeField()
    fsrs = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("review card")
        verbose_name_plural = _("review cards")
        indexes = [models.Index(fields=["user", "due_at"], name="cards_due")]
        constraints = [
            models.UniqueConstraint(fields=["user", "question"], name="card_once_per_learner"),
        ]

    def __str__(self) -> str:
        return f"{self.question} @ {self.due_at:%F}"
