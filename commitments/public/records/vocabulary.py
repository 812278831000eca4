"""What each word of the vocabularies means, for readers. The words themselves are in `commitments.choices`."""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.choices import (
    Basis,
    CitationRole,
    DiscrepancyOutcome,
    DuePrecision,
    EvidenceKind,
    InstrumentKind,
    PartyKind,
    ReviewState,
    SourceKind,
    Status,
    Timeliness,
    UndertakingRole,
    Verification,
    Visibility,
)

MEANINGS: dict[TextChoices, Promise] = {
    Basis.AGREED: _(
        "Un texte commun aux parties contient cet engagement, fût-il d’une seule d’entre elles, ou une source rapporte "
        "qu’elles en sont convenues, l’ont décidé ou s’y engagent ensemble. Une simple disponibilité n’y suffit pas."
    ),
    Basis.ANNOUNCED: _("Une seule partie l’a annoncé ; aucune source au dossier ne dit que les autres s’y engagent."),
    Basis.INTENTION: _(
        "Une source rapporte une volonté, un but ou une disponibilité, ou les énonce dans ses propres mots ; rien ne "
        "dit que ce soit décidé."
    ),
    Basis.EXPECTED: _("Une source le disait attendu avant la rencontre. Ce n’est pas un engagement : compté à part."),
    Basis.ENVISAGED: _("Une partie y voit une possibilité ; rien n’est promis, et c’est compté à part."),
    Status.NOT_ASSESSED: _("Aucun jugement n’est en vigueur et aucune recherche n’est au dossier."),
    Status.NO_EVIDENCE: _("Quelqu’un a cherché, un jour et dans des lieux donnés, et n’a rien trouvé."),
    Status.NOT_STARTED: _("Une source établit que rien n’a commencé."),
    Status.LIMITED: _("Au moins une action concrète est rapportée ; l’essentiel reste à faire."),
    Status.SUBSTANTIAL: _("L’essentiel est fait, d’après des actions concrètes rapportées ; il en reste une part."),
    Status.COMPLETE: _("Ce qui était promis est fait, d’après des actions concrètes rapportées."),
    Status.ABANDONED: _("Une source établit que l’engagement n’est plus poursuivi."),
    Timeliness.NO_DEADLINE: _("Aucune source au dossier ne donne d’échéance."),
    Timeliness.UPCOMING: _("La prochaine échéance est encore loin."),
    Timeliness.DUE_SOON: _("La prochaine échéance tombe bientôt."),
    Timeliness.OVERDUE: _("Une échéance est passée sans que sa réalisation soit connue. Cela ne change pas l’état."),
    Timeliness.MET_ON_TIME: _("Les échéances passées ont été tenues à temps."),
    Timeliness.MET_LATE: _("Les échéances passées ont été tenues, l’une au moins en retard."),
    DuePrecision.DAY: _("L’échéance nomme un jour."),
    DuePrecision.MONTH: _("L’échéance est un mois, ou plusieurs, sans jour précisé."),
    DuePrecision.YEAR: _("L’échéance est une année, ou plusieurs, sans jour précisé."),
    CitationRole.SUPPORTS: _("Le passage appuie ce que l’enregistrement dit."),
    CitationRole.CONTRADICTS: _("Le passage va contre ce que l’enregistrement dit."),
    CitationRole.CONTEXT: _("Le passage aide à comprendre, sans appuyer ni contredire."),
    EvidenceKind.ANNOUNCEMENT: _("Quelqu’un dit que cela se fera. Une annonce seule ne vaut jamais progrès."),
    EvidenceKind.CONCRETE_ACTION: _("La source rapporte un fait accompli : une livraison, une signature, un vote."),
    Verification.VERIFIED: _("Les mots cités figurent dans le texte archivé, à une place et une seule."),
    Verification.AMBIGUOUS: _("Les mots cités y figurent plusieurs fois ; rien ne dit de quelle place il s’agit."),
    Verification.NOT_FOUND: _("Les mots cités n’y figurent pas, ou n’y figurent plus depuis que le texte a changé."),
    Verification.NO_ARCHIVE: _("La source est citée sans que son texte soit au dossier : rien n’a pu être vérifié."),
    DiscrepancyOutcome.OPEN: _("Rien au dossier ne permet de choisir entre des versions qui s’excluent."),
    DiscrepancyOutcome.ADOPTED: _("Une version l’emporte sur les autres, pour un motif écrit."),
    DiscrepancyOutcome.COMPATIBLE: _(
        "Toutes les versions peuvent être vraies à la fois, pour un motif écrit ; aucune n’est retenue."
    ),
    SourceKind.OFFICIAL: _("Un État ou une organisation s’y exprime lui-même : communiqué, discours, acte publié."),
    SourceKind.AGENCY: _("Une dépêche que son agence destine à d’autres, qui la reprennent souvent."),
    SourceKind.PRESS: _("Un journal ou un site d’information, qui relate ou reprend ce que d’autres ont dit."),
    InstrumentKind.JOINT_COMMUNIQUE: _("Un texte publié en commun par les parties à l’issue d’une rencontre."),
    InstrumentKind.AGREEMENT: _("Un texte que les parties ont signé."),
    InstrumentKind.ROADMAP: _("Un texte qui énonce des étapes à suivre."),
    InstrumentKind.DECLARATION: _("Ce qu’une partie a déclaré, tel que des sources le rapportent."),
    InstrumentKind.PRESS_REPORT: _("Ce que la presse rapporte, sans qu’un texte des parties soit au dossier."),
    PartyKind.STATE: _(
        "Un État qui s’engage, à qui l’engagement profite, ou que l’attente ou la possibilité concerne."
    ),
    PartyKind.ORGANISATION: _(
        "Une organisation ou une confédération d’États ; ses membres restent des parties distinctes."
    ),
    UndertakingRole.UNDERTAKES: _(
        "C’est à cette partie de faire ce qui est promis, ou ce dont on rapporte l’intention."
    ),
    UndertakingRole.BENEFITS: _("Ce qui est promis doit profiter à cette partie."),
    UndertakingRole.CONCERNED: _("Ce qui est attendu ou envisagé porte sur elle ; elle n’y promet rien."),
    ReviewState.DRAFT: _("En cours d’écriture au bureau ; jamais public."),
    ReviewState.IN_REVIEW: _("Proposé à la relecture ; pas encore public."),
    ReviewState.PUBLISHED: _("Relu et rendu public, avec le jour et le nom de qui l’a publié."),
    ReviewState.WITHDRAWN: _("A été public ; ne l’est plus, avec le jour et le motif du retrait."),
    ReviewState.DECLINED: _("Proposé, et écarté à la relecture ; n’a jamais été public."),
    Visibility.INTERNAL: _("Une note de travail du bureau ; jamais publique."),
    Visibility.PUBLIC: _("Une note que le public lit une fois publiée."),
}


class Word(NamedTuple):
    """A word of a vocabulary as the page about the site explains it."""

    word: TextChoices
    label: str
    meaning: Promise


def words(vocabulary: type[TextChoices]) -> list[Word]:
    """Return each word of `vocabulary` with its label and meaning. Raises KeyError for a word without a meaning."""
    return [Word(word, word.label, MEANINGS[word]) for word in vocabulary]


def glossary() -> dict[str, list[Word]]:
    """Return every vocabulary, by its name in the template."""
    return {
        "bases": words(Basis),
        "instrument_kinds": words(InstrumentKind),
        "party_kinds": words(PartyKind),
        "undertaking_roles": words(UndertakingRole),
        "statuses": words(Status),
        "timelinesses": words(Timeliness),
        "precisions": words(DuePrecision),
        "source_kinds": words(SourceKind),
        "roles": words(CitationRole),
        "evidence_kinds": words(EvidenceKind),
        "verifications": words(Verification),
        "outcomes": words(DiscrepancyOutcome),
        "review_states": words(ReviewState),
        "visibilities": words(Visibility),
    }
