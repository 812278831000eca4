"""docs/permissions.md, tried line by line: every role at every address, and every act on a record in every state."""

import csv
import io
import re
from contextlib import contextmanager
from itertools import product

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.plugins.otp_totp.models import TOTPDevice

from commitments.admin.review.acts import ACTS
from commitments.admin.review.proposals import DECISIONS
from commitments.models import Assessment, Citation, Commitment, Search, SpreadsheetImport
from commitments.rules.review import proposal_version, publication
from tests import factories
from tests.admin import matrix
from tests.admin.forms import page, sent
from tests.admin.test_pages import NOUNS, REVIEWED, make

pytestmark = pytest.mark.one_database

NOUN_WORDS = matrix.words()
WORDS = NOUN_WORDS | {
    "<act>": sorted(ACTS),
    "<form>": ["csv", "xlsx"],
    "<review>": ["review"],
    "<section>": [
        *("sent_back", "citations", "overdue", "due_soon", "drafts", "discrepancies", "stale", "unquoted", "declined"),
    ],
}
ADDRESSES = matrix.addresses()
LINES = matrix.acts()
KINDS = {
    "a record": ["commitment", "meeting"],
    "an assessment or a search": ["assessment", "search"],
    "a commitment": ["commitment"],
    "a source": ["source"],
    "a citation": ["citation"],
}
ACCOUNTS = [role for role in matrix.ROLES if role != "anonymous"]


@pytest.fixture
def people(analyst, editor):
    """The accounts of each role."""
    return {
        "no group": factories.make_user("fanta"),
        "analyst": analyst,
        "editor": editor,
        "administrator": User.objects.create_superuser("mariam", password="mariam"),
    }


