"""Quoting by selecting: a source's archived text, what is cited of it, and a panel that cites more."""

import re
from typing import Any, NamedTuple

from django import forms
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.admin import permissions, wording
from commitments.admin.base import Pages
from commitments.admin.review.reviewed import ReviewedAdmin
from commitments.admin.texts.quote_form import STAYS_CHOSEN, QuoteForm
from commitments.admin.unsaved import unsaved_form
from commitments.admin.unsaved.attempts import attempt
from commitments.choices import GONE
from commitments.models import Citation, FollowUpNote, Record, Source
from commitments.rules.keys import a_key
from commitments.rules.review import publication
from commitments.rules.text import passages


class Cited(NamedTuple):
    """One citation in the list beside the text: what it is attached to, what it does, where to read more."""

    kind: str
    target: str
    target_url: str
    role: str
    state: SafeString
    verification: SafeString
    url: str


class Passage(NamedTuple):
    """One passage in the list: its number in the text, its first words, its citations."""

    number: int
    words: str
    cited: list[Cited]


class Coverage(NamedTuple):
    """A source's text with what is cited of it: the text marked, the list, and how much no record cites."""

    text: SafeString
    passages: list[Passage]
    unplaced: list[Passage]
    sentences: int
    uncited: int
    citations: list[Citation]


def coverage(source: Source) -> Coverage:
    """Return what is cited of `source`, in a constant number of queries."""
    # Ordered by key: `spans` restores the order of the text, and the default ordering would join the source and its
    # text.
    rows = Citation.objects.filter(source=source).exclude(state__in=GONE).with_targets()
    citations = [row for row in rows.select_related("assessment__party").order_by("pk") if _counts(row)]
    spans = passages.spans(citations, len(source.text))
    chunks = passages.chunks(source.text, spans)
    sentences = [chunk for chunk in chunks if chunk.is_sentence]
    unplaced = [row for row in citations if row.start is None]
    return Coverage(
        text=_marked(chunks, {row.pk: span.number for span in spans for row in span.citations}),
        passages=[
            Passage(span.number, source.text[span.start : span.end], [_cited(row) for row in span.citations])
            for span in spans
        ],
        unplaced=[Passage(0, row.exact, [_cited(row)]) for row in unplaced],
        sentences=len(sentences),
        uncited=sum(not chunk.is_cited for chunk in sentences),
        citations=citations,
    )


def _counts(citation: Citation) -> bool:
    """Whether the record that `citation` is attached to is in force: neither withdrawn nor declined."""
    held = permissions.reviewed(citation.target)
    return held is None or held.state not in GONE


def _page(record: Record) -> str:
    return reverse(f"admin:commitments_{record._meta.model_name}_change", args=[record.pk])


def _cited(citation: Citation) -> Cited:
    target: Any = citation.target
    return Cited(
        kind=str(capfirst(str(target._meta.verbose_name))),
        target=str(target),
        target_url=_page(target),
        role=citation.get_role_display(),
        state=wording.state_mark(citation),
        verification=wording.verification_mark(citation),
        url=_page(citation),
    )


def _marked(chunks: list[passages.Chunk], numbers: dict[int, int]) -> SafeString:
    """Return the text as HTML, one element for each chunk, that holds nothing but the text's own characters.

    Each chunk says where it begins in the text, in code points. The numbers of the passages are drawn by the style
    sheet, so that no selection contains them.
    """
    found = []
    for chunk in chunks:
        css = "" if not chunk.is_sentence else "quote-sentence" if chunk.is_cited else "quote-sentence quote-uncited"
        inner = format_html_join("", "{}", ((_piece(piece, numbers),) for piece in chunk.pieces))
        found.append(format_html('<span class="{}" data-start="{}">{}</span>', css, chunk.start, inner))
    return format_html_join("", "{}", ((part,) for part in found))


