from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """The stock admin behind our own site class: sign-in through the accounts' one door."""

    default_site = "config.admin.AdminSite"
