"""The passages on file that an assessment may rest on: ticked on its page, each becomes a citation of its own."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from commitments.choices import CitationRole, EvidenceKind
from commitments.models import Assessment, Citation, Commitment
from commitments.rules.sourcing import citable_passages

PREFIX = "pick"

KINDS = [("", "–"), *EvidenceKind.choices]


class EvidenceChoiceForm(forms.Form):
    """One passage on file: whether it carries the assessment, and as what."""

    chosen = forms.BooleanField(required=False)
    role = forms.ChoiceField(label=gettext_lazy("Portée"), choices=CitationRole.choices)
    evidence_kind = forms.ChoiceField(label=gettext_lazy("Nature de la preuve"), choices=KINDS, required=False)

    def __init__(self, citation: Citation, data: Mapping[str, str]) -> None:
        initial = {"role": CitationRole.SUPPORTS, "evidence_kind": citation.evidence_kind}
        super().__init__(data or None, prefix=f"{PREFIX}-{citation.pk}", initial=initial)
        self.citation = citation

    @property
    def is_chosen(self) -> bool:
        """Whether the passage is ticked; the other fields of an unticked one are ignored."""
        return self.is_bound and bool(self.data.get(self.add_prefix("chosen")))


class EvidenceChoice:
    """Everything on file for a commitment, as one part of an assessment's form; saved like a formset."""

    def __init__(self, commitment: Commitment, assessment: Assessment, data: Mapping[str, str]) -> None:
        self.assessment = assessment
        self.data = data
        own = assessment if assessment.pk else None
        self.groups = [
            (group.title, [EvidenceChoiceForm(citation, data) for citation in group.citations])
            for group in citable_passages.passages(commitment, but=own)
        ]

    @property
    def chosen(self) -> list[EvidenceChoiceForm]:
        """The passages that were ticked."""
        return [form for _title, forms in self.groups for form in forms if form.is_chosen]

    @property
    def errors(self) -> list[str]:
        """The objections to the ticked passages, in words."""
        found = [str(message) for form in self.chosen for messages in form.errors.values() for message in messages]
        offered = {form.add_prefix("chosen") for _title, forms in self.groups for form in forms}
        ticked = {name for name in self.data if name.startswith(f"{PREFIX}-") and name.endswith("-chosen")}
        if ticked - offered:
            found.append(
                _("Un passage coché n’est plus proposé : retiré, déjà cité ici, ou d’un autre engagement : relisez.")
            )
        return found

    def is_valid(self) -> bool:
        """Whether every ticked passage can be saved."""
        return not self.errors

    def has_changed(self) -> bool:
        """Whether anything was ticked."""
        return bool(self.chosen)

    def citations(self) -> list[Citation]:
        """Return the citations that saving would make: of the same words of the same source, for this assessment."""
        return [
            Citation(
                assessment=self.assessment,
                source=form.citation.source,
                exact=form.citation.exact,
                prefix=form.citation.prefix,
                suffix=form.citation.suffix,
                verification=form.citation.verification,
                role=form.cleaned_data["role"],
                evidence_kind=form.cleaned_data["evidence_kind"],
            )
            for form in self.chosen
            if form.is_valid()
        ]

    def save(self) -> None:
        """Save a draft citation for each passage that was ticked; its place is looked up again."""
        for citation in self.citations():
            citation.save()
