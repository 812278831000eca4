"""The filters of the list of commitments. What a list of choices offers is taken from public commitments only."""

import re
from typing import Any

import django_filters as filters
from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from commitments.choices import Basis, Status, Timeliness
from commitments.models import Commitment, Instrument, Party, Sector, Undertaking
from commitments.querysets import CommitmentQuerySet
from commitments.reading import Reading
from commitments.rules import search

LONGEST_QUERY = 200
UNKNOWN = {"invalid_choice": _("« %(value)s » ne figure pas parmi les choix : prenez-en un dans la liste.")}
TOO_LONG = _("Une recherche compte au plus %(limit_value)d caractères ; celle-ci en a %(show_value)d.")

REFERENCE = re.compile(r"[a-z]{2,}(-[a-z]{2,})*-[0-9]{4}(-[0-9]{0,4})?", re.IGNORECASE)
"""A reference, or its beginning down to the year."""


class SearchField(forms.CharField):
    """A text to look for, of a reasonable length."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_QUERY, **kwargs)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = TOO_LONG


class SearchFilter(filters.CharFilter):
    """A filter that takes a text to look for."""

    field_class = SearchField


class CommitmentFilter(filters.FilterSet):
    """Narrows the list; without a basis, to commitments proper: what was only expected is asked for by name."""

    q = SearchFilter(
        method="search",
        label=_("Mots cherchés"),
        widget=forms.TextInput(attrs={"type": "search", "maxlength": LONGEST_QUERY}),
    )
    basis = filters.ChoiceFilter(
        choices=Basis.choices,
        label=_("Fondement"),
        empty_label=_("Tous, sauf les attentes"),
        error_messages=UNKNOWN,
    )
    status = filters.ChoiceFilter(
        choices=Status.choices, label=_("État d’avancement"), empty_label=_("Tous les états"), error_messages=UNKNOWN
    )
    timeliness = filters.ChoiceFilter(
        choices=Timeliness.choices, label=_("Échéances"), empty_label=_("Toutes"), error_messages=UNKNOWN
    )
    sector = filters.ModelChoiceFilter(
        to_field_name="slug",
        label=_("Secteur"),
        empty_label=_("Tous les secteurs"),
        error_messages=UNKNOWN,
    )
    party = filters.ModelChoiceFilter(
        method="with_party",
        to_field_name="code",
        label=_("Partie"),
        empty_label=_("Toutes les parties"),
        error_messages=UNKNOWN,
    )
    instrument = filters.ModelChoiceFilter(
        to_field_name="reference",
        label=_("Instrument"),
        empty_label=_("Tous les instruments"),
        error_messages=UNKNOWN,
    )

    def __init__(self, *args: Any, reading: Reading, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        public = Commitment.objects.published(reading).held(reading)
        offered = {
            "sector": Sector.objects.published(reading),
            "party": Party.objects.published(reading),
            "instrument": Instrument.objects.published(reading).filter(pk__in=public.values("instrument")),
        }
        for name, queryset in offered.items():
            self.filters[name].queryset = queryset

    def search(self, queryset: CommitmentQuerySet, name: str, value: str) -> CommitmentQuerySet:
        """Return the commitments whose public text has every word of `value`, or whose reference it begins."""
        if REFERENCE.fullmatch(value.strip()):
            return queryset.filter(reference__istartswith=value.strip())
        words = search.terms(value)
        if not words:
            return queryset.none()
        for word in words:
            queryset = queryset.filter(search_text__contains=word)
        return queryset

    def with_party(self, queryset: CommitmentQuerySet, name: str, value: Party) -> CommitmentQuerySet:
        """Return the commitments in which `value` undertakes something or benefits."""
        return queryset.filter(Exists(Undertaking.objects.filter(commitment=OuterRef("pk"), party=value)))

    def filter_queryset(self, queryset: CommitmentQuerySet) -> CommitmentQuerySet:
        """Apply the filters, and the scope: commitments proper unless a basis is asked for."""
        queryset = super().filter_queryset(queryset)
        return queryset if self.form.cleaned_data["basis"] else queryset.undertaken()

    def applied(self) -> list[tuple[str, str, str]]:
        """Return the filters in use as (parameter, label, value in words), to say them and to take them off."""
        found = []
        for name, value in self.form.cleaned_data.items():
            if value in (None, ""):
                continue
            field = self.form.fields[name]
            words = dict(getattr(field, "choices", ())).get(value, value) if isinstance(value, str) else value
            found.append((name, str(field.label), str(words)))
        return found
