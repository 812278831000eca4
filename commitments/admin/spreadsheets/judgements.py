"""The spreadsheets of what two people sign: assessments, and searches that found nothing."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin.spreadsheets.columns import (
    ChoiceWidget,
    Column,
    DayWidget,
    IdentifiedWidget,
    IdentifierWidget,
    KeyWidget,
    commitments_by_reference,
)
from commitments.admin.spreadsheets.resources import DeskResource
from commitments.choices import GONE, CitationRole, EvidenceKind, ReviewState, Status
from commitments.models import Assessment, Citation, Milestone, Party, Search, Source
from commitments.rules.judging import evidence
from commitments.rules.sourcing import citations

SEARCHES_APART = gettext_lazy(
    "Une recherche sans résultat n’est plus une évaluation : importez-la avec le tableur des recherches."
)
OF_FORMER = gettext_lazy("D’anciennes évaluations seulement, à lire : les recherches ont leur propre tableur.")

NEVER = ("other_step", "step_and_period")
"""The objections to a search that would be refused as a draft too."""

EVIDENCE = {
    **{f"evidence_{name}": name for name in ("source", "exact", "prefix", "suffix", "role")},
    "evidence_kind": "evidence_kind",
}
"""The columns of an assessment that are fields of its first citation."""


class AssessmentResource(DeskResource):
    """Assessments, each with one passage of evidence; more are quoted on its page."""

    uid = Column("Identifiant", "Identifier", IdentifierWidget())
    commitment = Column("Engagement", "Commitment", commitments_by_reference())
    party = Column("Partie", "Party", KeyWidget(Party.objects.all(), few=True))
    status = Column("État d’avancement", "Status", ChoiceWidget(Status.judged(), former=[Status.NO_EVIDENCE]))
    as_of = Column("Au", "As of", DayWidget())
    rationale_fr = Column("Motifs", "Rationale")
    evidence_source = Column(
        "Source",
        "Source",
        KeyWidget(Source.objects.order_by()),
        note=gettext_lazy(
            "Une ligne porte une évaluation et une preuve ; les autres preuves se citent à la page de l’évaluation. "
            "Les preuves d’une évaluation qui en a déjà ne changent pas par import."
        ),
    )
    evidence_exact = Column("Passage", "Passage", note=gettext_lazy("Mot pour mot, tel que dans la source."))
    evidence_prefix = Column(
        "Juste avant", "Just before", note=gettext_lazy("Si le passage figure à plusieurs endroits.")
    )
    evidence_suffix = Column(
        "Juste après", "Just after", note=gettext_lazy("Si le passage figure à plusieurs endroits.")
    )
    evidence_kind = Column("Nature de la preuve", "Kind of evidence", ChoiceWidget(EvidenceKind))
    evidence_role = Column("Portée", "Bearing", ChoiceWidget(CitationRole), note=gettext_lazy("Vide : appuie."))
    searched_on = Column("Recherche faite le", "Searched on", DayWidget(), note=OF_FORMER)
    searched_where_fr = Column("Où la recherche a porté", "Where the search was made", note=OF_FORMER)
    rationale_en = Column("Motifs en anglais", "Rationale in English")
    searched_where_en = Column(
        "Où la recherche a porté, en anglais", "Where the search was made, in English", note=OF_FORMER
    )

    prefetched = ("citations__source",)

    class Meta:
        model = Assessment

    def dress(self, instance: Any) -> None:
        """Set the first passage of evidence."""
        instance.passages = sorted(instance.citations.all(), key=lambda row: row.pk) if instance.pk else []
        first = instance.passages[0] if instance.passages else None
        for column, name in EVIDENCE.items():
            setattr(instance, column, getattr(first, name) if first else None if name == "source" else "")
        instance.quoted = None

    def objections(self, instance: Any) -> Iterator[tuple[str, str]]:
        """Yield the objections to a search, to the passage, and to changing an assessment that is in review.

        A row that says that nothing was found is refused, not made a search: its identifier names an assessment, and
        exported again it would be in another spreadsheet than the one that it came from.
        """
        changed = {column.attribute for column, _old, _new in instance.changed}
        if "status" in changed and instance.status == Status.NO_EVIDENCE:
            yield "status", str(SEARCHES_APART)
            return
        of_search = changed & {"searched_on", "searched_where_fr", "searched_where_en"}
        if of_search:
            yield from ((name, str(SEARCHES_APART)) for name in sorted(of_search))
            return
        if changed & EVIDENCE.keys():
            found = list(self._quote(instance))
            yield from found
            if found:
                return
        if instance.state == ReviewState.IN_REVIEW:
            yield from self._judgement(instance)

    def _quote(self, instance: Any) -> Iterator[tuple[str, str]]:
        if instance.passages:
            yield "evidence_exact", _("Cette évaluation a déjà ses preuves : elles se modifient à sa page.")
            return
        source = instance.evidence_source
        if source is None or not instance.evidence_exact:
            name = "evidence_exact" if source else "evidence_source"
            yield name, _("Une preuve demande sa source et son passage.")
            return
        if source.state in GONE:
            yield "evidence_source", _("Cette source est retirée ou écartée : elle ne prouve plus rien.")
            return
        passage = Citation(**{name: getattr(instance, column) for column, name in EVIDENCE.items()})
        passage.role = passage.role or CitationRole.SUPPORTS
        for name in ("exact", "prefix", "suffix"):
            limit: Any = Citation._meta.get_field(name).max_length  # type: ignore[union-attr]
            if len(getattr(passage, name)) > limit:
                yield f"evidence_{name}", _("Ce texte est trop long : %d caractères au plus sont gardés.") % limit
                return
        against = citations.objections(source, passage.exact, passage.prefix, passage.suffix)
        for name, error in against.items():
            yield f"evidence_{name}", str(error.message)
        if not against:
            citations.verify(passage)
            instance.quoted = passage

    def _judgement(self, instance: Any) -> Iterator[tuple[str, str]]:
        if instance.status == Status.NO_EVIDENCE:
            yield "status", str(SEARCHES_APART)
            return
        passages = [row for row in instance.passages if not {row.state, row.source.state} & {*GONE}]
        for found in evidence.judgement_objections(
            status=instance.status,
            as_of=instance.as_of,
            passages=[*passages, *([instance.quoted] if instance.quoted else [])],
        ):
            yield found.field, str(found.message)
        if instance.as_of < instance.commitment.made_on:
            yield "as_of", _("Ce jour précède l’engagement lui-même : corrigez la date.")

    def unproposable(self, instance: Any) -> list[str]:
        """Return the objections of the rules of evidence to proposing the assessment."""
        return [message for _name, message in self._judgement(instance)]

    def save_related(self, instance: Any) -> None:
        """Attach the passage."""
        if instance.quoted is not None:
            instance.quoted.assessment = instance
            self.sign(instance.quoted)
            instance.quoted.save()


class SearchResource(DeskResource):
    """Searches that found nothing."""

    uid = Column("Identifiant", "Identifier", IdentifierWidget())
    commitment = Column("Engagement", "Commitment", commitments_by_reference())
    searched_on = Column("Recherche faite le", "Searched on", DayWidget())
    searched_where_fr = Column("Où la recherche a porté", "Where the search was made")
    sought_fr = Column("Ce qui était cherché", "What was sought")
    searched_by_fr = Column("Qui a cherché", "Who searched")
    party = Column("Partie", "Party", KeyWidget(Party.objects.all(), few=True))
    milestone = Column("Jalon", "Milestone", IdentifiedWidget(Milestone.objects.order_by()))
    period_from = Column("Période, du", "Period, from", DayWidget())
    period_to = Column("Période, au", "Period, to", DayWidget())
    searched_where_en = Column("Où la recherche a porté, en anglais", "Where the search was made, in English")
    sought_en = Column("Ce qui était cherché, en anglais", "What was sought, in English")
    searched_by_en = Column("Qui a cherché, en anglais", "Who searched, in English")

    class Meta:
        model = Search

    def objections(self, instance: Any) -> Iterator[tuple[str, str]]:
        """Yield the objections to what no search may be, and to changing one that is in review."""
        if instance.period_from and instance.period_to and instance.period_to < instance.period_from:
            yield self.broken("search_period_in_order")
        found = self._search(instance)
        is_draft = instance.state == ReviewState.DRAFT
        yield from ((at, message) for code, message, at in found if not is_draft or code in NEVER)

    def _search(self, instance: Any) -> list[evidence.Objection]:
        """Return the objections to proposing the search; its commitment may be waiting for review too."""
        return [found for found in evidence.search_objections(instance) if found.code != "parent"]

    def unproposable(self, instance: Any) -> list[str]:
        """Return the objections of the rules of evidence to proposing the search."""
        return [found.message for found in self._search(instance)]
