"""The query form of the list of commitments: words, facets. The choices come from public commitments."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.choices import Basis, Status, Timeliness
from commitments.public.lists.catalogue import FACETS, Catalogue

Choices = Sequence[tuple[str, str | Promise]]
"""The values of a facet, each with its label."""

LONGEST_QUERY = 200
UNKNOWN = {"invalid_choice": _("« %(value)s » ne figure pas parmi les choix : prenez-en un dans la liste.")}
TOO_LONG = _("Une recherche compte au plus %(limit_value)d caractères ; celle-ci en a %(show_value)d.")

REFERENCE = re.compile(r"[a-z]{2,}(-[a-z]{2,})*-[0-9]{4}(-[0-9]{0,4})?", re.IGNORECASE)
"""A reference, or its beginning down to the year."""


class SearchField(forms.CharField):
    """A text to search for, of a reasonable length."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_QUERY, **kwargs)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = TOO_LONG


class FacetField(forms.CharField):
    """A value of a facet, or none, which `empty_label` describes. `choices` are its values, with labels."""

    def __init__(self, *, empty_label: str | Promise, choices: Choices = (), **kwargs: Any) -> None:
        super().__init__(required=False, error_messages=UNKNOWN, **kwargs)
        self.empty_label, self.choices = empty_label, choices

    def validate(self, value: str) -> None:
        """Raise ValidationError for anything but one of the values."""
        super().validate(value)
        if value and all(value != known for known, _label in self.choices):
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value})


class CommitmentFilter(forms.Form):
    """Narrows the list; without a basis, to commitments proper: anything else has to be asked for."""

    q = SearchField(required=False, label=_("Mots cherchés"))
    basis = FacetField(label=_("Fondement"), choices=Basis.choices, empty_label=_("Tous les engagements"))
    status = FacetField(
        label=_("État d’avancement"), choices=Status.choices, empty_label=_("Tous les états d’avancement")
    )
    timeliness = FacetField(label=_("Échéances"), choices=Timeliness.choices, empty_label=_("Toutes"))
    sector = FacetField(label=_("Secteur"), empty_label=_("Tous les secteurs"))
    party = FacetField(label=_("Partie"), empty_label=_("Toutes les parties"))
    instrument = FacetField(label=_("Instrument"), empty_label=_("Tous les instruments"))

    def __init__(self, data: Mapping[str, str], *, catalogue: Catalogue) -> None:
        super().__init__(data)
        for name, choices in catalogue.named().items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, str]:
        """The facets in use and the value of each, of a valid form."""
        return {name: self.cleaned_data[name] for name in FACETS if self.cleaned_data[name]}

    def label_of(self, name: str, value: str) -> str:
        """Return `value` of the field `name` in words."""
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))

    def applied(self) -> list[tuple[str, str, str]]:
        """Return the filters in use as (parameter, label, value in words), to list and remove them."""
        return [
            (name, str(self.fields[name].label), self.label_of(name, value))
            for name, value in self.cleaned_data.items()
            if value
        ]


class SortForm(forms.Form):
    """The order requested for the list: its name, with "-" before it for the reverse."""

    sort = forms.CharField(required=False)
