"""The columns of a spreadsheet: their titles in both languages, and widgets that read and write their cells.

A widget raises ValueError, with a message for the user, for a cell that it cannot accept.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, TextChoices
from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language, gettext as _, gettext_lazy, override
from import_export.fields import Field
from import_export.widgets import Widget

from commitments.choices import DuePrecision
from commitments.deadlines import precision_of
from commitments.models import Commitment
from commitments.models.wording import LANGUAGES, both
from commitments.rules.spreadsheets import dates
from commitments.rules.spreadsheets.cells import folded, same
from commitments.rules.text.plain_text import on_lines


class TextWidget(Widget):
    """Text; a number that the spreadsheet made of it becomes text again."""

    advice: str | Promise = ""
    """The template's hint on the cells, beside the field's own help text."""

    def __init__(self, *, strip: bool = True) -> None:
        super().__init__()
        self.strip = strip

    def clean(self, value: object, row: object = None, **kwargs: object) -> str:
        """Return the text of the cell."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(_("oui") if value else _("non"))
        if isinstance(value, date | datetime | time):
            return value.isoformat()
        text = str(value)
        return text.strip() if self.strip else on_lines(text)

    def hint(self) -> str:
        """Return the hint in the language of the page."""
        return str(self.advice)


class DayWidget(TextWidget):
    """A day."""

    read: Callable[[object], object] = staticmethod(dates.read_day)
    advice = gettext_lazy("Une date : 2025-04-03, 3/4/2025 (jour d’abord) ou 3 avril 2025.")

    def clean(self, value: object, row: object = None, **kwargs: object) -> Any:
        """Return what `read` makes of the cell."""
        return self.read(value)

    def render(self, value: object, obj: object = None, **kwargs: object) -> object:
        """Return the day, or the time, itself: a workbook has true ones."""
        return value


class WindowWidget(DayWidget):
    """A day, or a month or a year in the place of a period."""

    read = staticmethod(dates.read_span)
    advice = gettext_lazy("Une date, ou une période : 2025-04 pour tout le mois, 2025 pour toute l’année.")


class TimeWidget(DayWidget):
    """A time of day."""

    read = staticmethod(dates.read_time)
    advice = gettext_lazy("Une heure : 14:30.")


class YesNoWidget(TextWidget):
    """Yes or no; an empty cell means no."""

    WORDS = {
        **dict.fromkeys(("oui", "vrai", "yes", "true", "1", "x"), True),
        **dict.fromkeys(("", "non", "faux", "no", "false", "0"), False),
    }
    advice = gettext_lazy("oui ou non.")

    def clean(self, value: object, row: object = None, **kwargs: object) -> Any:
        """Return whether the cell means yes."""
        if isinstance(value, bool):
            return value
        word = folded("" if value is None else str(value))
        if word not in self.WORDS:
            raise ValueError(_("« %s » : écrivez oui ou non.") % value)
        return self.WORDS[word]

    def render(self, value: object, obj: object = None, **kwargs: object) -> str:
        """Return the word."""
        return _("oui") if value else _("non")


class ChoiceWidget(TextWidget):
    """A word of a vocabulary: its code, or its label in French or English. `former` ones are read, and not offered."""

    def __init__(self, choices: Iterable[TextChoices], *, former: Iterable[TextChoices] = ()) -> None:
        super().__init__()
        self.offered = list(choices)
        self.members = [*self.offered, *former]

    @cached_property
    def words(self) -> dict[str, str]:
        """The code that each word stands for."""
        found: dict[str, str] = {}
        for language in LANGUAGES:
            with override(language):
                found |= {folded(str(member.label)): member.value for member in self.members}
        return found | {folded(member.value): member.value for member in self.members}

    def clean(self, value: object, row: object = None, **kwargs: object) -> str:
        """Return the code."""
        text = super().clean(value)
        if not text:
            return ""
        code = self.words.get(folded(text))
        if code is None:
            message = _("« %(value)s » n’est pas un mot de cette liste : %(words)s.")
            raise ValueError(message % {"value": text, "words": self._labels()})
        return code

    def render(self, value: object, obj: object = None, **kwargs: object) -> str:
        """Return the label, in the language of the page."""
        return next((str(member.label) for member in self.members if member.value == value), "")

    def _labels(self) -> str:
        return ", ".join(str(member.label) for member in self.offered)

    def hint(self) -> str:
        """Return a hint that lists the words."""
        return _("Un de ces mots : %s.") % self._labels()


