"""The authoring desk's site: Django's stock admin with our name and our way in."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class AdminSite(admin.AdminSite):
    site_header = _("Cutscore · authoring desk")
    site_title = "Cutscore"
    index_title = _("Authoring desk")

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign in through the accounts' door, with its rate limits and second factor."""
        return secure_admin_login(super().login)(request, extra_context=extra_context)

    def has_permission(self, request: HttpRequest) -> bool:
        """The staff flag opens no door by itself: somebody has to have been given a permission."""
        return super().has_permission(request) and bool(request.user.get_all_permissions())
