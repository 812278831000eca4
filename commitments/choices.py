"""The vocabularies of the field (codebook, architecture): each word once, with its source. Imports nothing of ours."""

from django.db.models import TextChoices
from django.utils.translation import gettext, gettext_lazy as _, npgettext


class ReviewState(TextChoices):
    """The state of a record between draft and publication.

    It moves forward; only a proposal may go back to draft, or be declined, which ends it.
    """

    DRAFT = "draft", _("Brouillon")
    IN_REVIEW = "in_review", _("En relecture")
    PUBLISHED = "published", _("Publié")
    WITHDRAWN = "withdrawn", _("Retiré")
    DECLINED = "declined", _("Écarté")


OPEN = (ReviewState.DRAFT, ReviewState.IN_REVIEW)
"""The states of what may still be edited: never public, and not declined."""

GONE = (ReviewState.WITHDRAWN, ReviewState.DECLINED)
"""The states of what stays on file but is out of force: it proves nothing, and nothing may be attached to it."""


class PartyKind(TextChoices):
    """A state, or an organisation of states (a confederation has members)."""

    STATE = "state", _("État")
    ORGANISATION = "organisation", _("Organisation d’États")


class UndertakingRole(TextChoices):
    """A party's role in a commitment; in what is recorded without being one, parties are only concerned."""

    UNDERTAKES = "undertakes", _("S’engage")
    BENEFITS = "benefits", _("Bénéficie")
    CONCERNED = "concerned", _("Concernée")

    @classmethod
    def leading(cls) -> list["UndertakingRole"]:
        """Return the roles of the parties that a record is named with: who undertakes; or else whom it concerns."""
        return [cls.UNDERTAKES, cls.CONCERNED]

    def heading(self, n: int, basis: str) -> str:
        """Return the words that stand above `n` parties with this role in a record on `basis`."""
        match self:
            case UndertakingRole.UNDERTAKES if basis == Basis.INTENTION:
                return gettext("À qui l’intention est attribuée")
            case UndertakingRole.UNDERTAKES:
                return npgettext("heading", "S’engage", "S’engagent", n)
            case UndertakingRole.BENEFITS:
                return npgettext("heading", "Bénéficie", "Bénéficient", n)
            case _:
                return npgettext("heading", "Concernée", "Concernées", n)

    def named_on(self, basis: str) -> str:
        """Return the words for this role in a record on `basis`, where a line says what a party does in it."""
        if self == UndertakingRole.UNDERTAKES and basis == Basis.INTENTION:
            return gettext("Intention attribuée")
        return str(self.label)


class InstrumentKind(TextChoices):
    """The form of the text or statement that carries commitments."""

    JOINT_COMMUNIQUE = "joint_communique", _("Communiqué conjoint")
    AGREEMENT = "agreement", _("Accord")
    ROADMAP = "roadmap", _("Feuille de route")
    DECLARATION = "declaration", _("Déclaration")
    PRESS_REPORT = "press_report", _("Compte rendu de presse")


class SourceKind(TextChoices):
    """Who speaks in a source: an official text, a news agency, or the press."""

    OFFICIAL = "official", _("Texte officiel")
    AGENCY = "agency", _("Agence de presse")
    PRESS = "press", _("Article de presse")


class Basis(TextChoices):
    """On what basis the sources state a commitment (codebook, "Basis")."""

    AGREED = "agreed", _("Convenu")
    ANNOUNCED = "announced", _("Annoncé par une partie")
    INTENTION = "intention", _("Déclaré comme intention")
    EXPECTED = "expected", _("Attendu avant la rencontre")
    ENVISAGED = "envisaged", _("Envisagé par une partie")

    @classmethod
    def undertaken(cls) -> list["Basis"]:
        """Return the bases of commitments proper."""
        return [basis for basis in cls if basis.is_undertaken]

    @classmethod
    def not_undertaken(cls) -> list["Basis"]:
        """Return the bases of what is recorded without being a commitment: nobody undertakes it."""
        return [cls.EXPECTED, cls.ENVISAGED]

    @property
    def is_undertaken(self) -> bool:
        """Whether parties undertake what is stated on this basis: whether it is a commitment."""
        return self not in self.not_undertaken()


class CitationRole(TextChoices):
    """What a quoted passage does for the record it is attached to."""

    SUPPORTS = "supports", _("Appuie")
    CONTRADICTS = "contradicts", _("Contredit")
    CONTEXT = "context", _("Contexte")

    @property
    def heading(self) -> str:
        """The words that stand above passages with this role."""
        match self:
            case CitationRole.SUPPORTS:
                return gettext("À l’appui")
            case CitationRole.CONTRADICTS:
                return gettext("À l’encontre")
            case _:
                return str(self.label)


