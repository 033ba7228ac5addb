from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ExamsConfig(AppConfig):
    name = "exams"
    verbose_name = _("Sittings")

    def ready(self) -> None:
        from allauth.account.signals import user_signed_up

        from exams import owners, roles

        user_signed_up.connect(owners.keep_on_sign_up)
        # The last app's signal: by then every permission exists.
        post_migrate.connect(roles.make_groups, sender=self)
