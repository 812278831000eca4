"""Hundreds of requests that no page of the desk makes, from a fixed seed: whoever is signed in, nothing breaks."""

import logging
import re
from collections import Counter
from html import unescape
from itertools import islice
from random import Random
from urllib.parse import quote, urlencode

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from commitments.models import Claim, SpreadsheetImport
from commitments.rules.review import proposal_version, publication
from tests import factories
from tests.admin import matrix
from tests.admin.forms import page, sent
from tests.admin.test_pages import NOUNS, REVIEWED, make

FOR_EACH_ADDRESS = 1
"""Requests to each address of the desk, from each role; a hundred have found nothing since."""

# fmt: off
KEYS = [
    "abc", "0", "-1", "1.5", "9" * 18, "9" * 19, "9" * 400, "1_2F", "\x00", "a\x00b", "\ud800", "\ud7ff\ue000", "²",
    "٣", "１", " 1", "+1", "0x1", "1e3", "NaN", "None", "<script>", "'", "%", "..", "é" * 300, "_", "_00", "_2F",
    "1_0A", "00000000-0000-4000-8000-0000", "add", "history", "😀",
]
"""What stands in an address, or in the choice of a record, where a key is expected."""

VALUES = [
    *KEYS, "", "\r\n", "\ufeff", "\u202e", "a" * 5000, "é\u0301" * 1500, "]]>", "{{ 7*7 }}", "[]", "{}", "[1]",
    '{"a": 1}', "2025-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "31/12/9999", "hier", "true",
    "javascript:x", "http://[", "http://\x00", "https://é.example/" + "x" * 3000, "draft", "published", "fr", "1", "on",
    '{"path": "/admin/preferences/", "fields": [["q", "\\ud800"]], "files": [], "is_too_long": false}',
    '{"path": "/admin/commitments/citation/add/", "fields": [["exact", "\\u0000"]], "files": ["\\ud800"]}',
]
"""What a form or an address holds where anything else is expected."""

NAMES = [
    "_popup", "_to_field", "_changelist_filters", "_saveasnew", "_restored", "_kept", "_check", "_import", "_propose",
    "_continue", "_addanother", "_selected_action", "_facets", "action", "select_across", "index", "version", "next",
    "pk", "id", "app_label", "model_name", "field_name", "term", "page", "p", "o", "q", "e", "all", "show", "record",
    "cited", "uncited", "source", "start", "end", "role", "commitment", "supersedes", "recorded_at__year",
    "made_on__year", "as_of__month", "id__in", "id__gte", "sector__id__exact", "recorded_at__date", "password", "as_of",
    "state__exact", "act", "answer", "seen_version", "reason", "fate", "text", "citation", "noun", "mine", "\x00",
]
"""Parameters and fields that one page or another reads."""

LOOKUPS = ["__exact", "__isnull", "__in", "__year", "__gte", "__id__exact", "__nothing", "__pk__in", "__"]
FILES = [b"", b"\x00", b"PK\x03\x04x", b"\xff\xfe\x00", b"a;b\r\n\x00;\r\n", b"%PDF-1.7\n", b"<p>\x00", b'"' * 9000]
FILE_NAMES = ["a.csv", "a.xlsx", "a.pdf", "\u00e9\x00", "..", "x" * 300]
# fmt: on

BOUNDARY = "frontiere"