@contextmanager
def undone():
    """Undo in the database what is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# The tables themselves


def test_words_name_every_noun_of_the_desk():
    assert sorted(WORDS["<record>"] + WORDS["<list>"]) == NOUNS
    assert sorted(WORDS["<reviewed>"]) == REVIEWED


def test_every_address_of_the_desk_is_in_a_table():
    assert matrix.routes() - named().keys() == set()


def test_every_address_in_a_table_is_one_of_the_desk():
    assert named().keys() - matrix.routes() == set()


def test_every_address_is_tried_with_both_methods_by_every_role():
    assert {tuple(line.answers) for line in ADDRESSES} == {tuple(matrix.ROLES)}
    assert {shape: methods for shape, methods in named().items() if methods != {"GET", "POST"}} == {}


def named():
    """Return the shapes of the addresses that the tables name, each with its methods."""
    found = {}
    for line in ADDRESSES:
        for address in matrix.spelled_out(line.address, NOUN_WORDS):
            found.setdefault(matrix.shape(address), set()).add(line.method)
    return found


def test_every_act_is_tried_by_every_role_in_every_state():
    tried = {(line.act, line.kind, line.who) for line in LINES}
    named = {(line.act, line.kind) for line in LINES}
    both = {
        (act, kind) for act in ("edit", "restore", "propose", "answer", "delete", *ACTS) for kind in list(KINDS)[:2]
    }

    assert both <= named
    assert {(act, kind, role) for act, kind in named for role in ACCOUNTS} <= tried
    assert {tuple(line.outcomes) for line in LINES} == {tuple(matrix.STATES)}


# Addresses


@pytest.mark.slow
@pytest.mark.parametrize("role", matrix.ROLES)
def test_addresses_answer_as_the_tables_say(role, people):
    client = Client()
    if role != "anonymous":
        client.force_login(people[role])
    filled = Filling(people, asking=people.get(role))
    untrue = []
    for line in ADDRESSES:
        for address in matrix.spelled_out(line.address, WORDS):
            asked = filled(address)
            with undone():
                response = getattr(client, line.method.lower())(asked)
                found = answer(response)
                if response.streaming:
                    b"".join(response.streaming_content)  # to its end, which closes what it is read from
            if "logout" in asked and role != "anonymous":
                client.force_login(people[role])
            if found != line.answers[role]:
                untrue.append(f"{line.method} {asked}: {found}, not {line.answers[role]}")

    assert untrue == []


@pytest.mark.slow
@pytest.mark.parametrize("who", ["without the code", "no staff", "closed"])
def test_who_is_not_quite_in_is_answered_as_anonymous(who, db):
    client = Client()
    user = User.objects.create_user("mariam", is_superuser=True, is_staff=who != "no staff")
    if who == "without the code":
        TOTPDevice.objects.create(user=user, name="totp")
    client.force_login(user)
    if who == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    untrue = []

    for line in ADDRESSES:
        if not matrix.shape(line.address).endswith(OPEN):
            # Nobody comes as far as to the noun: one of each word is enough.
            address = matrix.spelled_out(line.address, {word: names[:1] for word, names in WORDS.items()})[0]
            found = answer(getattr(client, line.method.lower())(matrix.HOLE.sub(blank, address)))
            if found != line.answers["anonymous"]:
                untrue.append(f"{line.method} {address}: {found}")

    assert untrue == []


OPEN = ("/login/", "/logout/", "/admin/second-facteur/")
"""What a session reaches that still lacks something; tried in test_second_factor.py."""


def blank(hole):
    """Return what stands in a hole where no record is meant."""
    return "00000000-0000-4000-8000-000000000000" if "upload" in hole[0] else "1"


class Filling:
    """Puts into the holes of addresses the keys of records made for the purpose, once for each noun."""

    def __init__(self, people, asking):
        self.people, self.asking, self.made = people, asking or people["no group"], {}

    def __call__(self, address):
        noun = next((noun for noun in [*NOUNS, "user", "group"] if f"/{noun}/" in address), "group")
        for hole, value in (
            ("<pk>", lambda: self.record(noun).pk),
            ("<version>", lambda: self.record(noun).history.first().history_id),
            ("<proposal>", lambda: self.proposal(noun).pk),
            ("<upload>", lambda: self.upload(noun, self.asking)),
            ("<upload of another>", lambda: self.upload(noun, self.another)),
            ("<anything>", lambda: "nulle-part"),
        ):
            if hole in address:
                address = address.replace(hole, str(value()))
        return address

    def once(self, key, make_it):
        if key not in self.made:
            self.made[key] = make_it()
        return self.made[key]

    def record(self, noun):
        match noun:
            case "group":
                return Group.objects.get(name="Analysts")
            case "user":
                return self.once(noun, factories.make_user)
            case "claim":
                return self.once(noun, lambda: factories.make_discrepancy().claims.first())
        return self.once(noun, lambda: make(noun, self.people["editor"]))

    def proposal(self, noun):
        return self.once((noun, "proposal"), lambda: self.proposed(make(noun, self.people["editor"], 1)))

    def proposed(self, record):
        publication.propose(record, by=self.another)
        return record

    def upload(self, noun, by):
        return self.once((noun, by), lambda: SpreadsheetImport.objects.create(noun=noun, uploaded_by=by)).uid

    @property
    def another(self):
        return self.once("another", lambda: factories.make_user("issa", group="Analysts"))


def answer(response):
    """Return in a word what `response` is."""
    path, led_to = response.request["PATH_INFO"], response.headers.get("Location", "")
    match response.status_code:
        case 200 if path.endswith("/change/") and 'name="_save"' not in response.content.decode():
            return "read-only"
        case 200:
            return "page"
        case 401 if 'id="login-form"' in response.content.decode() or "second-facteur" in response.content.decode():
            return "sign-in"
        case 302 if led_to.startswith("/admin/login/"):
            return "sign-in"
        case 302 if response.request["REQUEST_METHOD"] == "GET" or led_to == f"{path}change/":
            return "elsewhere"
        case 302:
            return "page"
        case status:
            return {403: "refused", 404: "not found", 405: "no such method"}.get(status, str(status))


# Forms that come back after signing in: none does anything by itself


@pytest.mark.slow
def test_no_address_acts_on_a_form_that_comes_back(people):
    client = Client()
    filled = Filling(people, asking=people["administrator"])
    acted = []
    for line in ADDRESSES:
        for address in matrix.spelled_out(line.address, WORDS) if line.method == "POST" else []:
            if address in ("/admin/login/", "/admin/logout/"):
                continue  # where no form is sent back to
            asked = filled(address)
            with undone():
                client.force_login(people["administrator"])  # a session does not outlive what is undone
                typed = acting(client, asked)
                with CaptureQueriesContext(connection) as queries:
                    response = client.post(asked, typed | {"_restored": "1"})
                    if response.streaming:
                        b"".join(response.streaming_content)
                if any(WRITES.match(query["sql"]) for query in queries):
                    acted.append(asked)

    assert acted == []


def acting(client, address):
    """Return what the form of the page at `address` sends, changed, confirmed, and with an act for each page."""
    shown = client.get(address)
    text = (b"".join(shown.streaming_content) if shown.streaming else shown.content).decode(errors="replace")
    held = {} if shown.streaming else sent(shown)
    typed = {"title_fr": "Autre", "name": "Autre", "name_fr": "Autre", "username": "autre", "is_superuser": "on"}
    confirmed = {"post": "yes", "_confirm": "", "_save": "", "_import": "", "act": "start", "reason": "Pour l’essai."}
    rows = re.findall(r'name="_selected_action" value="(\d+)"', text)
    selected = {"action": "delete_selected", "_selected_action": rows} if rows else {}
    passwords = {"old_password": "mariam"} | dict.fromkeys(("password1", "password2"), "Cartographie-7")
    passwords |= dict.fromkeys(("new_password1", "new_password2"), "Cartographie-7")
    return held | typed | confirmed | selected | passwords | {"language": "en", "usable_password": "true"}


WRITES = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (?!.django_session)")
"""What changes a row of any table but that of sessions, which carry messages."""


# Actions of the lists


@pytest.mark.parametrize("role", ACCOUNTS)
def test_lists_offer_the_actions_that_the_table_says(role, people, rf):
    request = rf.get("/")
    request.user = people[role]
    expected = {(line.noun, line.action) for line in matrix.actions() if line.offers[role]}

    found = {
        (model._meta.model_name, name)
        for model, model_admin in admin.site._registry.items()
        for name in model_admin.get_actions(request)
    }

    assert found == expected


# Acts


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "who"), sorted({(line.kind, line.who) for line in LINES}))
def test_acts_come_to_what_the_tables_say(kind, who, people):
    role, own, _rest = who.partition(" of their own")
    client = Client()
    client.force_login(people[role])
    others = (factories.make_user("issa", group="Analysts"), factories.make_user("ousmane", group="Editors"))
    proposer = people[role] if own else others[0]
    untrue = []
    for noun, state in product(KINDS[kind], matrix.STATES):
        record = record_in(state, noun, proposer=proposer, editor=others[1])
        before = as_it_stands(record)
        for line in LINES:
            for do in doors(line.act, state) if (line.kind, line.who) == (kind, who) else []:
                with undone():
                    do(client, record)
                    found = "refused" if as_it_stands(record) == before else "done"
                if found != line.outcomes[state]:
                    untrue.append(f"{line.act} {noun}, {state}, {do.__name__}: {found}")

    assert untrue == []


def record_in(state, noun, *, proposer, editor):
    """Make a record of `noun` that `proposer` and `editor` brought to `state`."""
    fields = {}
    if noun in ("assessment", "citation", "search"):
        fields["commitment"] = Commitment.objects.first() or factories.make_commitment(published_by=editor)
    record = getattr(factories, f"make_{noun}")(**fields)
    if state != "draft":
        publication.propose(record, by=proposer)
    if state == "declined":
        publication.decline(record, by=editor, reason="Hors sujet.")
    if state in ("published", "withdrawn"):
        publication.publish(record, by=editor)
    if state == "withdrawn":
        publication.withdraw(record, by=editor, reason="Erreur.")
    return record


def as_it_stands(record):
    """Return what is stored of `record`, how many searches and passages are on file; None once it is gone."""
    held = type(record).objects.filter(pk=record.pk).values().first()
    return held and (held, Search.objects.count(), Citation.objects.count())


def doors(act, state):
    """Return the ways in which the desk's pages do `act` in `state`: each a function of the browser and the record."""
    if act in ACTS:

        def on_the_page_that_asks(client, record):
            address = f"/admin/commitments/{record._meta.model_name}/review/{act}/"
            shown = type(record).objects.get(pk=record.pk)
            seen = {f"seen-{record.pk}": proposal_version.version(shown)}
            client.post(address, {"pk": record.pk, "reason": "Pour l’essai."} | seen)

        def on_the_page_of_the_proposal(client, record):
            typed = {"act": act, "reason": "Pour l’essai.", "seen_version": proposal_version.version(record)}
            client.post(page(record, "relecture"), typed)

        both = act in DECISIONS and state != "draft"  # a draft is no proposal
        return [on_the_page_that_asks, on_the_page_of_the_proposal] if both else [on_the_page_that_asks]
    return [WAYS[act]]


