"""The spreadsheet of each noun that has one: their columns, and the rules that rows of each meet."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.admin.spreadsheets.archived import Texts
from commitments.admin.spreadsheets.columns import (
    ChoiceWidget,
    Column,
    DayWidget,
    IdentifierWidget,
    KeepsWhenEmptyColumn,
    KeyWidget,
    PeriodColumn,
    RolesWidget,
    TextWidget,
    TimeWidget,
    WindowWidget,
    YesNoWidget,
    commitments_by_reference,
)
from commitments.admin.spreadsheets.judgements import AssessmentResource, SearchResource
from commitments.admin.spreadsheets.resources import DeskResource
from commitments.choices import Basis, DuePrecision, SourceKind, UndertakingRole, Visibility
from commitments.models import (
    NOTED,
    Commitment,
    FollowUpNote,
    Instrument,
    Meeting,
    Milestone,
    Party,
    Sector,
    Source,
    Undertaking,
)
from commitments.rules.judging import evidence
from commitments.rules.text import web_address
from commitments.rules.time import precision, schedule

ROLES = {
    "undertaking": UndertakingRole.UNDERTAKES,
    "benefiting": UndertakingRole.BENEFITS,
    "concerned": UndertakingRole.CONCERNED,
}


def parties() -> RolesWidget:
    """Return the widget of a column that names parties in one role."""
    return RolesWidget(Party.objects.all(), few=True)


class CommitmentResource(DeskResource):
    """Commitments, with the parties' roles."""

    reference = Column("Référence", "Reference")
    title_fr = Column("Titre", "Title")
    statement_fr = Column("Énoncé", "Statement")
    criterion_fr = Column("Ce qui vaudrait réalisation", "What would count as completion")
    undertaking = Column("S’engagent", "Undertake", parties())
    benefiting = Column("Bénéficient", "Benefit", parties())
    concerned = Column("Concernées", "Concerned", parties())
    instrument = Column("Instrument", "Instrument", KeyWidget(Instrument.objects.all(), few=True))
    basis = Column("Fondement", "Basis", ChoiceWidget(Basis))
    made_on = Column("Exprimé le", "Stated on", DayWidget(), former=("Pris le", "Made on"))
    sector = Column("Secteur", "Sector", KeyWidget(Sector.objects.all(), few=True))
    recurrence = Column("Récurrence", "Recurrence")
    recurrence_start = Column("Fin de la première période", "End of the first period", DayWidget())
    recurrence_reading_fr = Column("Pourquoi la récurrence est lue ainsi", "Why the recurrence is read this way")
    title_en = Column("Titre en anglais", "Title in English")
    statement_en = Column("Énoncé en anglais", "Statement in English")
    criterion_en = Column("Ce qui vaudrait réalisation, en anglais", "What would count as completion, in English")
    recurrence_reading_en = Column(
        "Pourquoi la récurrence est lue ainsi, en anglais", "Why the recurrence is read this way, in English"
    )

    prefetched = ("undertakings__party", "undertakings__according_to")

    class Meta:
        model = Commitment

    def dress(self, instance: Any) -> None:
        """Set the codes of the parties in each role, each with that of the one that says so, or ""."""
        held = list(instance.undertakings.all()) if instance.pk else []
        for name, role in ROLES.items():
            pairs = [(row.party.code, getattr(row.according_to, "code", "")) for row in held if row.role == role]
            setattr(instance, name, tuple(sorted(pairs)))

    def objections(self, instance: Any) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the parties' roles, and with the recurrence."""
        roles = [role for name, role in ROLES.items() if getattr(instance, name)]
        yield from ((found.field, found.message) for found in evidence.role_objections(instance.basis, roles))
        for name in ROLES:
            if any(code == other for code, other in getattr(instance, name)):
                yield name, self.broken("undertaking_according_to_another", Undertaking)[1]
            if len(dict(getattr(instance, name))) < len(getattr(instance, name)):
                yield name, _("Une partie y figure deux fois.")
        if bool(instance.recurrence) != bool(instance.recurrence_start):
            yield self.broken("commitment_recurrence_has_start")
        elif instance.recurrence:
            try:
                schedule.parse_recurrence(instance.recurrence, instance.recurrence_start)
            except ValidationError as error:
                yield "recurrence", error.messages[0]
        reading = instance.recurrence_reading_fr
        if (reading or instance.recurrence_reading_en) and not (reading and instance.recurrence):
            yield self.broken("commitment_reading_has_recurrence")

    def save_related(self, instance: Any) -> None:
        """Add and remove the parties' roles."""
        by_code = {party.code: party for name in ROLES for party in self.fields[name].widget.found.values()}
        held = {(row.role, row.party.code): row for row in instance.undertakings.all()} if instance.said else {}
        wanted = {(role.value, code): other for name, role in ROLES.items() for code, other in getattr(instance, name)}
        for place in sorted(held.keys() - wanted.keys()):
            self.sign(held[place])
            held[place].delete()
        for (role, code), other in sorted(wanted.items(), reverse=True):
            undertaking = held.get((role, code)) or Undertaking(commitment=instance, party=by_code[code], role=role)
            according_to = by_code[other] if other else None
            if undertaking.pk is None or undertaking.according_to != according_to:
                undertaking.according_to = according_to
                self.sign(undertaking)
                undertaking.save()


