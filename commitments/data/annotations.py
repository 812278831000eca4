"""A citation as a web annotation: W3C Web Annotation Data Model, answered as the Web Annotation Protocol asks of a GET.

The body is the record that the passage is attached to; the target is the passage, in the source whose page it is on.

- Two selectors give the place, each sufficient by itself: the words with a few before and after (TextQuoteSelector),
  and their offsets in code points (TextPositionSelector). Both are of the archived text, whose SHA-256 the target's
  state gives, in hexadecimal and as a name (`ni:`, RFC 6920): whoever has the text can check that it is the one, and
  count. A passage that is not found in the archived text, in one place, has its words only.
- The words are those that the archived text has at that place, as the source's page marks them; the words before and
  after are those that the page shows around them, at most MARGIN characters: no more of a text shows here than there.
- The motivation is `linking` whatever the role: that the passage bears on the record is true of each, and none of the
  model's motivations says that one supports or contradicts the other. The role, and the kind of evidence, are tags.
"""

import base64
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import View

from commitments.data import narrowing
from commitments.data.origin import Origin
from commitments.data.problems import METHODS, ProblemMixin
from commitments.data.values import identifier, in_utc
from commitments.models import Citation, Source
from commitments.public.records.archive import archive
from commitments.public.records.passages import MARGIN, Window
from commitments.reading import Reading
from commitments.rules.people import signature
from commitments.rules.text.passages import Span

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MEDIA_TYPE = f'application/ld+json; profile="{CONTEXT}"'
OURS = {"sha256": "http://schema.org/sha256"}
"""The one term that the model's own context lacks."""


class Passage:
    """The place of a citation in its source: the words, those around them, the offsets; None for what is unknown."""

    def __init__(self, citation: Citation, span: Span | None, window: Window | None) -> None:
        self.exact, self.before, self.after = citation.exact, "", ""
        self.start = self.end = None
        if span is not None and window is not None:
            shown = "".join(piece.text for piece in window.pieces)
            start = begin_of(citation, window)
            end = start + span.end - span.start
            self.start, self.end = span.start, span.end
            self.exact = shown[start:end]
            self.before = shown[max(0, start - MARGIN) : start]
            self.after = shown[end : end + MARGIN]

    def selectors(self) -> list[dict[str, Any]]:
        """Return what selects the passage."""
        words = {"type": "TextQuoteSelector", "exact": self.exact, "prefix": self.before, "suffix": self.after}
        quote = {name: value for name, value in words.items() if value}
        if self.start is None:
            return [quote]
        return [quote, {"type": "TextPositionSelector", "start": self.start, "end": self.end}]


def begin_of(citation: Citation, window: Window) -> int:
    """Return the offset of `citation` in `window`. Raises ValueError if it does not begin there."""
    passed = 0
    for piece in window.pieces:
        if citation in piece.begins:
            return passed
        passed += len(piece.text)
    raise ValueError(f"Citation {citation.uid} does not begin in this window.")


def find(uid: str, reading: Reading) -> tuple[Citation, Passage]:
    """Return the citation `uid` as the page of its source shows it for `reading`. Raises Http404 if it shows none."""
    public = Citation.objects.published(reading).held(reading)
    row = public.filter(uid=identifier(uid)).values("pk", "source_id").first()
    if row is None or uid != uid.lower():  # an identifier in any but its usual form is another address
        raise Http404(uid)
    source = Source.objects.published(reading).get(pk=row["source_id"])
    found = archive(source, reading)
    for passage in found["passages"]:
        if not isinstance(passage, Span):
            if passage.pk == row["pk"]:
                return passage, Passage(passage, None, None)
            continue
        for citation in passage.citations:
            if citation.pk == row["pk"]:
                window = next(item for item in found["windows"] if any(span is passage for span in item.spans))
                return citation, Passage(citation, passage, window)
    raise Http404(uid)  # on that day it belonged to another record


def annotation(origin: Origin, citation: Citation, passage: Passage) -> dict[str, Any]:
    """Return `citation`, a public one, as a web annotation in JSON-LD."""
    source = citation.source
    target: dict[str, object] = {
        "type": "SpecificResource",
        "source": origin.id_of(source),
        "selector": passage.selectors(),
    }
    if passage.start is not None:
        target["state"] = {
            "type": "TimeState",
            "cached": {
                "id": name_of(source.sha256),
                "type": "Text",
                "format": "text/plain",
                "language": source.language,
                "sha256": source.sha256,
            },
        }
    tags = [tag for tag in (citation.role, citation.evidence_kind) if tag]
    signer = citation.published_by
    return {
        "@context": [CONTEXT, OURS],
        "id": origin.whole(reverse("citation_annotation", args=[citation.uid])),
        "type": "Annotation",
        "motivation": "linking",
        "created": citation.published_at and in_utc(citation.published_at, "seconds"),
        "creator": {
            "type": "Person" if signer and signer.get_full_name() else "Organization",
            "name": signature(signer),
        },
        "body": [
            {"type": "SpecificResource", "source": origin.id_of(citation.target), "purpose": "linking"},
            *({"type": "TextualBody", "value": tag, "purpose": "tagging"} for tag in tags),
        ],
        "target": target,
    }


def name_of(sha256: str) -> str:
    """Return the RFC 6920 name (`ni:`) of the content with the digest `sha256`, in hexadecimal."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).rstrip(b"=").decode()
    return f"ni:///sha-256;{digest}"


class AnnotationView(ProblemMixin, View):
    """A citation as a web annotation; OPTIONS lists the allowed methods, as the protocol requires."""

    def get(self, request: HttpRequest, uid: str) -> HttpResponse:
        """Answer with the annotation. Raises Refusal for an unknown parameter."""
        narrowing.refuse_unknown(request.GET, narrowing.DAYS)
        citation, passage = find(uid, self.reading)
        text = json.dumps(annotation(Origin(request), citation, passage), ensure_ascii=False)
        answer = HttpResponse(text, content_type=MEDIA_TYPE)
        answer["Allow"] = ", ".join(METHODS)
        answer["Link"] = '<http://www.w3.org/ns/ldp#Resource>; rel="type"'
        return answer
