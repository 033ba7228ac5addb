"""Sittings: what was asked, what was answered, what it was worth."""

from exams.models.attempt import (
    Attempt,
    AttemptEvent,
    AttemptItem,
    Erasure,
    Owner,
    Response,
    Result,
    ReviewCard,
)
from exams.models.blueprint import BlueprintSection, ExamBlueprint

__all__ = [
    "Attempt",
    "AttemptEvent",
    "AttemptItem",
    "BlueprintSection",
    "Erasure",
    "ExamBlueprint",
    "Owner",
    "Response",
    "Result",
    "ReviewCard",
]
