"""What may be asked: subjects and their facts, questions and their frozen revisions."""

from questions.models.question import (
    Choice,
    FrozenError,
    KeyCorrection,
    Question,
    QuestionRevision,
    Reference,
    RevisionFact,
)
from questions.models.subject import (
    Chapter,
    ChapterNotes,
    Domain,
    Objective,
    SourceFact,
    Subject,
    Tag,
)

__all__ = [
    "Chapter",
    "ChapterNotes",
    "Choice",
    "Domain",
    "FrozenError",
    "KeyCorrection",
    "Objective",
    "Question",
    "QuestionRevision",
    "Reference",
    "RevisionFact",
    "SourceFact",
    "Subject",
    "Tag",
]
