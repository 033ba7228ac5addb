"""The site's routes plus a floor to measure saves against."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from config.urls import urlpatterns as site
from exams.models import ReviewCard


@require_POST
def floor(request: HttpRequest, question: int) -> JsonResponse:
    """The least a durable save can do: session, user, and one upsert in a transaction."""
    request.body  # noqa: B018 - read what was sent, as a save does
    with transaction.atomic():
        ReviewCard.objects.bulk_create(
            [ReviewCard(user_id=request.user.pk, question_id=question, due_at=request.arrival)],
            update_conflicts=True,
            unique_fields=["user", "question"],
            update_fields=["due_at"],
        )
    return JsonResponse({"status": "saved"})


urlpatterns = [path("floor/<int:question>/", floor), *site]
