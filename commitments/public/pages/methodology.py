"""The page that states the words, the rules and the limits: read from the vocabularies and the rules themselves."""

from typing import Any, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from commitments.choices import Status
from commitments.public.records import passages
from commitments.public.records.evidence import demands
from commitments.public.records.vocabulary import glossary
from commitments.public.time import field_changes
from commitments.public.time.requested_reading import ReadingMixin
from commitments.rules.sourcing import independence
from commitments.rules.time.corrections import CORRECTABLE

DEMANDS: dict[str, Promise] = {
    "no_citation": _("une citation retrouvée dans le texte archivé"),
    "no_action": _("au moins une citation qui l’appuie rapporte une action concrète"),
    "search_day": _("le jour où la recherche a été faite"),
    "search_place": _("où l’on a cherché"),
}
"""What each objection of the rules of evidence requires, in a reader's words."""


class Told(NamedTuple):
    """A noun, and the fields of it whose correction is announced."""

    noun: str
    fields: list[str]


def demanded(status: Status) -> list[Promise]:
    """Return what the rules require before `status` may be published. Raises KeyError for a rule without a text."""
    if status not in Status.assessable():
        return []
    return [DEMANDS[code] for code in demands(status)]


def announced() -> list[Told]:
    """Return, for each noun that may be corrected in public, the fields whose changes are announced."""
    found = []
    for model in CORRECTABLE:
        labels = [str(model._meta.get_field(name).verbose_name) for name in model.public_fields]  # type: ignore[union-attr]
        found.append(Told(capfirst(str(model._meta.verbose_name)), labels))
    return found


class MethodView(ReadingMixin, TemplateView):
    """The vocabularies, the rules, the equivalents in other methods, the limits."""

    template_name = "public/method.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = glossary()
        return super().get_context_data(
            **words,
            judgements=[(row, demanded(Status(row.word))) for row in words["statuses"]],
            announced=announced(),
            alone=settings.TRACKER_SINGLE_PERSON_DESK,
            long_words=independence.LONG,
            margin=passages.MARGIN,
            share=passages.SHARE,
            shown=field_changes.SHOWN,
            **kwargs,
        )
