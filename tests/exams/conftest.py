"""An exam of eight items on a bank of sixteen questions, and somebody who sits it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.exams.sitting import Sitting, begin


@pytest.fixture
def exam(bank: Callable[..., Any], subject: Any) -> Any:
    """Eight items, two of them unscored, 40 minutes."""
    from tests import factories

    bank(16)
    return factories.blueprint(subject, item_count=8)


@pytest.fixture
def sitting(exam: Any, learner: Any) -> Sitting:
    return begin(learner, exam)


@pytest.fixture
def tutored(exam: Any, learner: Any) -> Sitting:
    return begin(learner, exam, mode="tutor")
