"""Taking an article in at the desk: what a pasted text or a chosen file states fills the blanks of a new source.

What was typed is never overwritten. Without script the button “Lire le texte” shows the form again, filled; with
script the same reading comes from `read_view`, and the page fills its own blanks (static/commitments/desk/intake.js).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR, InlineModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin.base import Context, Pages
from commitments.admin.review.reviewed import Button, ReviewedAdmin
from commitments.admin.unsaved.concurrency import DeskForm, sent_again
from commitments.admin.wording import label_of
from commitments.models import Record, Reviewed, Source
from commitments.rules.sourcing import intake
from commitments.rules.text import documents, plain_text

if TYPE_CHECKING:
    from django.db.models import Field

STATED = ("title", "publisher", "author", "url", "published_on", "published_time")
"""The fields that a text or a page may state, in the order in which they are listed."""


class Filled(NamedTuple):
    """A blank field to fill: its name and label, the value as the form writes it, the words it was read from."""

    name: str
    label: str
    value: str
    words: str


class Intake:
    """The text submitted by a form, typed or uploaded, with what was found in it."""

    def __init__(self, typed: Mapping[str, str], files: Mapping[str, Any]) -> None:
        self.typed = typed
        self.refusals: dict[str, ValidationError] = {}
        """Why the typed text, or the file, is refused, by field."""
        self.document: documents.Document | None = None
        self.text = plain_text.on_lines(typed.get("text", ""))
        self.is_typed = bool(self.text.strip())
        if self.is_typed:
            self._try("text", documents.check_text, self.text)
        if files.get("upload"):
            self._try("upload", self._read, files["upload"])
        if self.document is not None and self.is_of_file:
            self.text = self.document.text
        self.twins = [] if "text" in self.refusals else intake.twins(self.text)
        """The sources on file with this text, or nearly. Slow, so it runs before the save opens its transaction."""

    def _try(self, field: str, take: Callable[[Any], object], what: object) -> None:
        try:
            take(what)
        except ValidationError as refusal:
            self.refusals[field] = refusal

    def _read(self, upload: Any) -> None:
        documents.check_size(upload.size)
        self.document = documents.read(upload.read(), upload.name)

    @cached_property
    def is_of_file(self) -> bool:
        """Whether the text is the file's: none was typed, or it is that text with a browser's line endings."""
        if self.document is None:
            return False
        return not self.is_typed or _unbroken(self.text) == _unbroken(self.document.text)

    def look_again(self) -> None:
        """Add the duplicates that somebody else saved after the search."""
        self.twins = intake.newcomers(self.text, known=self.twins) + self.twins

    @cached_property
    def filled(self) -> list[Filled]:
        """The blanks of the form that the text fills; what was typed stays."""
        if "text" in self.refusals or not self.text.strip():
            return []
        if self.document is not None and self.is_of_file:
            stated = intake.stated(self.document)
        else:
            stated = intake.stated(documents.Document("", self.text))
        if self._is_typed("published_on"):
            stated.pop("published_time", None)  # the time belongs to another day
        return [
            Filled(
                name,
                label_of(cast("Field", Source._meta.get_field(name))),
                formats.localize_input(stated[name].value),
                Truncator(stated[name].words).chars(160),
            )
            for name in STATED
            if name in stated and not self._is_typed(name)
        ]

    def _is_typed(self, name: str) -> bool:
        return bool(self.typed.get(name, "").strip())

    @property
    def blanks(self) -> dict[str, str]:
        """The value for each blank field, the text and the file name included."""
        found = {filled.name: filled.value for filled in self.filled}
        if self.document is not None and self.is_of_file:
            found["text"] = self.document.text
            if not self._is_typed("file_name"):
                found["file_name"] = self.document.name
        return found

    @cached_property
    def report(self) -> SafeString:
        """What was read, proposed and found on file, in words, as a fragment of the page."""
        return render_to_string("admin/commitments/intake_report.html", {"intake": self, "twins": self.links})

    @property
    def links(self) -> list[tuple[intake.Twin, str]]:
        """The twins, each with the address of its page at the desk."""
        return [(twin, reverse("admin:commitments_source_change", args=[twin.pk])) for twin in self.twins]

    @property
    def has_same(self) -> bool:
        """Whether an identical text is on file."""
        return any(twin.is_same for twin in self.twins)


def _unbroken(text: str) -> str:
    return plain_text.on_lines(text).strip("\n")


class IntakeForm(DeskForm):
    """A new source: its text may come from a file, and is not put on file twice unless that is meant."""

    intake: Intake | None = None
    """What the request submits, read by the admin before the save begins."""

    upload = forms.FileField(
        label=gettext_lazy("Ou un fichier"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(documents.READERS)}),
        help_text=gettext_lazy(
            "Texte (.txt), page web enregistrée (.html), Word (.docx) ou PDF avec du texte, de 10 Mo au plus."
        ),
    )
    keep_twin = forms.BooleanField(label=gettext_lazy("L’enregistrer quand même"), required=False)

    def full_clean(self) -> None:
        """Validate; if somebody else took the reference in the meantime, suggest the next one."""
        super().full_clean()
        if self.is_bound and self.has_error("reference", "unique"):
            self.add_error("reference", _("La prochaine libre est %s.") % intake.next_reference())

    def clean(self) -> dict[str, object]:
        """Use the file's text if none was typed, and refuse a text that is on file already."""
        cleaned = super().clean() or self.cleaned_data
        taken = self.intake
        if taken is None:
            return cleaned
        for name, refusal in taken.refusals.items():
            if not self.has_error(name) and (name == "text" or not taken.is_typed):
                self.add_error(name, refusal)
        if taken.document is not None:
            self._take(taken.document, cleaned, whole=taken.is_of_file)
        if not taken.text.strip() and not self.errors and (needs := self._needs(cleaned)):
            self.add_error("text", needs)
        taken.look_again()
        if taken.has_same and not cleaned.get("keep_twin") and not self.has_error("text"):
            self.add_error("text", _refused_twin(taken.links))
        return cleaned

    def _needs(self, cleaned: dict[str, object]) -> str:
        """Return why a source without text cannot be saved as asked; "" if it can."""
        if "_quote" in self.data:
            return _("Collez le texte de l’article ou choisissez un fichier : sans texte, il n’y a rien à citer.")
        if not any(cleaned.get(name) for name in STATED):
            return _("Collez un texte ou choisissez un fichier ; sans texte, dites au moins le titre ou l’adresse.")
        return ""

    def _take(self, document: documents.Document, cleaned: dict[str, object], *, whole: bool) -> None:
        """Copy the file's name and text into the form. A refused form shows both: browsers never resend a file."""
        taken = {"text": document.text} if whole else {}
        if not cleaned.get("file_name"):
            taken["file_name"] = document.name
        cleaned.update(taken)
        self.data = sent_again(self.data, {self.add_prefix(name): [value] for name, value in taken.items()})


