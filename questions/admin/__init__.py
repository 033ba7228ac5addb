"""The authoring desk: questions and their revisions, and the outline they belong to."""

from questions.admin import outline, question, revision

__all__ = ["outline", "question", "revision"]
