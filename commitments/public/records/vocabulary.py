"""What each word of the vocabularies means, for readers. The words themselves are in `commitments.choices`."""

from typing import NamedTuple

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _, ngettext

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


def _beyond_notice() -> str:
    n = settings.TRACKER_DUE_SOON_DAYS
    return ngettext(
        "La prochaine échéance est dans plus de %(n)s jour.", "La prochaine échéance est dans plus de %(n)s jours.", n
    ) % {"n": n}


def _within_notice() -> str:
    n = settings.TRACKER_DUE_SOON_DAYS
    return ngettext(
        "La prochaine échéance est dans %(n)s jour au plus.", "La prochaine échéance est dans %(n)s jours au plus.", n
    ) % {"n": n}


MEANINGS: dict[TextChoices, str | Promise] = {
    Basis.AGREED: _(
        "Un texte commun aux parties contient cet engagement, même s’il est pris par une seule d’entre elles, ou une "
        "source rapporte qu’elles en sont convenues, l’ont décidé ou s’y engagent ensemble. Se dire disposé à agir ne "
        "suffit pas."
    ),
    Basis.ANNOUNCED: _("Une seule partie l’a annoncé ; aucune source au dossier ne dit que les autres s’y engagent."),
    Basis.INTENTION: _(
        "Une source rapporte une volonté, un but ou la disposition à agir, ou les énonce dans ses propres mots ; rien "
        "ne dit que ce soit décidé."
    ),
    Basis.EXPECTED: _(
        "Une source l’annonçait avant la rencontre ; ce n’est pas un engagement, et c’est compté à part."
    ),
    Basis.ENVISAGED: _(
        "Une partie y voit une possibilité. Rien n’est promis : ce n’est pas un engagement, et c’est compté à part."
    ),
    Status.NOT_ASSESSED: _("Aucun jugement n’est en vigueur et aucune recherche n’est au dossier."),
    Status.NO_EVIDENCE: _("Quelqu’un a cherché, un jour et dans des lieux donnés, et n’a rien trouvé."),
    Status.NOT_STARTED: _("Une source établit que rien n’a commencé."),
    Status.LIMITED: _("Au moins une action concrète est rapportée ; l’essentiel reste à faire."),
    Status.SUBSTANTIAL: _("L’essentiel est fait, d’après les actions concrètes rapportées ; une partie reste à faire."),
    Status.COMPLETE: _("Ce qui était promis est fait, d’après les actions concrètes rapportées."),
    Status.ABANDONED: _("Une source établit que l’engagement n’est plus poursuivi."),
    Timeliness.NO_DEADLINE: _("Aucune source au dossier ne donne d’échéance."),
    Timeliness.UPCOMING: lazy(_beyond_notice, str)(),
    Timeliness.DUE_SOON: lazy(_within_notice, str)(),
    Timeliness.OVERDUE: _(
        "Une échéance est passée sans que sa réalisation soit connue. Cela ne change pas l’état d’avancement."
    ),
    Timeliness.MET_ON_TIME: _("Les échéances passées ont été tenues à temps."),
    Timeliness.MET_LATE: _("Les échéances passées ont été tenues, mais au moins une en retard."),
    DuePrecision.DAY: _("L’échéance est un jour précis."),
    DuePrecision.MONTH: _("L’échéance est un mois, ou plusieurs, sans jour précisé."),
    DuePrecision.YEAR: _("L’échéance est une année, ou plusieurs, sans jour précisé."),
    CitationRole.SUPPORTS: _("Le passage appuie ce que dit la fiche."),
    CitationRole.CONTRADICTS: _("Le passage contredit ce que dit la fiche."),
    CitationRole.CONTEXT: _("Le passage éclaire la fiche, sans l’appuyer ni la contredire."),
    EvidenceKind.ANNOUNCEMENT: _(
        "Quelqu’un dit que cela se fera. Une annonce seule ne suffit jamais à établir un progrès."
    ),
    EvidenceKind.CONCRETE_ACTION: _("La source rapporte un fait accompli : une livraison, une signature, un vote."),
    Verification.VERIFIED: _("Les mots cités figurent dans le texte archivé, à un seul endroit."),
    Verification.AMBIGUOUS: _("Les mots cités y figurent plusieurs fois ; rien n’indique de quel endroit il s’agit."),
    Verification.NOT_FOUND: _("Les mots cités n’y figurent pas, ou n’y figurent plus depuis que le texte a changé."),
    Verification.NO_ARCHIVE: _("La source est citée sans que son texte soit au dossier : rien n’a pu être vérifié."),
    DiscrepancyOutcome.OPEN: _("Rien au dossier ne permet de choisir entre des versions qui s’excluent."),
    DiscrepancyOutcome.ADOPTED: _("Une version est retenue plutôt que les autres, et le motif est donné."),
    DiscrepancyOutcome.COMPATIBLE: _(
        "Toutes les versions peuvent être vraies à la fois, et le motif est donné ; aucune n’est retenue contre les "
        "autres."
    ),
    SourceKind.OFFICIAL: _("Un État ou une organisation s’y exprime directement : communiqué, discours, acte publié."),
    SourceKind.AGENCY: _("Une dépêche d’agence, souvent reprise par d’autres médias."),
    SourceKind.PRESS: _(
        "Un journal ou un site d’information, qui relate des faits ou reprend ce que d’autres ont dit."
    ),
    InstrumentKind.JOINT_COMMUNIQUE: _("Un texte publié en commun par les parties à l’issue d’une rencontre."),
    InstrumentKind.AGREEMENT: _("Un texte que les parties ont signé."),
    InstrumentKind.ROADMAP: _("Un texte qui énonce des étapes à suivre."),
    InstrumentKind.DECLARATION: _("Ce qu’une partie a déclaré, tel que des sources le rapportent."),
    InstrumentKind.PRESS_REPORT: _("Ce que la presse rapporte, sans qu’un texte des parties soit au dossier."),
    PartyKind.STATE: _(
        "Un État qui s’engage, qui bénéficie d’un engagement, ou que concerne une attente ou une possibilité envisagée."
    ),
    PartyKind.ORGANISATION: _(
        "Une organisation ou une confédération d’États ; ses membres restent des parties distinctes."
    ),
    UndertakingRole.UNDERTAKES: _(
        "C’est à cette partie de faire ce qui est promis, ou ce qu’une source dit qu’elle entend faire."
    ),
    UndertakingRole.BENEFITS: _("Ce qui est promis doit profiter à cette partie."),
    UndertakingRole.CONCERNED: _("Ce qui est attendu ou envisagé la concerne ; elle ne promet rien."),
    ReviewState.DRAFT: _("En cours d’écriture au bureau ; jamais public."),
    ReviewState.IN_REVIEW: _("Proposé à la relecture ; pas encore public."),
    ReviewState.PUBLISHED: _("Relu et rendu public ; le jour et le nom de la personne qui l’a publié sont indiqués."),
    ReviewState.WITHDRAWN: _("A été public et ne l’est plus ; le jour et le motif du retrait sont indiqués."),
    ReviewState.DECLINED: _("Proposé, et écarté à la relecture ; n’a jamais été public."),
    Visibility.INTERNAL: _("Une note de travail du bureau ; jamais publique."),
    Visibility.PUBLIC: _("Une note que le public lit une fois publiée."),
}


class Word(NamedTuple):
    """A word of a vocabulary as the page about the site explains it."""

    word: TextChoices
    label: str
    meaning: str | Promise


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
