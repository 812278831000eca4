"""The tracker's app, and the desk (the admin site) as this project configures it."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps as current
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CommitmentsConfig(AppConfig):
    """The tracker: models, rules, pages."""

    name = "commitments"
    verbose_name = _("Suivi des engagements")

    def ready(self) -> None:
        """Put acts, and the rules, under every save; register the deployment checks."""
        import_module("commitments.data.checks")
        from commitments.rules import act, guards

        act.connect()  # before the guards: the revision's lock comes before the rows that they lock
        guards.connect()
        post_migrate.connect(_index_what_is_on_file, sender=self, dispatch_uid="index-what-is-on-file")


def _index_what_is_on_file(apps: Any = current, **kwargs: object) -> None:
    """Build the word index if it is missing: in a database older than the index, or one filled by other means.

    Not if migrations stopped half-way, in either direction: `apps` are the models that the database is left with.
    """
    from commitments.rules.search import word_index

    if _columns(current) <= _columns(apps) and word_index.is_missing():
        word_index.rebuild()


def _columns(apps: Any) -> set[tuple[str, str]]:
    """Return the columns that our models have among `apps`, each with its table."""
    models = [model for model in apps.get_models() if model._meta.app_label == CommitmentsConfig.name]
    return {(model._meta.db_table, field.column) for model in models for field in model._meta.local_concrete_fields}


class DeskConfig(AdminConfig):
    """Django's admin with the desk's own site."""

    default_site = "commitments.admin.site.DeskSite"

    def ready(self) -> None:
        """Register the nouns once the site exists: doing so from the package that defines it would make it twice.

        Files sent long ago for an import are removed whenever somebody signs in.
        """
        super().ready()
        import_module("commitments.admin.registration")
        forget_old = import_module("commitments.admin.spreadsheets.importing").forget_old
        user_logged_in.connect(forget_old, dispatch_uid="forget-old-spreadsheets")