class Desk:
    """One of each record, what the forms of its pages send, and two people who are signed in."""

    def __init__(self, editor, analyst):
        self.records = {noun: make(noun, editor) for noun in NOUNS if noun != "claim"}
        self.records |= {"claim": Claim.objects.first(), "user": analyst, "group": Group.objects.first()}
        self.proposed = {noun: make(noun, editor, 1) for noun in REVIEWED}
        for record in self.proposed.values():
            publication.propose(record, by=analyst)
        self.upload = SpreadsheetImport.objects.create(noun="commitment", uploaded_by=analyst)
        self.browsers = []
        for user in (editor, analyst):
            self.browsers.append(Client(raise_request_exception=False))
            self.browsers[-1].force_login(user)
        self.forms = {}

    def address(self, route, random, *, is_wrong=False):
        """Return an address of `route`, with keys of what is there; where it `is_wrong`, one of them is none."""
        holes = route.count("<>")
        wrong = random.randrange(holes) if is_wrong and holes else None
        for place in range(holes):
            before, _hole, after = route.partition("<>")
            key = random.choice(KEYS) if place == wrong else self.key(before, after, random)
            route = route.replace("<>", quote(key, safe="", errors="surrogatepass"), 1)
        return route

    def key(self, before, after, random):
        """Return a key of what is there for the hole between `before` and `after`."""
        noun = noun_of(before)
        match before.rstrip("/.").rsplit("/", 1)[-1]:
            case "file":
                return random.choice(["citations", "drafts", "overdue", "review"])
            case "export" | "template":
                return random.choice(["csv", "xlsx"])
            case "import":
                return str(self.upload.uid)
            case "review":
                return random.choice(["publish", "send_back", "decline", "withdraw"])
            case "history":
                return str(self.records[noun].history.first().history_id)
            case "admin":
                return "nulle-part"
        among = self.records if "history" in after else random.choice([self.records, self.proposed])
        return str(among.get(noun, self.records[noun]).pk)

    def form(self, route):
        """Return what the page of `route` sends, blanks filled in: by the editor, who has every field."""
        if route not in self.forms:
            same = Random(0)  # noqa: S311 - the same every time
            shown = ask(self.browsers[0], self.address(route, same), None, same)
            held = {} if shown.streaming else controls(shown.content.decode()) | sent(shown)
            good = self.good(noun_of(route))
            names = set(held) if held else {"pk", "reason", "act", "text", "citation", "status"}
            filled = {name: held.get(name) or good.get(name.rsplit("-", 1)[-1], "") for name in sorted(names)}
            self.forms[route] = {n: value if isinstance(value, list) else [value] for n, value in filled.items()}
        return self.forms[route]

    def good(self, noun):
        """Return a value for each field that a page of `noun` may leave empty, and that what it does depends on."""
        record = self.proposed.get(noun) or self.records.get(noun)
        found = {name: str(one.pk) for name, one in self.records.items()}
        found |= {"note": found["followupnote"], "reference": "X-1", "reason": "Pour l’essai.", "post": "yes"}
        found |= {"exact": factories.AGREEMENT, "words": factories.AGREEMENT, "act": "publish"}
        if record is not None:
            found |= {"pk": str(record.pk), "action": "delete_selected", "_selected_action": str(record.pk)}
        if noun in REVIEWED:
            seen = proposal_version.version(record)
            found |= {f"seen-{record.pk}": seen, "seen_version": seen}
        return found

    def requests(self, route, random):
        """Yield requests to `route` that are wrong in one way or in several: an address, and what is posted to it."""
        while True:
            way = random.choice(["query", "body", "body", *(["path", "path"] if "<>" in route else [])])
            address, typed = self.address(route, random, is_wrong=way == "path"), None
            if way == "query":
                names = [*self.form(route), *NAMES]
                endings = ["", "", random.choice(LOOKUPS)]
                pairs = [
                    (random.choice(names) + random.choice(endings), random.choice(VALUES))
                    for _pair in range(random.randint(1, 3))
                ]
                address += f"?{urlencode(pairs, errors='surrogatepass')}"
            elif way == "body" or random.randrange(3) == 0:
                typed = spoilt(self.form(route), random)
            yield address, typed


def noun_of(route):
    """Return the noun that `route` is about, "" for none."""
    found = re.match(r"/admin/(?:commitments|auth)/(\w+)/", route)
    return found[1] if found else ""


