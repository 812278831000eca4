"""The form that quotes a passage of a source for a record: selected in the text, or typed word for word."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin import permissions
from commitments.admin.unsaved.attempts import attempt
from commitments.admin.unsaved.concurrency import add_refusal
from commitments.choices import GONE, OPEN, CitationRole, EvidenceKind, ReviewState, Visibility
from commitments.models import Assessment, Citation, Claim, Commitment, FollowUpNote, Record, Source
from commitments.rules.keys import a_key
from commitments.rules.review import publication
from commitments.rules.sourcing import citations
from commitments.rules.text import passages, plain_text, quotes
from commitments.typography import in_full

PURPOSES = {
    "commitment": gettext_lazy("Un engagement"),
    "assessment": gettext_lazy("Une évaluation"),
    "note": gettext_lazy("Une note de suivi"),
    "claim": gettext_lazy("Une divergence"),
}
"""What a passage may be quoted for here, by the target key of the citation."""

STAYS_CHOSEN = ("purpose", "commitment", "assessment", "note", "claim", "role", "evidence_kind")
"""The fields that stay as they are for the next passage."""

RECENT = 20
"""How many drafts are offered while no commitment is chosen, the most recent ones."""

MOST = 100
"""How many drafts of one commitment are offered."""


class GroupedIterator(ModelChoiceIterator):
    """The choices of a `GroupedField`, under the heading that each row names."""

    field: "GroupedField"

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for heading, rows in groupby(self.field.offered(), key=self.field.heading):
            yield heading, [self.choice(row) for row in rows]


class GroupedField(forms.ModelChoiceField):
    """A record picked from a list under headings; the rows come ordered by heading."""

    iterator = GroupedIterator

    def __init__(self, *args: Any, heading: Callable[[Any], str], show: Callable[[Any], str], **kwargs: Any) -> None:
        super().__init__(*args, required=False, **kwargs)
        self.heading = heading
        self.show = show

    def label_from_instance(self, obj: models.Model) -> str:
        """Return the label of `obj` in the list."""
        return self.show(obj)

    def offered(self) -> Iterable[models.Model]:
        """Return the rows of the list: all that may be picked."""
        return self.queryset.all() if self.queryset is not None else []


class DraftField(GroupedField):
    """A draft chosen from those of one commitment, or the most recent of all; any other is accepted as well.

    `narrow` says which are offered.
    """

    rows: Sequence[Assessment | FollowUpNote] = ()

    def offered(self) -> Iterable[models.Model]:
        """Return the rows of the list."""
        return self.rows

    def narrow(self, commitment: Commitment | None, chosen: str = "") -> None:
        """Offer the drafts of `commitment`, or the most recent of all without one, and the one of key `chosen`."""
        drafts: Any = self.queryset
        most = RECENT if commitment is None else MOST
        own = drafts if commitment is None else drafts.filter(commitment=commitment)
        rows = list(own[: most + 1])
        self.help_text = _words_for(commitment, found=len(rows), most=most)
        rows = rows[:most]
        key = a_key(chosen)
        if key is not None and key not in [row.pk for row in rows]:
            rows += drafts.filter(pk=key)
        self.rows = sorted(rows, key=lambda row: _about(row).reference)


def _words_for(commitment: Commitment | None, *, found: int, most: int) -> str:
    """Return the hint on a list of drafts, of which `found` exist and at most `most` are shown."""
    if commitment is None:
        if found > most:
            return _("Les %d plus récentes : choisissez l’engagement pour voir les siennes.") % most
        return _("Toutes confondues : choisissez un engagement pour ne voir que les siennes.")
    said = {"n": most, "reference": commitment.reference}
    if found > most:
        return _("Les %(n)d plus récentes de l’engagement %(reference)s.") % said
    if found:
        return _("De l’engagement %(reference)s.") % said
    return _("L’engagement %(reference)s n’en a pas.") % said


class QuoteForm(forms.Form):
    """A passage, and what it is quoted for.

    A selected passage comes with its place, `start` and `end`, in code points of the archived text; a typed one
    without, and is looked up. `only_passage` asks for no target: the passage goes to the form of a new assessment.
    """

    start = forms.IntegerField(required=False, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("Passage"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Mot pour mot, tel que dans le texte."),
        error_messages={"required": gettext_lazy("Choisissez un passage du texte.")},
    )
    prefix = forms.CharField(  # type: ignore[assignment]  # a field here, as in the citation; the form has no prefix
        label=gettext_lazy("Juste avant"), max_length=300, required=False
    )
    suffix = forms.CharField(label=gettext_lazy("Juste après"), max_length=300, required=False)
    purpose = forms.ChoiceField(label=gettext_lazy("Citer pour"), widget=forms.RadioSelect, initial="commitment")
    commitment = forms.CharField(
        label=gettext_lazy("Engagement"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Sa référence, par exemple AES-RU-2025-02."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    assessment = DraftField(
        label=gettext_lazy("Évaluation à l’état de brouillon"),
        queryset=Assessment.objects.filter(state__in=OPEN).select_related("commitment", "party").order_by("-pk"),
        heading=lambda row: str(row.commitment),
        show=lambda row: f"{row} ({row.get_state_display()})",
        empty_label="",
    )
    note = DraftField(
        label=gettext_lazy("Note"),
        queryset=FollowUpNote.objects.filter(state__in=OPEN).named().order_by("-pk"),
        heading=lambda row: str(row.target),
        show=lambda row: f"{in_full(row.dated)} – {Truncator(row.body_fr).chars(70)}",
        empty_label=gettext_lazy("Nouvelle note"),
    )
    note_text = forms.CharField(
        label=gettext_lazy("Texte de la nouvelle note"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Note interne, datée d’aujourd’hui ; elle se complète sur sa page."),
    )
    claim = GroupedField(
        label=gettext_lazy("Version que le passage donne"),
        queryset=Claim.objects.filter(discrepancy__state__in=[*OPEN, ReviewState.PUBLISHED])
        .select_related("discrepancy")
        .order_by("discrepancy__reference", "position", "pk"),
        heading=lambda row: str(row.discrepancy),
        show=lambda row: str(row.wording("value")),
        empty_label="",
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Ce que fait le passage"),
        choices=CitationRole.choices,
        initial=CitationRole.SUPPORTS,
        widget=forms.RadioSelect,
    )
    evidence_kind = forms.ChoiceField(
        label=gettext_lazy("Nature de la preuve"),
        choices=[("", gettext_lazy("Non précisée")), *EvidenceKind.choices],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, source: Source, by: Any, only_passage: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.source = source
        self.by = by
        self.only_passage = only_passage
        self.place: tuple[int, int] | None = None
        self.target: Record | None = None
        purposes: Any = self.fields["purpose"]
        purposes.choices = [(name, label) for name, label in PURPOSES.items() if self._may_see(name)]
        for name, field in self.fields.items():
            if isinstance(field, GroupedField) and not self._may_see(name):
                field.queryset = field.queryset.none()  # type: ignore[union-attr]
        self._offer_drafts()
        purposes.required = self.fields["role"].required = not only_passage

    def _may_see(self, purpose: str) -> bool:
        model = Citation._meta.get_field(purpose).related_model
        return bool(self.by.has_perm(f"commitments.view_{model._meta.model_name}"))  # type: ignore[union-attr]

    def _offer_drafts(self) -> None:
        """Offer the drafts of the commitment named; a submitted one is offered whichever commitment it belongs to."""
        typed = str(self["commitment"].value() or "")
        commitment = _named(typed)
        for name in ("assessment", "note"):
            field: Any = self.fields[name]
            sent = str(self[name].value() or "") if self.is_bound or commitment is None else ""
            field.narrow(commitment, sent)
            if typed.strip() and commitment is None:
                unknown = _("Aucun engagement n’a cette référence.")
                field.help_text = f"{unknown} {field.help_text}"
            self[name].help_text = field.help_text

    # The passage

    def clean(self) -> dict[str, object]:
        """Find the passage in the text, and the one record that it is quoted for."""
        cleaned = self.cleaned_data
        if "words" in cleaned:
            self._find(cleaned["words"], cleaned.get("start"), cleaned.get("end"))
        if cleaned.get("commitment"):
            cleaned["commitment"] = self._commitment(cleaned["commitment"])
        if not self.only_passage and "purpose" in cleaned:
            self._aim(cleaned["purpose"])
        return cleaned

    def _find(self, words: str, start: int | None, end: int | None) -> None:
        """Set the place of the passage; a selected one must match the text at that place."""
        text = self.source.text
        if start is None or end is None:
            prefix, suffix = self.cleaned_data.get("prefix", ""), self.cleaned_data.get("suffix", "")
            for field, error in citations.objections(self.source, words, prefix, suffix).items():
                self.add_error("words" if field == "exact" else field, error)
            found = quotes.locate(text, words, prefix, suffix)
            self.place = None if found.start is None or found.end is None else (found.start, found.end)
        else:
            self.place = passages.trimmed(text, start, end)
            if self.place is None or _on_lines(text[slice(*self.place)]) != _on_lines(words):
                self.place = None
                message = _(
                    "Le texte archivé n’est plus celui de cette page : rechargez-la, puis choisissez à nouveau."
                )
                self.add_error("words", ValidationError(message, code="moved"))
        if self.place is None:
            return
        around = passages.surroundings(text, *self.place)
        if around is None:
            message = _(
                "Ce passage coupe un mot, ou figure ailleurs à l’identique avec tout ce qui l’entoure : citez-en "
                "davantage."
            )
            self.add_error("words", ValidationError(message, code="ambiguous"))
        else:
            self.cleaned_data["prefix"], self.cleaned_data["suffix"] = around

    # The record

    def _commitment(self, typed: str) -> Commitment | None:
        """Return the commitment that `typed` names: its reference, perhaps with its title after it."""
        found = _named(typed)
        if found is None:
            message = _("Aucun engagement n’a la référence « %s » : choisissez-le dans la liste proposée.")
            self.add_error("commitment", message % typed.split()[0])
        return found

    def _aim(self, purpose: str) -> None:
        cleaned = self.cleaned_data
        commitment = cleaned.get("commitment") or None
        target = cleaned.get(purpose) or None
        if purpose == "note" and target is None:
            self._draft_note(commitment)
        elif target is None:
            if purpose not in self.errors:
                self.add_error(purpose, _MISSING[purpose])
        elif not permissions.may_gain(target):
            self.add_error(purpose, _("« %s » est clos : plus rien ne s’y rattache.") % target)
        elif purpose in ("assessment", "note") and commitment not in (None, _about(target)):
            message = _("Ceci porte sur %s : choisissez l’un ou l’autre.")
            self.add_error(purpose, message % _about(target).reference)
        elif self.place and self._is_quoted(purpose, target):
            self.add_error("words", _("Ce passage est déjà cité pour « %s ».") % target)
        if purpose == "note" and target is not None and cleaned.get("note_text"):
            self.add_error(
                "note_text", _("Une note du dossier est choisie : effacez ce texte, ou choisissez « Nouvelle note ».")
            )
        self.target = target

    def _draft_note(self, commitment: Commitment | None) -> None:
        """Check that a new note has what it needs."""
        if not self.by.has_perm("commitments.add_followupnote"):
            self.add_error("note", _("Choisissez une note : votre compte n’en ajoute pas."))
        if commitment is None and "commitment" not in self.errors:
            self.add_error("commitment", _MISSING["commitment"])
        elif commitment is not None and not permissions.may_gain(commitment):
            self.add_error("commitment", _("« %s » est clos : plus rien ne s’y rattache.") % commitment)
        if not self.cleaned_data.get("note_text") and "note_text" not in self.errors:
            self.add_error("note_text", _("Écrivez la note, ou choisissez-en une du dossier."))

    def _is_quoted(self, purpose: str, target: models.Model) -> bool:
        start, end = self.place or (None, None)
        same = Citation.objects.filter(source=self.source, start=start, end=end, **{purpose: target})
        return same.exclude(state__in=GONE).exists()

    # The citation

    def cite(self) -> Citation | None:
        """Save the passage as a draft citation of its target, and a new note with it; return it.

        None if a rule refuses: its message is then on the form, and nothing is saved.
        """
        try:
            return attempt(self._save)
        except ValidationError as refused:
            add_refusal(self, refused, {"exact": "words"})
        return None

    def _save(self) -> Citation:
        cleaned = self.cleaned_data
        purpose = cleaned["purpose"]
        target = self.target
        if target is None:
            target = FollowUpNote(
                commitment=cleaned["commitment"],
                visibility=Visibility.INTERNAL,
                dated=timezone.localdate(),
                body_fr=cleaned["note_text"],
            )
            target.save()
        start, end = self.place or (0, 0)
        citation = Citation(
            source=self.source,
            exact=self.source.text[start:end],
            prefix=cleaned["prefix"],
            suffix=cleaned["suffix"],
            role=cleaned["role"],
            evidence_kind=cleaned["evidence_kind"] if purpose == "assessment" else "",
            **{purpose: target},
        )
        citation.save()
        if (citation.start, citation.end) != self.place:
            raise ValidationError({"words": _("Le passage n’a pas été retrouvé à sa place dans le texte archivé.")})
        publication.amend(target, by=self.by)
        return citation

    def kept(self) -> dict[str, str]:
        """Return the choices kept for the next passage, as URL parameters."""
        values = {name: self.data.get(name, "") for name in STAYS_CHOSEN}
        return {name: value for name, value in values.items() if value}


_MISSING = {
    "commitment": gettext_lazy("Choisissez un engagement."),
    "assessment": gettext_lazy("Choisissez une évaluation, ou commencez-en une avec ce passage."),
    "claim": gettext_lazy("Choisissez une version."),
}


def _about(draft: Any) -> Any:
    """Return what an assessment or a note is on."""
    return draft.target if isinstance(draft, FollowUpNote) else draft.commitment


def _named(typed: str) -> Commitment | None:
    """Return the commitment whose reference `typed` begins with; None if there is none."""
    words = typed.split()
    if not words or "\x00" in typed:
        return None
    return Commitment.objects.filter(reference__iexact=words[0]).first()


def _on_lines(words: str) -> str:
    """Return `words` with one kind of line ends, and nothing around them."""
    return plain_text.on_lines(words).strip()