def _refused_twin(links: list[tuple[intake.Twin, str]]) -> SafeString:
    """Return why the same text is not put on file again, with a link to where it is."""
    twin, address = links[0]
    return format_html(
        '{} <a href="{}" target="_blank" rel="noopener">{}</a>. {}',
        _("Ce texte est déjà au dossier :"),
        address,
        twin.name,
        _("Pour l’y mettre une seconde fois, cochez « L’enregistrer quand même »."),
    )


class IntakeAdmin(ReviewedAdmin):
    """The page where a source is added: the text first, what it states after it."""

    add_form_template = "admin/commitments/source_add.html"
    intake_form: type[IntakeForm]
    pages: Pages = [("read/", "read_view", "read")]

    def read_view(self, request: HttpRequest) -> HttpResponse:
        """Return, as JSON, what fills the blanks of the form posted, and the report as a fragment. Keeps nothing."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        taken = Intake(request.POST, request.FILES)
        return JsonResponse({"fields": taken.blanks, "report": taken.report})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save the form; a new source is read and compared first, before the save opens its transaction."""
        if object_id is None and request.method == "POST" and self.has_add_permission(request):
            request.intake = Intake(request.POST, request.FILES)  # type: ignore[attr-defined]
            if "_read" in request.POST:
                request.method = "GET"  # The form is shown, not saved: it starts from what was typed.
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        """Return the initial values: the next reference; after a text was read, what was typed and what it fills in."""
        taken = getattr(request, "intake", None)
        if taken is not None:
            return request.POST.dict() | taken.blanks
        return {"reference": intake.next_reference()} | super().get_changeform_initial_data(request)

    def get_form(self, request: HttpRequest, obj: Record | None = None, change: bool = False, **kwargs: object) -> Any:
        """Return the form class: that of a new source is given the submitted text and file."""
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        form = super().get_form(request, obj, change=change, **{"form": self.intake_form} | kwargs)
        form.intake = getattr(request, "intake", None)
        return form

    def get_inlines(self, request: HttpRequest, obj: Record | None) -> list[type[InlineModelAdmin]]:
        """Return the rows below the form: a new source has no quotations yet."""
        return super().get_inlines(request, obj) if obj is not None else []

    def render_change_form(self, request: HttpRequest, context: Context, *args: object, **kwargs: Any) -> HttpResponse:
        """Show the form, with the maximum size of a file for the page's script."""
        context["most_bytes"] = documents.MOST_BYTES
        return super().render_change_form(request, context, *args, **kwargs)

    def buttons(self, request: HttpRequest, record: Reviewed | None) -> list[Button]:
        """Return the buttons of the acts; quoting comes first after an article is taken in."""
        found = super().buttons(request, record)
        if record is None:
            found.insert(0, Button("_quote", _("Enregistrer et citer")))
        return found

    def after_save(self, request: HttpRequest, form: Any, *, change: bool) -> None:
        """Name, with links, the sources whose text a new one shares."""
        super().after_save(request, form, change=change)
        twins = form.intake.links if not change and form.intake is not None else []
        if twins:
            rows = [(address, twin.name, twin.percent) for twin, address in twins]
            text = _("Ce texte est aussi, en tout ou en partie, dans :")
            self.warn_of(request, text, '<a href="{}">{}</a> ({} %)', rows)

    def response_add(self, request: HttpRequest, obj: Record, post_url_continue: str | None = None) -> HttpResponse:
        """Go on to quoting if that was asked."""
        if "_quote" not in request.POST or IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        self.message_user(request, _("Archivé : %s.") % obj, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:commitments_source_quote", args=[obj.pk]))
