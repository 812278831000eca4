"""What the assessment page shows before it is submitted: the commitment's status, and the rules that would refuse."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import BaseInlineFormSet
from django.urls import reverse
from django.utils.formats import localize_input
from django.utils.translation import gettext as _

from commitments.admin.judgement.about_commitment import AboutCommitmentForm
from commitments.admin.judgement.choice_of_evidence import EvidenceChoice
from commitments.admin.unsaved.concurrency import DeskForm
from commitments.choices import OPEN, ReviewState, Status
from commitments.models import Assessment, Citation, Commitment, Countersigned, Party, Search
from commitments.querysets.follow_up import in_force, status_of
from commitments.rules.judging import evidence
from commitments.rules.keys import a_key
from commitments.rules.sourcing import citations


class Standing(NamedTuple):
    """Where the commitment stands for all parties together (`party` is None), or for one: as the public reads it."""

    party: Party | None
    status: Status
    assessment: Assessment | None


class Dossier(NamedTuple):
    """What somebody assessing a commitment needs to have read about it."""

    commitment: Commitment
    standings: list[Standing]
    last_search: Search | None
    pending: list[Assessment]
    pending_searches: list[Search]


def dossier(commitment: Commitment, *, but: Countersigned) -> Dossier:
    """Return the public status of `commitment` today, and what is drafted or proposed on it other than `but`."""
    current = in_force(Assessment.objects.filter(commitment=commitment).standing().for_detail())
    searches = list(Search.objects.filter(commitment=commitment).published().held().for_detail())
    parties = {one.party_id: one.party for one in (*current.values(), *searches)} | {None: None}
    standings = []
    for key, party in sorted(parties.items(), key=lambda pair: pair[1].code if pair[1] else ""):
        judgement = current.get((commitment.pk, key))
        made = [search for search in searches if search.party_id == key]
        standings.append(Standing(party, status_of(judgement, made), judgement))
    pending, pending_searches = (
        list(
            model._default_manager.filter(commitment=commitment, state__in=OPEN)
            .exclude(pk=but.pk if isinstance(but, model) else None)
            .select_related("commitment", "party", "proposed_by")
        )
        for model in (Assessment, Search)
    )
    return Dossier(commitment, standings, next(iter(searches), None), pending, pending_searches)


def as_replacement(key: Any) -> dict[str, object]:
    """Return the initial data of an assessment that replaces the published one `key`; {} if there is none."""
    old = Assessment.objects.filter(pk=key, state=ReviewState.PUBLISHED).first() if key else None
    return {} if old is None else {"commitment": old.commitment_id, "party": old.party_id}


def search_url(commitment: Commitment, form: Any) -> str:
    """Return the address that adds a search on `commitment`, with what `form`, of an assessment, has that it needs."""
    party = form["party"].value() if "party" in form.fields else form.instance.party_id
    known = {"commitment": commitment.pk, "party": a_key(party)}
    for name in ("searched_on", "searched_where_fr", "searched_where_en"):
        known[name] = localize_input(getattr(form.instance, name))  # of a former one
    return reverse("admin:commitments_search_add", query={name: value for name, value in known.items() if value})


class AssessmentForm(AboutCommitmentForm):
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
            rows = Assessment.objects.select_related("commitment", "party")
            refusal = _("Une évaluation n’en remplace qu’une du même engagement, et qui soit publiée.")
            self.offer("supersedes", rows, Q(state=ReviewState.PUBLISHED), refusal=refusal)
        if "status" in self.fields:
            self._offer_statuses()
        if "status" in self.fields and self.commitment is not None:
            self.choice = EvidenceChoice(self.commitment, self.instance, self.data if self.is_bound else {})

    def _offer_statuses(self) -> None:
        """Offer what is judged. "No evidence available", which is a search today, stays where it was chosen."""
        field: Any = self.fields["status"]
        offered = {"", *Status.judged(), self.instance.status, self.data.get(self.add_prefix("status"))}
        field.choices = [choice for choice in field.choices if choice[0] in offered]

    def clean_status(self) -> str:
        """Return the status. Raises ValidationError if it is that of a search, but on a draft that had it before."""
        status = self.cleaned_data["status"]
        if status not in (*Status.judged(), self.instance.status):
            raise ValidationError(evidence.SEARCH_INSTEAD)
        return status

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