class KeyWidget(TextWidget):
    """A record on file, by its key; if there are few of them (`few`), by its names too."""

    def __init__(self, rows: QuerySet, *, few: bool = False) -> None:
        super().__init__()
        self.rows, self.few = rows, few
        self.key = rows.model.natural_key_fields[0]
        self.names = [name for name in rows.model.public_fields if name in both("name")]
        self.found: dict[str, Any] = {}

    def prefetch(self, cells: Iterable[object]) -> None:
        """Fetch what these cells name, in one query."""
        if self.few:
            if not self.found:
                self._learn(list(self.rows.all()))
            return
        keys = {super(KeyWidget, self).clean(cell) for cell in cells} - {""}
        rows = self.rows.filter(**{f"{self.key}__in": keys})
        self.found = {folded(getattr(record, self.key)): record for record in rows}

    def clean(self, value: object, row: object = None, **kwargs: object) -> Any:
        """Return the record."""
        text = super().clean(value)
        if not text:
            return None
        record = self.found.get(folded(text))
        if record is None:
            raise ValueError(self._unknown(text))
        return record

    def _learn(self, records: list[Any]) -> None:
        """Remember each word that names exactly one record; keys take precedence over names."""
        named: dict[str, set[Any]] = {}
        for record in records:
            for name in self.names:
                named.setdefault(folded(getattr(record, name)), set()).add(record)
        named.pop("", None)  # an empty name in one language names no record
        self.found = {word: next(iter(those)) for word, those in named.items() if len(those) == 1}
        self.found |= {folded(getattr(record, self.key)): record for record in records}

    def _unknown(self, text: str) -> str:
        near = get_close_matches(folded(text), self.found, n=1)
        name = self.rows.model._meta.verbose_name
        if near and self.few:
            message = _("« %(value)s » n’est au dossier sous aucun nom (%(noun)s). Vouliez-vous dire « %(near)s » ?")
            return message % {"value": text, "noun": name, "near": getattr(self.found[near[0]], self.key)}
        return _("« %(value)s » n’est pas au dossier (%(noun)s).") % {"value": text, "noun": name}

    def render(self, value: object, obj: object = None, **kwargs: object) -> str:
        """Return the key."""
        return "" if value is None else str(getattr(value, self.key))

    def hint(self) -> str:
        """Return a hint on what identifies the record."""
        if not self.few:
            return _("La référence de l’enregistrement.")
        keys = self.rows.order_by(self.key).values_list(self.key, flat=True)[:60]
        return _("Un de ces codes : %s.") % ", ".join(keys)


class IdentifiedWidget(KeyWidget):
    """A record on file that has no name of its own, by its identifier."""

    def prefetch(self, cells: Iterable[object]) -> None:
        """Fetch what these cells name, in one query."""
        keys = {key for cell in cells if (key := as_identifier(TextWidget.clean(self, cell))) is not None}
        self.found = {folded(str(record.uid)): record for record in self.rows.filter(uid__in=keys)}

    def hint(self) -> str:
        """Return a hint on what identifies the record."""
        return _("L’identifiant de l’enregistrement, comme dans son propre tableur.")


def commitments_by_reference() -> KeyWidget:
    """Return the widget of the column that names a commitment."""
    return KeyWidget(Commitment.objects.order_by())


class KeysWidget(KeyWidget):
    """Several records by their keys, separated by commas."""

    def clean(self, value: object, row: object = None, **kwargs: object) -> Any:
        """Return the keys, in order, each once."""
        return tuple(sorted({getattr(KeyWidget.clean(self, part), self.key) for part in self.parts(value)}))

    def parts(self, value: object) -> list[str]:
        """Return the parts of the cell that are not blank."""
        parts = TextWidget.clean(self, value).replace(";", ",").replace("\n", ",").split(",")
        return [part.strip() for part in parts if part.strip()]

    def render(self, value: Any, obj: object = None, **kwargs: object) -> str:
        """Return the keys."""
        return ", ".join(value or ())

    def hint(self) -> str:
        """Return a hint on how several are written."""
        return _("Séparés par des virgules.") + " " + super().hint()