def controls(html):
    """Return every named control of a page with its value, whichever form it is in."""
    found = {}
    for tag in re.findall(r"<(?:input|select|textarea|button)\b[^>]*>", html):
        name, value = re.search(r'\bname="([^"]+)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
        if name and "__prefix__" not in name[1]:
            found[unescape(name[1])] = unescape(value[1]) if value else ""
    return found


def spoilt(typed, random):
    """Return the pairs of a form, some of its values replaced, sent twice, or sent as an array."""
    changed = {}
    for name in random.choices([*typed, *random.choices(NAMES, k=2)], k=random.choice([1, 1, 2, 3, 8])):
        match random.randrange(6):
            case 0:
                changed[name] = random.choices(VALUES, k=2)
            case 1:
                changed |= {name: [], f"{name}[]": [random.choice(VALUES)]}
            case _:
                changed[name] = [random.choice(VALUES)]
    return [(name, value) for name, values in (typed | changed).items() for value in values]


def ask(client, address, typed, random):
    """Send one request, undo what it did, and return its answer, read to its end."""
    headers = {"accept": "application/json"} if random.randrange(8) == 0 else {}
    with transaction.atomic():
        if typed is None:
            answer = client.get(address, headers=headers)
        elif random.randrange(4):
            body, kind = urlencode(typed, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"
            answer = client.generic("POST", address, body, kind, headers=headers)
        else:
            body, kind = multipart(typed, random), f"multipart/form-data; boundary={BOUNDARY}"
            answer = client.generic("POST", address, body, kind, headers=headers)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer


def multipart(typed, random):
    """Return the body of a form that is sent with files, one of them where a text is expected."""
    parts = [f'"{name}"\r\n\r\n{value}'.encode(errors="surrogatepass") for name, value in typed]
    for name in ("file", *random.choices([name for name, _value in typed] or ["x"])):
        head = f'"{name}"; filename="{random.choice(FILE_NAMES)}"\r\nContent-Type: a/b\r\n\r\n'
        parts.append(head.encode(errors="surrogatepass") + random.choice(FILES))
    line = f"--{BOUNDARY}".encode()
    head = b"\r\nContent-Disposition: form-data; name="
    return b"".join(line + head + part + b"\r\n" for part in parts) + line + b"--\r\n"


@pytest.fixture
def desk(editor, analyst):
    return Desk(editor, analyst)


@pytest.fixture
def faults(caplog):
    """What is logged of faults of ours: a page that is sent while its work goes on answers 200 whatever happens."""
    caplog.set_level(logging.ERROR)
    caplog.set_level(logging.CRITICAL, logger="django.security")  # what is refused is no fault
    return caplog


@pytest.mark.slow
def test_nothing_that_is_asked_breaks_the_desk(desk, faults):
    statuses, broken = Counter(), []

    for route in sorted(matrix.routes()):
        random = Random(route)  # noqa: S311 - the same requests every time
        for client in desk.browsers:
            for address, typed in islice(desk.requests(route, random), FOR_EACH_ADDRESS):
                answer = ask(client, address, typed, random)
                statuses[answer.status_code] += 1
                if answer.status_code >= 500 or faults.records:
                    broken.append((address, typed, [record.exc_text for record in faults.records][:1]))
                    faults.clear()

    assert broken == []
    assert {200, 302, 403, 404, 405} <= set(statuses)


@pytest.mark.parametrize("key", ["abc", "%00", "1_2F", "9" * 30])
def test_history_of_what_is_no_record_is_not_found(key, as_editor):
    answers = {noun: as_editor.get(f"/admin/commitments/{noun}/{key}/history/").status_code for noun in NOUNS}

    assert set(answers.values()) == {404}, answers


@pytest.mark.parametrize(
    ("noun", "typed", "refused"),
    [
        ("citation", {"note": "x"}, "note"),
        ("citation", {"meeting": "<script>"}, "meeting"),
        ("citation", {"source": "9" * 30}, "source"),
        ("meeting", {"participants": ["1", "9" * 30]}, "participants"),
        ("meeting", {"participants": "é"}, "participants"),
        ("discrepancy", {"commitments": "1_2F"}, "commitments"),
    ],
)
def test_choice_of_what_is_no_record_is_refused_beside_its_field(noun, typed, refused, as_analyst):
    answer = as_analyst.post(f"/admin/commitments/{noun}/add/", typed)

    assert answer.status_code == 200
    assert refused in answer.context["adminform"].form.errors


def test_choice_of_what_is_no_record_is_refused_in_a_row(as_analyst):
    counts = {"citations-TOTAL_FORMS": "1", "citations-INITIAL_FORMS": "0"}

    answer = as_analyst.post("/admin/commitments/assessment/add/", counts | {"citations-0-source": "aaa"})

    assert answer.status_code == 200
    assert "source" in answer.context["inline_admin_formsets"][0].formset.errors[0]


def test_rows_that_a_form_pretends_to_have_cost_nothing(as_analyst, editor, monkeypatch):
    discrepancy = factories.make_discrepancy()
    counts = {"claims-TOTAL_FORMS": "2", "claims-INITIAL_FORMS": "9" * 18}

    def few(*limits):
        assert len(range(*limits)) <= 2, "as many as the form says: all memory goes"
        return range(*limits)

    monkeypatch.setattr("commitments.admin.unsaved.submitted_rows.range", few, raising=False)
    answer = as_analyst.post(page(discrepancy), counts)

    assert answer.status_code == 200
    assert len(answer.context["inline_admin_formsets"][0].formset.forms) == 2


@pytest.mark.parametrize("noun", ["commitment", "group", "user"])
@pytest.mark.parametrize("key", ["abc", "9" * 30])
def test_action_on_what_is_no_record_is_on_none(noun, key, client, db):
    client.force_login(factories.make_user("mariam", is_superuser=True))
    app = "commitments" if noun == "commitment" else "auth"

    typed = {"action": "delete_selected", "index": "0", "_selected_action": key}
    answer = client.post(f"/admin/{app}/{noun}/", typed)

    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("query", ["recorded_at__year=-1", "recorded_at__year=" + "9" * 30, "id__in=" + "9" * 30])
def test_list_narrowed_by_what_no_database_can_be_asked_says_so(query, as_editor):
    for noun in ("milestone", "citation"):
        listed = as_editor.get(f"/admin/commitments/{noun}/?{query}")

        assert listed.status_code == 302
        assert listed["Location"].endswith("?e=1")

    assert as_editor.get(f"/admin/commitments/milestone/export/?{query}").status_code == 302