class EvidenceKind(TextChoices):
    """What a passage offers as evidence of implementation."""

    ANNOUNCEMENT = "announcement", _("Annonce")
    CONCRETE_ACTION = "concrete_action", _("Action concrète")


class Verification(TextChoices):
    """The outcome of looking a quotation up in its source's archived text."""

    VERIFIED = "verified", _("Retrouvée mot pour mot dans le texte archivé")
    AMBIGUOUS = "ambiguous", _("Présente à plusieurs endroits du texte archivé")
    NOT_FOUND = "not_found", _("Introuvable dans le texte archivé")
    NO_ARCHIVE = "no_archive", _("Aucun texte archivé pour cette source")


class DuePrecision(TextChoices):
    """How precise a deadline is: a source that says "every year" gives a year, and no day of it."""

    DAY = "day", _("Au jour")
    MONTH = "month", _("Au mois")
    YEAR = "year", _("À l’année")


class Visibility(TextChoices):
    """Who may ever read a follow-up note."""

    INTERNAL = "internal", _("Interne")
    PUBLIC = "public", _("Publique")


class DiscrepancyOutcome(TextChoices):
    """How a question on which sources disagree ends: with one answer, with all of them, or not yet."""

    OPEN = "open", _("Non tranchée, laissée ouverte")
    ADOPTED = "adopted", _("Valeur retenue")
    COMPATIBLE = "compatible", _("Versions compatibles")


class Status(TextChoices):
    """Implementation status (OGP Independent Reporting Mechanism; Canada's French labels).

    "Not assessed" means that nobody has looked; "no evidence available" that somebody did, and when.

    Each word is here in French, and in `locale/en/LC_MESSAGES/django.po` in English. Its mark is in
    `templates/public/_status.html`, its colour in `static/commitments/public.css`. Which one a commitment has, and of
    which day, is found by `querysets/commitments.py` (`with_status`).
    """

    NOT_ASSESSED = "not_assessed", _("Non évalué")
    NO_EVIDENCE = "no_evidence", _("Aucune preuve disponible")
    NOT_STARTED = "not_started", _("Non commencé")
    LIMITED = "limited", _("Progrès limité")
    SUBSTANTIAL = "substantial", _("Progrès important")
    COMPLETE = "complete", _("Réalisé")
    ABANDONED = "abandoned", _("Abandonné")

    @classmethod
    def assessable(cls) -> list["Status"]:
        """Return the statuses that an assessment may give: all but "not assessed"."""
        return [status for status in cls if status is not cls.NOT_ASSESSED]

    @classmethod
    def judged(cls) -> list["Status"]:
        """Return the statuses that are judged, on passages: "no evidence available" follows from a search.

        Only former assessments give that one.
        """
        return [status for status in cls.assessable() if status is not cls.NO_EVIDENCE]

    @classmethod
    def needing_action(cls) -> list["Status"]:
        """Return the statuses that an announcement alone never carries (DESIGN, rule 2)."""
        return [cls.LIMITED, cls.SUBSTANTIAL, cls.COMPLETE]

    @property
    def filled(self) -> int:
        """How much of its mark is filled, in percent: a Harvey ball; a bar of a chart is filled as high."""
        return {"limited": 25, "substantial": 75, "complete": 100}.get(self.value, 0)

    @property
    def g20_score(self) -> int | None:
        """The G20 Research Group's compliance score: +1, 0 or −1; None if the method gives none."""
        scores = {"complete": 1, "limited": 0, "substantial": 0, "not_started": -1, "abandoned": -1}
        return scores.get(self.value)

    @property
    def pam_level(self) -> int | None:
        """The Peace Accords Matrix implementation level, 0 to 3; None if the method gives none."""
        levels = {"not_started": 0, "limited": 1, "substantial": 2, "complete": 3}
        return levels.get(self.value)


class Timeliness(TextChoices):
    """A commitment with regard to its deadlines: computed, never typed, and never mixed with the status.

    `templates/public/_timeliness.html` has its mark, `querysets/follow_up.py` says which one it is.
    """

    NO_DEADLINE = "no_deadline", _("Sans échéance")
    UPCOMING = "upcoming", _("À venir")
    DUE_SOON = "due_soon", _("Échéance proche")
    OVERDUE = "overdue", _("Échéance dépassée")
    MET_ON_TIME = "met_on_time", _("Tenu dans les délais")
    MET_LATE = "met_late", _("Tenu en retard")

    @property
    def filled(self) -> int:
        """How high a bar of a chart is filled, in percent, so that it is read without colour."""
        return {"due_soon": 50, "overdue": 100, "met_late": 25}.get(self.value, 0)