class RolesWidget(KeysWidget):
    """Several parties, each perhaps followed by the one on whose word it has its role, in parentheses."""

    def clean(self, value: object, row: object = None, **kwargs: object) -> Any:
        """Return pairs of keys, in order, each once: of the party, and of the other one or "" for none."""
        return tuple(sorted({self._pair(part) for part in self.parts(value)}))

    def _pair(self, part: str) -> tuple[str, str]:
        name, other = part, ""
        if folded(part) not in self.found and part.endswith(")"):
            name, _parenthesis, other = part[:-1].rpartition("(")
        return tuple(getattr(KeyWidget.clean(self, word), self.key, "") for word in (name, other))  # type: ignore[return-value]

    def render(self, value: Any, obj: object = None, **kwargs: object) -> str:
        """Return the keys, those of others in parentheses."""
        return ", ".join(f"{key} ({other})" if other else key for key, other in value or ())

    def hint(self) -> str:
        """Return a hint on how the other one is written."""
        return _("Entre parenthèses, la partie qui le dit, si c’est une autre.") + " " + super().hint()


def as_identifier(text: str) -> UUID | None:
    """Return the identifier that `text` is; None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


class IdentifierWidget(TextWidget):
    """The identifier that a record was given here."""

    advice = gettext_lazy(
        "Laissez vide pour créer un enregistrement ; ne changez pas celui d’un enregistrement exporté."
    )

    def clean(self, value: object, row: object = None, **kwargs: object) -> Any:
        """Return the identifier; None if the cell is empty."""
        text = super().clean(value)
        key = as_identifier(text)
        if text and key is None:
            raise ValueError(_("« %s » n’est pas un identifiant : laissez la case vide pour créer.") % text)
        return key


class Column(Field):
    """A column: its titles, which are part of the format; its resource names it, and the attribute of its value.

    Files made when it had a `former` title are still read.
    """

    def __init__(
        self, fr: str, en: str, widget: Widget | None = None, *, note: Any = "", former: tuple[str, ...] = ()
    ) -> None:
        super().__init__(widget=widget or TextWidget())
        self.titles = {"fr": fr, "en": en}
        self.known_titles = (fr, en, *former)
        self.note = note

    @property
    def title(self) -> str:
        """The title in the language of the page."""
        return self.titles["en" if (get_language() or "fr").startswith("en") else "fr"]

    def save(self, instance: Any, row: Any, is_m2m: bool = False, **kwargs: object) -> None:
        """Set the value; one that differs in line endings or outer white space only is left as it is on file."""
        value = self.clean(row, **kwargs)
        if not same(value, getattr(instance, self.attribute, None)):
            setattr(instance, self.attribute, value)


class PeriodColumn(Column):
    """The first day of a period; or, with the column of the `first` one, the last.

    In that of the last day, a month or a year also says when the period begins, unless the other column does, and how
    precise it is, unless that one has a day or the column `precision` says it.
    """

    def __init__(self, *args: Any, first: str = "", precision: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.precision = first, precision

    def save(self, instance: Any, row: Any, is_m2m: bool = False, **kwargs: object) -> None:
        """Set the day, and perhaps the first one and the precision too."""
        span = self.clean(row, **kwargs)
        setattr(instance, self.attribute, span and (span.last if self.first else span.first))
        if not self.first:
            instance.begun = span  # for the column of the last day
            return
        if span is None:
            return
        begun = getattr(instance, "begun", None) or span
        if not span.is_day and not begun.is_day:
            setattr(instance, self.first, begun.first)
            setattr(instance, self.precision, precision_of(begun.first, span.last))
        elif not getattr(instance, self.precision):
            setattr(instance, self.precision, DuePrecision.DAY)


class KeepsWhenEmptyColumn(Column):
    """A column of which an empty cell leaves what is on file, or what another column has said."""

    def save(self, instance: Any, row: Any, is_m2m: bool = False, **kwargs: object) -> None:
        """Set the value, if the cell has one."""
        if self.clean(row, **kwargs) != "":
            super().save(instance, row, is_m2m, **kwargs)
