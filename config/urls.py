"""Routes. Each app owns its own; this file only mounts them."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from config import views

urlpatterns = [
    path("", include("exams.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("settings/", views.settings_page, name="settings"),
    path("help/", views.help_page, name="help"),
    path("csrf/", views.csrf, name="csrf"),
    path("healthz", views.healthz, name="healthz"),
]

handler400 = "config.views.bad_request"
handler500 = "config.views.server_error"
