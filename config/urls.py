"""Routes. Each app owns its own; this file only mounts them."""

from django.contrib import admin
from django.urls import include, path

from config import views

urlpatterns = [
    path("", include("exams.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("settings/", views.settings_page, name="settings"),
    path("healthz", views.healthz, name="healthz"),
]

handler400 = "config.views.bad_request"
