"""docs/permissions.md, tried line by line: every role at every address, and every act on a record in every state."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from commitments.admin.acts import ACTS
from commitments.models import Assessment, Commitment
from commitments.rules import publication
from tests import factories
from tests.admin import matrix
from tests.admin.forms import page, sent
from tests.admin.test_pages import NOUNS, REVIEWED, make

NOUN_WORDS = matrix.words()
WORDS = NOUN_WORDS | {"<act>": sorted(ACTS)}
ADDRESSES = matrix.addresses()
LINES = matrix.acts()
KINDS = {"a record": ["commitment", "meeting"], "an assessment": ["assessment"]}


@pytest.fixture
def people(analyst, editor):
    """The accounts of each role."""
    return {
        "no group": factories.make_user("fanta"),
        "analyst": analyst,
        "editor": editor,
        "administrator": User.objects.create_superuser("mariam", password="mariam"),
    }


@pytest.fixture
def clients(people):
    """A browser of each role."""
    found = {"anonymous": Client()}
    for role, user in people.items():
        found[role] = Client()
        found[role].force_login(user)
    return found


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
    roles = [role for role in matrix.ROLES if role != "anonymous"]

    assert {"edit", "propose", "delete", *ACTS} <= {line.act for line in LINES}
    assert {(line.act, kind, role) for line in LINES for kind in KINDS for role in roles} <= tried
    assert {tuple(line.outcomes) for line in LINES} == {tuple(matrix.STATES)}


# Addresses


@pytest.mark.parametrize("line", ADDRESSES, ids=lambda line: f"{line.method} {line.address}")
def test_address_answers_as_the_table_says(line, clients, people):
    untrue = []
    for address in matrix.spelled_out(line.address, WORDS):
        filled = fill(address, people)
        for role, expected in line.answers.items():
            client = Client() if "logout" in address and role == "anonymous" else clients[role]
            found = answer(getattr(client, line.method.lower())(filled))
            if "logout" in address and role != "anonymous":
                client.force_login(people[role])
            if found != expected:
                untrue.append(f"{role}, {filled}: {found}, not {expected}")

    assert untrue == []


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
            for address in matrix.spelled_out(line.address, WORDS):
                found = answer(getattr(client, line.method.lower())(address.replace("<pk>", "1")))
                if found != line.answers["anonymous"]:
                    untrue.append(f"{line.method} {address}: {found}")

    assert untrue == []


OPEN = ("/login/", "/logout/", "/admin/second-facteur/")
"""What a session reaches that still lacks something; tried in test_second_factor.py."""


def fill(address, people):
    """Return `address` with the keys of records, made for the purpose, in its holes."""
    noun = next((noun for noun in NOUNS if f"/commitments/{noun}/" in address), None)
    if noun == "claim":
        record = factories.make_discrepancy().claims.first()
    elif noun:
        record = make(noun, people["editor"])
    elif "/user/" in address:
        record = factories.make_user()
    else:
        record = Group.objects.get(name="Analysts")
    if "<version>" in address:
        address = address.replace("<version>", str(record.history.first().history_id))
    return address.replace("<pk>", str(record.pk)).replace("<anything>", "nulle-part")


def answer(response):
    """Return in a word what `response` is."""
    path, led_to = response.request["PATH_INFO"], response.headers.get("Location", "")
    match response.status_code:
        case 200 if path.endswith("/change/") and 'name="_save"' not in response.content.decode():
            return "read-only"
        case 200:
            return "page"
        case 302 if led_to.startswith("/admin/login/"):
            return "sign-in"
        case 302 if response.request["REQUEST_METHOD"] == "GET" or led_to == f"{path}change/":
            return "elsewhere"
        case 302:
            return "page"
        case status:
            return {403: "refused", 404: "not found", 405: "no such method"}.get(status, str(status))


# Acts


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.act}, {line.kind}, {line.who}")
def test_act_comes_to_what_the_table_says(line, clients, people):
    role, own, _rest = line.who.partition(" of their own")
    others = (factories.make_user("issa", group="Analysts"), factories.make_user("ousmane", group="Editors"))
    proposer = people[role] if own else others[0]
    untrue = []
    for noun in KINDS[line.kind]:
        for state, expected in line.outcomes.items():
            record = record_in(state, noun, proposer=proposer, editor=others[1])
            before = as_it_stands(record)
            act(line.act, clients[role], record)
            found = "refused" if as_it_stands(record) == before else "done"
            if found != expected:
                untrue.append(f"{noun}, {state}: {found}, not {expected}")

    assert untrue == []


def record_in(state, noun, *, proposer, editor):
    """Make a record of `noun` that `proposer` and `editor` brought to `state`."""
    fields = {}
    if noun == "assessment":
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
    """Return what is stored of `record`; None once it is gone."""
    return type(record).objects.filter(pk=record.pk).values().first()


def act(name, client, record):
    """Do the act `name` on `record`, as the desk's pages do it."""
    match name:
        case "edit":
            field = "rationale_fr" if isinstance(record, Assessment) else "title_fr"
            shown = client.get(page(record))
            client.post(page(record), (sent(shown) if shown.status_code == 200 else {}) | {field: "Réécrit."})
        case "propose":
            data = {"action": "propose_selected", "_selected_action": [record.pk]}
            client.post(f"/admin/commitments/{record._meta.model_name}/", data)
        case "delete":
            client.post(page(record, "delete"), {"post": "yes"})
        case _:
            address = f"/admin/commitments/{record._meta.model_name}/review/{name}/"
            client.post(address, {"pk": record.pk, "reason": "Pour l’essai."})
