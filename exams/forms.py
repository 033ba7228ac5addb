from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.models import Attempt, ExamBlueprint
from exams.models.blueprint import Accommodation


class StartForm(forms.Form):
    """How an attempt is sat: mode and time."""

    mode = forms.ChoiceField(label=_("Mode"), choices=Attempt.Mode, widget=forms.RadioSelect)
    accommodation = forms.ChoiceField(
        label=_("Time"), choices=Accommodation, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, blueprint: ExamBlueprint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blueprint = blueprint
        if not blueprint.tutor_allowed:
            self._offer("mode", [(Attempt.Mode.EXAM, Attempt.Mode.EXAM.label)])
            times = [c for c in Accommodation.choices if c[0] != Accommodation.NO_LIMIT]
            self._offer("accommodation", times)

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        no_limit = data.get("accommodation") == Accommodation.NO_LIMIT
        if no_limit and data.get("mode") == Attempt.Mode.EXAM:
            self.add_error("accommodation", _("No limit is possible in tutor mode."))
        return data