def text_of(record):
    """Return the name of a text of `record`."""
    return {Assessment: "rationale_fr", Search: "searched_where_fr"}.get(type(record), "title_fr")


def edit(client, record, query="", **typed):
    field = text_of(record)
    shown = client.get(page(record) + query)
    typed = typed or {field: "Réécrit."}
    client.post(page(record) + query, (sent(shown) if shown.status_code == 200 else {}) | typed)


def restore(client, record):
    field = text_of(record)
    version = record.history.latest().history_id
    record.history.filter(history_id=version).update(**{field: "Autrefois."})
    edit(client, record, f"?version={version}", _continue="1")


def propose(client, record):
    data = {"action": "propose_selected", "_selected_action": [record.pk]}
    client.post(f"/admin/commitments/{record._meta.model_name}/", data)


def answer_with_a_word(client, record):
    edit(client, record, _propose="1", answer="C’est fait.")


def delete(client, record):
    client.post(page(record, "delete"), {"post": "yes"})


def assign(client, record):
    client.post("/admin/commitments/commitment/assign/", {"pk": record.pk, "to": User.objects.get(username="issa").pk})


def take(client, record):
    client.post("/admin/commitments/commitment/assign/", {"pk": record.pk, "to": client.session["_auth_user_id"]})


def search(client, record):
    typed = {"searched_on": "20/11/2026", "searched_where_fr": "Presse"}
    client.post("/admin/commitments/commitment/search-made/", typed | {"pk": record.pk})


def take_in(client, record):
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["Référence", "Titre"], [record.reference, "Réécrit."]])
    file = SimpleUploadedFile("engagements.csv", text.getvalue().encode())
    checked = client.post("/admin/commitments/commitment/import/", {"file": file})
    if checked.streaming:
        b"".join(checked.streaming_content)
        address = f"/admin/commitments/commitment/import/{SpreadsheetImport.objects.latest('pk').uid}/"
        b"".join(client.post(address, {"_import": "", "fate": "draft"}).streaming_content)


def quote(client, record):
    target = factories.make_commitment(reference=f"AES-RU-2031-{record.pk}")
    before = Citation.objects.count()
    typed = {"words": factories.ANNOUNCEMENT, "purpose": "commitment", "role": "supports"}
    client.post(page(record, "quote"), typed | {"commitment": target.reference})
    if Citation.objects.count() == before:
        target.delete()


def undo(client, record):
    client.post(page(record.source, "quote") + "undo/", {"citation": record.pk})


WAYS = {
    "edit": edit,
    "restore": restore,
    "propose": propose,
    "answer": answer_with_a_word,
    "delete": delete,
    "assign": assign,
    "take": take,
    "search": search,
    "import": take_in,
    "quote": quote,
    "undo": undo,
}