class MilestoneResource(DeskResource):
    """Milestones."""

    uid = Column("Identifiant", "Identifier", IdentifierWidget())
    commitment = Column("Engagement", "Commitment", commitments_by_reference())
    title_fr = Column("Intitulé", "Title")
    due_from = PeriodColumn("À partir du", "From", WindowWidget())
    due_on = PeriodColumn("Au plus tard le", "Due on", WindowWidget(), first="due_from", precision="due_precision")
    due_precision = KeepsWhenEmptyColumn(
        "Précision de l’échéance", "Precision of the deadline", ChoiceWidget(DuePrecision)
    )
    reading_fr = Column("Pourquoi l’échéance est lue ainsi", "Why the deadline is read this way")
    place_fr = Column("Lieu", "Place")
    met_on = Column("Réalisé le", "Met on", DayWidget())
    title_en = Column("Intitulé en anglais", "Title in English")
    reading_en = Column(
        "Pourquoi l’échéance est lue ainsi, en anglais", "Why the deadline is read this way, in English"
    )
    place_en = Column("Lieu en anglais", "Place in English")

    class Meta:
        model = Milestone

    def objections(self, instance: Any) -> Iterator[tuple[str, str]]:
        """Yield the objections to a deadline that is none, or is cut or unread; to a step met without a passage."""
        if instance.due_from and (instance.due_on is None or instance.due_on < instance.due_from):
            yield self.broken("milestone_due_after_start")
        if (instance.reading_fr or instance.reading_en) and not (instance.reading_fr and instance.due_on):
            yield self.broken("milestone_reading_has_deadline")
        yield from precision.objections(instance)
        if instance.met_on is None or instance.said.get("met_on") == instance.met_on:
            return
        if instance.pk is None:
            yield "met_on", _("Un jalon réalisé cite la source qui le rapporte : créez-le d’abord, citez à sa page.")
            return
        for found in evidence.objections(instance):
            if found.field == "met_on":
                yield found.field, found.message


class SourceResource(DeskResource):
    """Sources."""

    reference = Column("Référence", "Reference")
    kind = Column("Nature", "Kind", ChoiceWidget(SourceKind))
    title = Column("Titre", "Title")
    publisher = Column("Éditeur", "Publisher")
    author = Column("Auteur", "Author")
    url = Column("Adresse", "Address")
    language = Column("Langue", "Language")
    published_on = Column("Date de parution", "Published on", DayWidget())
    published_time = Column("Heure de parution", "Time of publication", TimeWidget())
    published_on_reading_fr = Column("Comment le jour se déduit du texte", "How the day is deduced")
    published_on_reading_en = Column(
        "Comment le jour se déduit du texte, en anglais", "How the day is deduced, in English"
    )
    file_name = Column("Fichier d’origine", "Original file")
    text = Column("Texte archivé", "Archived text", TextWidget(strip=False))
    text_is_public = Column("Texte intégral public", "Full text public", YesNoWidget())

    remarked = ("citations",)

    class Meta:
        model = Source

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.texts = Texts()

    def remarks(self, instance: Any, number: int) -> list[list[Any]]:
        """Return the citations that a new text would lose, and where the same text is."""
        if all(column.attribute != "text" for column, _old, _new in instance.changed):
            return []
        return [[self.title_of("text"), *remark] for remark in self.texts.remarks(instance, number)]

    def objections(self, instance: Any) -> Iterator[tuple[str, str]]:
        """Yield the objections to a time or a reading without a day, and to an invalid web address."""
        if instance.published_time and not instance.published_on:
            yield self.broken("source_time_has_day")
        reading = instance.published_on_reading_fr
        if (reading or instance.published_on_reading_en) and not (reading and instance.published_on):
            yield self.broken("source_reading_has_day")
        if instance.url:
            try:
                web_address.check(instance.url)
            except ValidationError as error:
                yield "url", error.messages[0]


class FollowUpNoteResource(DeskResource):
    """Follow-up notes."""

    uid = Column("Identifiant", "Identifier", IdentifierWidget())
    commitment = Column("Engagement", "Commitment", commitments_by_reference())
    instrument = Column("Instrument", "Instrument", KeyWidget(Instrument.objects.all(), few=True))
    meeting = Column("Rencontre", "Meeting", KeyWidget(Meeting.objects.all(), few=True))
    visibility = Column("Visibilité", "Visibility", ChoiceWidget(Visibility))
    dated = Column("En date du", "Dated", DayWidget())
    body_fr = Column("Note", "Note")
    body_en = Column("Note en anglais", "Note in English")

    class Meta:
        model = FollowUpNote

    def objections(self, instance: Any) -> Iterator[tuple[str, str]]:
        """Yield the objection to a note on nothing, or on several records."""
        if sum(getattr(instance, f"{name}_id") is not None for name in NOTED) != 1:
            yield self.broken("followupnote_one_target")

    def unproposable(self, instance: Any) -> list[str]:
        """Return the objections to proposing the note; what it is on may still be waiting for review itself."""
        return [objection.message for objection in evidence.objections(instance) if objection.code != "parent"]


RESOURCES: dict[str, type[DeskResource]] = {
    resource._meta.model._meta.model_name: resource
    for resource in (
        CommitmentResource,
        AssessmentResource,
        SearchResource,
        MilestoneResource,
        SourceResource,
        FollowUpNoteResource,
    )
}
"""The spreadsheet of each noun that has one."""
