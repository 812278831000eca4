"""The pages of spreadsheets on a noun's list: import, its report, the template, the export."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst, slugify
from django.utils.translation import get_language, gettext as _, override

from commitments.admin.base import Context, Pages
from commitments.admin.permissions import account_of
from commitments.admin.spreadsheets import importing
from commitments.admin.spreadsheets.forms import ConfirmForm, FileForm
from commitments.admin.spreadsheets.nouns import RESOURCES
from commitments.admin.spreadsheets.resources import DeskResource
from commitments.admin.unsaved import unsaved_form
from commitments.models import Record, SpreadsheetImport, SpreadsheetRow
from commitments.rules.spreadsheets import writing
from commitments.rules.spreadsheets.parsing import Cell, Unreadable
from commitments.typography import language

ROWS_PER_PAGE = 100
REMARKED = "remarked"
"""The value in the report's URL that shows only the rows with remarks."""

STEPS = "<!--steps-->"
"""The place where the page of progress is cut in two."""

logger = logging.getLogger(__name__)


class SpreadsheetAdmin:
    """Gives a noun's list its two buttons and the pages behind them; listed before `ReviewedAdmin` in the bases."""

    model: type[Record]
    opts: Any
    admin_site: Any

    # Addresses

    pages: Pages = [
        ("import/", "import_view", "import"),
        ("import/template.<slug:form>", "template_view", "import_template"),
        ("import/<uuid:uid>/", "report_view", "import_report"),
        # Named as a list, so that its rows carry what the list's filters ask of.
        ("export/", "export_view", "export_changelist"),
        ("export/<slug:form>/", "export_file_view", "export_file_changelist"),
    ]

    def _sheet_address(self, name: str, *args: object, query: Mapping[str, Any] | None = None) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args, query=query)

    # Permissions

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whether this user may create or change records of this kind."""
        return self.has_add_permission(request) or self.has_change_permission(request)  # type: ignore[attr-defined]

    def changelist_view(self, request: HttpRequest, extra_context: Context | None = None) -> HttpResponse:
        """Show the list with the buttons of its spreadsheets."""
        context = {
            "import_url": self._sheet_address("import") if self.has_import_permission(request) else "",
            "export_url": self._sheet_address("export_changelist", query=request.GET),
        }
        return super().changelist_view(request, context | (extra_context or {}))  # type: ignore[misc]

    def _sheet_page(self, request: HttpRequest, template: str, title: str, **context: object) -> TemplateResponse:
        shared = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/commitments/spreadsheets/{template}.html", shared | context)

    # Import

    def import_view(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for a file; check the one that is uploaded, reporting progress."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
        if form.is_bound and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                upload = importing.receive(
                    file.read(), noun=self.opts.model_name, file_name=file.name, by=account_of(request)
                )
            except Unreadable as error:
                form.add_error("file", str(error))
            else:
                return self._check(request, upload)
        title = _("Importer : %s") % self.opts.verbose_name_plural
        resource = self._resource()
        columns = [(column.title, resource.describe(column)) for column in resource.columns]
        return self._sheet_page(request, "import", title, form=form, columns=columns)

    def _resource(self) -> DeskResource:
        return RESOURCES[self.opts.model_name]()

    def _upload(self, request: HttpRequest, uid: UUID) -> SpreadsheetImport:
        """Return the file asked for: its sender's, or any for those who publish this noun."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        uploads = SpreadsheetImport.objects.select_related("uploaded_by", "applied_by").defer("content")
        uploads = uploads.annotate(content_is_kept=Q(content__isnull=False))
        upload = get_object_or_404(uploads, uid=uid, noun=self.opts.model_name)
        if upload.uploaded_by_id != request.user.pk and not self.has_publish_permission(request):  # type: ignore[attr-defined]
            raise Http404
        return upload

    @unsaved_form.shows_again(lambda typed, by: ConfirmForm())
    def report_view(self, request: HttpRequest, uid: UUID) -> HttpResponseBase:
        """Show what a file would do; on POST check it again, or import it."""
        upload = self._upload(request, uid)
        form = ConfirmForm(request.POST or None)
        if request.method == "POST" and not unsaved_form.asks_again(request):
            if "_check" in request.POST and upload.applied_at is None:
                return self._check(request, SpreadsheetImport.objects.get(pk=upload.pk))
            if "_import" in request.POST and form.is_valid():
                return self._apply(request, upload, propose=form.cleaned_data["fate"] == "propose")
            if "_import" not in request.POST:
                return HttpResponseRedirect(request.path)
        outcomes = SpreadsheetRow.Outcome
        shown = request.GET.get("show", "")
        rows = upload.rows.order_by("outcome", "number")
        remarked = upload.rows.exclude(outcome=outcomes.REFUSED).exclude(said=[])
        if shown == REMARKED:
            rows = remarked.order_by("outcome", "number")
        elif shown in outcomes.values:
            rows = rows.filter(outcome=shown)
        else:
            shown = ""
        pages = Paginator(rows, ROWS_PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        counts = {outcomes.REFUSED: upload.refused, outcomes.CREATED: upload.created, outcomes.CHANGED: upload.changed}
        return self._sheet_page(
            request,
            "report",
            _("Compte rendu : %s") % upload.file_name,
            upload=upload,
            form=form,
            page=page,
            page_range=pages.get_elided_page_range(page.number),
            counts=[(outcome, outcome.label, count) for outcome, count in counts.items()],
            shown=shown,
            remarked=remarked.count(),
            twin=self._twin(upload),
            unproposable=upload.rows.exclude(unproposable=[])[:20] if upload.unproposable else [],
            is_ready=bool(
                upload.checked_at
                and not upload.applied_at
                and not upload.fault
                and not upload.refused
                and (upload.created or upload.changed)
            ),
        )

    def _twin(self, upload: SpreadsheetImport) -> SpreadsheetImport | None:
        """Return an earlier import of the very same file, if there was one."""
        same = SpreadsheetImport.objects.filter(noun=upload.noun, sha256=upload.sha256, applied_at__isnull=False)
        return same.exclude(pk=upload.pk).select_related("applied_by").defer("content").first()

    def _check(self, request: HttpRequest, upload: SpreadsheetImport) -> StreamingHttpResponse:
        title = _("Vérification : %s") % upload.file_name
        return self._told(request, upload, title=title, steps=lambda: importing.check(upload))

    def _apply(self, request: HttpRequest, upload: SpreadsheetImport, *, propose: bool) -> StreamingHttpResponse:
        def steps() -> Iterator[importing.Progress]:
            with override(upload.language):
                yield from importing.apply(upload, by=account_of(request), propose=propose)

        title = _("Import : %s") % upload.file_name
        return self._told(request, upload, title=title, steps=steps, done=_("Import terminé."))

    def _told(
        self,
        request: HttpRequest,
        upload: SpreadsheetImport,
        *,
        title: str,
        steps: Callable[[], Iterator[importing.Progress]],
        done: str = "",
    ) -> StreamingHttpResponse:
        """Stream a page while the work goes on, a line for each step; it leads to the report.

        The server asks for the next line in the thread that began, so that the work stays in its transaction; if the
        connection closes, it closes the generator, which rolls the work back.
        """
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "steps": STEPS}
        page = render_to_string("admin/commitments/spreadsheets/progress.html", context, request=request)
        head, tail = page.split(STEPS)
        address = self._sheet_address("import_report", upload.uid)
        shown_in = get_language() or "fr"

        def parts() -> Iterator[str]:
            with override(shown_in):
                yield head
                try:
                    for progress in steps():
                        yield _line(progress)
                    yield _last(done, address, ok=True)
                except importing.NotImported as error:
                    yield _last(_("Rien n’a été importé. %s") % " ".join(error.reasons), address, ok=False)
                except Exception:
                    logger.exception("Spreadsheet %s given up.", upload.uid)
                    text = _(
                        "Une erreur inattendue a tout arrêté ; rien n’a été importé. Elle est au journal du serveur."
                    )
                    yield _last(text, address, ok=False)
                yield tail

        response = StreamingHttpResponse(parts())
        response["X-Accel-Buffering"] = "no"  # a proxy that waits for the end would hide the progress
        response["Cache-Control"] = "no-store"
        return response

    # Downloads

    def template_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """Send an empty spreadsheet with the titles, and in a workbook what each column wants."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        return self._file(form, [], _("modèle"))

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Offer the rows of the list, as it is filtered, in both formats."""
        rows = self._listed(request)
        if isinstance(rows, HttpResponse):
            return rows
        return self._sheet_page(
            request,
            "export",
            _("Exporter : %s") % self.opts.verbose_name_plural,
            count=rows.count(),
            query=request.GET.urlencode(),
            separator=separator(),
            csv_url=self._sheet_address("export_file_changelist", "csv"),
            xlsx_url=self._sheet_address("export_file_changelist", "xlsx"),
        )

    def export_file_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """Send the rows of the list, as it is filtered."""
        rows = self._listed(request)
        if isinstance(rows, HttpResponse):
            return rows
        resource = self._resource()
        stored = resource.get_queryset().filter(pk__in=rows.order_by().values("pk"))
        ordered = stored.order_by(*(self.model._meta.ordering or ()))
        try:
            return self._file(form, self._cells(resource, ordered), capfirst(self.opts.verbose_name_plural))
        except writing.Unwritable as error:
            self.message_user(request, str(error), messages.ERROR)  # type: ignore[attr-defined]
            return HttpResponseRedirect(self._sheet_address("export_changelist", query=request.GET))

    def _listed(self, request: HttpRequest) -> QuerySet | HttpResponse:
        """Return the rows that the list shows for this URL, or the response to one that cannot be read."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if any("\x00" in value for value in request.GET.values()):
            return HttpResponseRedirect(self._sheet_address("changelist"))
        try:
            return self.get_changelist_instance(request).get_queryset(request)  # type: ignore[attr-defined]
        except IncorrectLookupParameters:
            return HttpResponseRedirect(self._sheet_address("changelist"))

    def _cells(self, resource: DeskResource, rows: QuerySet) -> Iterator[list[Cell]]:
        with override(get_language() or "fr"):
            for record in rows.iterator(chunk_size=importing.CHUNK):
                resource.dress(record)
                yield [column.export(record) for column in resource.columns]

    def _file(self, form: str, rows: Iterable[list[Cell]], name: str | Promise) -> HttpResponseBase:
        resource = self._resource()
        titles = [column.title for column in resource.columns]
        stem = f"{slugify(str(self.opts.verbose_name_plural))}-{slugify(str(name))}-{timezone.localdate():%Y-%m-%d}"
        if form == "csv":
            lines = writing.csv_lines(titles, rows, separator=separator())
            response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        elif form == "xlsx":
            sheet = str(capfirst(self.opts.verbose_name_plural))
            widths = [max(14, min(len(title) + 4, 40)) for title in titles]
            notes = [(column.title, resource.describe(column)) for column in resource.columns]
            file = writing.workbook(
                writing.Sheet(sheet, titles, writing.writable(titles, rows), widths),
                writing.Sheet(_("Colonnes"), (), notes, (34, 90), is_description=True),
            )
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            response = FileResponse(file, content_type=kind)
        else:
            raise Http404
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{stem}.{form}')}"
        response["Cache-Control"] = "no-store"
        return response


def separator() -> str:
    """Return the separator that a spreadsheet in the language of the page expects."""
    return "," if language() == "en" else ";"


def _line(progress: importing.Progress) -> str:
    text = _("%(done)s lignes sur %(expected)s") % {"done": progress.done, "expected": progress.expected}
    return format_html(
        '<li><progress max="{0}" value="{1}" aria-label="{2}"></progress> {2}</li>\n',
        progress.expected,
        progress.done,
        text,
    )


def _last(text: str, address: str, *, ok: bool) -> str:
    """Return the last line; the page's script follows its link if all went well, otherwise the user does."""
    mark = format_html(' data-desk-next="{}"', address) if ok else ""
    words = format_html('<p class="{}">{}</p>', "desk-ok" if ok else "errornote", text) if text else ""
    link = format_html('<p><a href="{}"{}>{}</a></p>', address, mark, _("Lire le compte rendu"))
    return format_html('<li class="desk-last">{}{}</li>', words, link)
