"""What the assessment page shows before it is submitted: the commitment's status, and the rules that would refuse."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Q
from django.forms import BaseInlineFormSet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from commitments.admin.judgement.choice_of_evidence import EvidenceChoice
from commitments.admin.unsaved.concurrency import DeskForm
from commitments.choices import OPEN, ReviewState, Status
from commitments.models import Assessment, Citation, Commitment, Party
from commitments.querysets.follow_up import in_force
from commitments.rules.judging import evidence
from commitments.rules.keys import a_key
from commitments.rules.sourcing import citations


class Standing(NamedTuple):
    """The assessment in force for all parties together (`party` is None), or for one."""

    party: Party | None
    status: Status
    assessment: Assessment | None


class Dossier(NamedTuple):
    """What somebody assessing a commitment needs to have read about it."""

    commitment: Commitment
    standings: list[Standing]
    last_search: Assessment | None
    pending: list[Assessment]


def dossier(commitment: Commitment, *, but: Assessment) -> Dossier:
    """Return the public status of `commitment` today, and the draft and proposed assessments on it other than `but`."""
    public = list(Assessment.objects.filter(commitment=commitment).standing().for_detail())
    current = in_force(public)
    overall = current.pop((commitment.pk, None), None)
    standings = [Standing(None, Status(overall.status) if overall else Status.NOT_ASSESSED, overall)]
    apart = sorted(current.values(), key=lambda assessment: assessment.party.code)
    standings += [Standing(assessment.party, Status(assessment.status), assessment) for assessment in apart]
    searches = [assessment for assessment in public if assessment.searched_on]
    pending = Assessment.objects.filter(commitment=commitment, state__in=OPEN).exclude(pk=but.pk)
    return Dossier(
        commitment,
        standings,
        max(searches, key=lambda assessment: assessment.searched_on, default=None),
        list(pending.select_related("commitment", "party", "proposed_by")),
    )


def as_replacement(key: Any) -> dict[str, object]:
    """Return the initial data of an assessment that replaces the published one `key`; {} if there is none."""
    old = Assessment.objects.filter(pk=key, state=ReviewState.PUBLISHED).first() if key else None
    return {} if old is None else {"commitment": old.commitment_id, "party": old.party_id}


class AssessmentForm(DeskForm):
    """An assessment. A draft may lack reasons and evidence; the page lists what proposing it would require."""

    only_checks = False
    """Whether the submitted data is only to be checked, not saved."""
    choice: EvidenceChoice | None = None
    """The passages on file, if the assessment may still change and its commitment is known."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "commitment": _("Choisissez l’engagement."),
            "status": _("Choisissez l’état d’avancement."),
            "as_of": _("Indiquez le jour dont le jugement rend compte."),
        }
        for name in words.keys() & self.fields.keys():
            self.fields[name].error_messages["required"] = words[name]
        if "rationale_fr" in self.fields:
            self.fields["rationale_fr"].required = False
        if "supersedes" in self.fields:
            self._limit_supersedes()
        if "status" in self.fields and self.commitment is not None:
            self.choice = EvidenceChoice(self.commitment, self.instance, self.data if self.is_bound else {})

    @cached_property
    def commitment(self) -> Commitment | None:
        """The commitment assessed, from the form, the URL or the record; None while unknown."""
        if self.is_bound and "commitment" in self.fields:
            key = self.data.get(self.add_prefix("commitment"))
        else:
            key = self.initial.get("commitment") or self.instance.commitment_id
        number = a_key(key)
        return Commitment.objects.filter(pk=number).first() if number is not None else None

    def _limit_supersedes(self) -> None:
        """Offer only what may be replaced: the public assessments of this commitment, or what was chosen before."""
        field: Any = self.fields["supersedes"]
        offered = Q(commitment=self.commitment, state=ReviewState.PUBLISHED) if self.commitment else Q(pk=None)
        kept = Q(pk=self.instance.supersedes_id) if self.instance.supersedes_id else Q(pk=None)
        field.queryset = Assessment.objects.filter(offered | kept).select_related("commitment", "party")
        field.widget.can_add_related = False
        field.error_messages["invalid_choice"] = _(
            "Une évaluation n’en remplace qu’une du même engagement, et qui soit publiée."
        )

    def is_valid(self) -> bool:
        """Whether the assessment may be saved as a draft at least; never if it is only checked."""
        choice_is_valid = self.choice is None or not self.is_bound or self.choice.is_valid()
        return super().is_valid() and choice_is_valid and not self.only_checks


class Against(NamedTuple):
    """One objection to proposing what is on the page, and the field it concerns ("" for none)."""

    message: str
    field: str = ""


def against(form: AssessmentForm, rows: BaseInlineFormSet) -> list[Against]:
    """Return the objections to proposing the assessment in `form` with the evidence in `rows`; nothing is saved.

    `rows` is the formset of evidence. If the form was submitted, its data counts, saved or not; otherwise what is on
    file. The rule is the one that proposing applies (`evidence.assessment_objections`).
    """
    assessment = form.instance
    if not form.is_bound and assessment.commitment_id is None:
        assessment.commitment = form.commitment
    if rows.is_bound:
        rows.is_valid()  # so that each row has its cleaned data
    found = [*_form_errors(form), *_row_errors(rows)]
    objections = evidence.assessment_objections(assessment, _passages(form, rows))
    # Its commitment may be waiting for review too; publishing asks for that one first (`publication.propose`).
    found += [Against(item.message, item.field) for item in objections if item.code != "parent"]
    if form.choice is not None and form.is_bound:
        found += [Against(message) for message in form.choice.errors]
    return list({item.message: item for item in found}.values())


def _messages(errors: Any) -> Iterator[tuple[str, str]]:
    """Return each error of a form with its field; an edit conflict is no objection and is shown elsewhere."""
    for name, found in errors.as_data().items():
        for error in found:
            if error.code != "conflict":
                yield from ((str(message), name) for message in error.messages)


def _form_errors(form: AssessmentForm) -> list[Against]:
    return [Against(message, name if name in form.fields else "") for message, name in _messages(form.errors)]


def _row_errors(rows: BaseInlineFormSet) -> Iterator[Against]:
    for row in _kept(rows):
        for message, name in _messages(row.errors):
            target = row.add_prefix(name) if name in row.fields else ""
            yield Against(_("Preuve : %s") % message, target)


def _kept(rows: BaseInlineFormSet) -> list[DeskForm]:
    """Return the rows that saving would keep, without those removed or left empty."""
    if not rows.is_bound:
        return list(rows.initial_forms) + [row for row in rows.extra_forms if row.initial.get("exact")]
    kept = [row for row in rows.forms if row.instance.pk is not None or row.has_changed()]
    return [row for row in kept if not (rows.can_delete and row.cleaned_data.get("DELETE", False))]


def _passages(form: AssessmentForm, rows: BaseInlineFormSet) -> list[Citation]:
    """Return the citations that the assessment would rest on; unsaved ones are looked up in their source."""
    on_page = {row.instance.pk for row in rows.initial_forms}
    found = list(form.instance.citations.exclude(pk__in=on_page).select_related("source")) if form.instance.pk else []
    for row in _kept(rows):
        citation = row.instance
        if citation.pk is None:
            if not rows.is_bound:
                brought = {name: row.initial[name] for name in ("exact", "prefix", "suffix")}
                citation = Citation(source_id=row.initial["source"], **brought)
            if citation.source_id is None or not citation.exact:
                continue
            citations.verify(citation)
        found.append(citation)
    if form.choice is not None and form.is_bound:
        found += form.choice.citations()
    return [citation for citation in found if evidence.may_serve(citation)]