def _piece(piece: passages.Piece, numbers: dict[int, int]) -> SafeString:
    html = _exactly(piece.text)
    if piece.marked:
        html = format_html("<mark>{}</mark>", html)
    for number in dict.fromkeys(numbers[row.pk] for row in piece.begins):
        html = format_html('<span id="t-{}">{}</span>', number, html)
    label = _("Passage cité n° %d")
    links = (
        format_html('<a class="quote-number" href="#p-{0}" data-number="{0}" aria-label="{1}"></a>', end, label % end)
        for end in piece.ends
    )
    return format_html("{}{}", html, format_html_join("", "{}", ((link,) for link in links)))


def _exactly(text: str) -> SafeString:
    """Return `text` as HTML that a browser reads back unchanged: it would turn CR LF into one line ending.

    A punctuation mark separated by an ordinary space is kept on the same line as its word.
    """
    escaped = re.sub(" [»;:?!]", r'<span class="quote-tight">\g<0></span>', str(conditional_escape(text)))
    if "\r" in escaped:
        escaped = escaped.replace("\r\n", "&#13;\n").replace("\r", "&#13;<br>")
    return mark_safe(escaped)  # noqa: S308  # escaped just above; what was added is ours


class QuotingPage(ReviewedAdmin):
    """The page of a source where its passages are selected and cited."""

    pages: Pages = [
        ("<path:object_id>/quote/undo/", "unquote_view", "unquote"),
        ("<path:object_id>/quote/", "quote_view", "quote"),
    ]

    def may_quote(self, request: HttpRequest, source: Source) -> bool:
        """Whether this user may cite passages of `source`: it has a text, and is not withdrawn."""
        allowed = request.user.has_perm("commitments.add_citation")
        return bool(allowed and source.text.strip() and permissions.may_gain(source))

    @unsaved_form.shows_again(lambda typed, by: QuoteForm(source=Source(), by=by))
    def quote_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the text and the form; on POST cite a passage, or take it to the form of a new assessment.

        The page's script requests here, as JSON, the drafts of the commitment in the URL; without it a button does.
        """
        source = self._source(request, object_id)
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        asks_drafts = request.POST.get("act") == "drafts"
        if request.method == "POST" and not asks_drafts:
            return self._cite(request, source)
        if asks_drafts:
            typed = {name: request.POST[name] for name in QuoteForm.base_fields if name in request.POST}
        else:
            typed = {name: request.GET[name] for name in STAYS_CHOSEN if name in request.GET}
        form = QuoteForm(source=source, by=permissions.account_of(request), initial=typed)
        asked = self._wants_json(request)
        if (asked or asks_drafts) and not self.may_quote(request, source):
            raise PermissionDenied
        if not asked:
            return self._page_of(request, source, form)
        return JsonResponse(
            {"drafts": render_to_string("admin/commitments/quote/_drafts.html", {"form": form}, request)}
        )

    @unsaved_form.shows_again(lambda typed, by: forms.Form())
    def unquote_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Delete, on POST, a draft citation of the source; a note made for it goes too."""
        source = self._source(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if unsaved_form.is_restored(request):
            return HttpResponseRedirect(self._address(source, self._kept_query(request)))  # its button is there
        key = request.POST.get("citation", "")
        rows = Citation.objects.filter(source=source)
        citation = rows.filter(pk=key).first() if a_key(key) is not None else None
        refused = self._delete(request, citation)
        if self._wants_json(request):
            if refused:
                return JsonResponse({"errors": {"__all__": [refused]}})
            return self._fragments(request, source, {"undone": True})
        self.message_user(request, refused or _("La citation est effacée."), "error" if refused else "success")
        return HttpResponseRedirect(self._address(source, self._kept_query(request)))

    # Steps

    def _source(self, request: HttpRequest, object_id: str) -> Source:
        source = self.get_object(request, unquote(object_id)) if "\x00" not in object_id else None
        if not self.has_view_permission(request, source):
            raise PermissionDenied
        if not isinstance(source, Source):
            raise Http404
        return source

    def _cite(self, request: HttpRequest, source: Source) -> HttpResponse:
        if not self.may_quote(request, source):
            raise PermissionDenied
        for_assessment = request.POST.get("act") == "assess"
        form = QuoteForm(request.POST, source=source, by=permissions.account_of(request), only_passage=for_assessment)
        valid = not unsaved_form.asks_again(request) and form.is_valid()
        if valid and for_assessment and form.place:
            return self._to_assessment(request, form)
        citation = form.cite() if valid else None
        if citation is None:
            if self._wants_json(request):
                return JsonResponse({"errors": form.errors})
            return self._page_of(request, source, form)
        if self._wants_json(request):
            return self._fragments(request, source, {"citation": citation})
        query = {**form.kept(), **self._kept_query(request), "cited": str(citation.pk)}
        return HttpResponseRedirect(f"{self._address(source, query)}#quote-done")

    def _to_assessment(self, request: HttpRequest, form: QuoteForm) -> HttpResponse:
        """Redirect to the form of a new assessment, with the passage and the choices made for it in the URL."""
        commitment = form.cleaned_data.get("commitment")
        start, end = form.place or (0, 0)
        query = {"commitment": commitment.pk} if commitment else {}
        query |= {"source": form.source.pk, "start": start, "end": end}
        query |= {name: value for name in ("role", "evidence_kind") if (value := form.cleaned_data.get(name))}
        address = reverse("admin:commitments_assessment_add", query=query)
        return JsonResponse({"go": address}) if self._wants_json(request) else HttpResponseRedirect(address)

    def _delete(self, request: HttpRequest, citation: Citation | None) -> str:
        """Delete a draft citation; return why not, or ""."""
        if citation is None:
            return _("Cette citation n’est plus au dossier.")
        user = permissions.account_of(request)
        if not user.has_perm("commitments.delete_citation") or not permissions.may_delete(citation):
            return _("Cette citation ne s’efface pas : elle est publiée, ou votre compte ne le permet pas.")

        key = citation.pk

        def delete() -> None:
            stored = Citation.objects.get(pk=key)  # the first try may have taken the key from what it deleted
            judged, note = stored.assessment, stored.note
            stored.delete()
            publication.amend(judged, by=user)
            if note is not None and self._was_made_for(stored, note, user):
                note.delete()

        try:
            attempt(delete)
        except ValidationError as refused:
            return " ".join(refused.messages)
        return ""

    def _was_made_for(self, citation: Citation, note: FollowUpNote, user: User) -> bool:
        """Whether `note` is a draft made by this user with `citation`, untouched since, that has no other citation."""
        rows = list(note.history.all()[:2])
        together = len(rows) == 1 and abs((citation.recorded_at - note.recorded_at).total_seconds()) < 2
        alone = together and rows[0].history_user_id == user.pk and not note.citations.exists()
        return alone and permissions.may_delete(note) and user.has_perm("commitments.delete_followupnote")

    # Answers

    def _wants_json(self, request: HttpRequest) -> bool:
        return "application/json" in request.headers.get("Accept", "")

    def _address(self, source: Source, query: dict[str, str]) -> str:
        return reverse(f"admin:{self._info}_quote", args=[source.pk], query=query)

    def _kept_query(self, request: HttpRequest) -> dict[str, str]:
        return {"uncited": "1"} if request.GET.get("uncited") else {}

    def _fragments(self, request: HttpRequest, source: Source, done: dict[str, object]) -> JsonResponse:
        """Return the parts of the page that change with a citation, for the script to put in their places."""
        context = {"coverage": coverage(source), "source": source, "may_quote": True, **done}
        parts = ("done", "text", "passages")
        return JsonResponse(
            {part: render_to_string(f"admin/commitments/quote/_{part}.html", context, request) for part in parts}
        )

    def _page_of(self, request: HttpRequest, source: Source, form: QuoteForm) -> HttpResponse:
        found = coverage(source)
        cited = request.GET.get("cited", "")
        title = _("Citer %(source)s") % {"source": source.reference}
        context = {
            "subtitle": source.label,
            "source": source,
            "form": form,
            "coverage": found,
            "shows_uncited": bool(request.GET.get("uncited")),
            "may_quote": self.may_quote(request, source),
            "may_assess": request.user.has_perm("commitments.add_assessment"),
            "citation": next((row for row in found.citations if str(row.pk) == cited), None),
        }
        return self.render(request, "admin/commitments/quote/page.html", title, **context)
