"""The feeds, read by another program and held to the formats' own rules."""

import json
from datetime import date
from pathlib import Path

import feedparser
import jsonschema
import pytest
from django.db.models import QuerySet
from lxml import etree

from commitments.data.feeds import PAGE_SIZE
from commitments.models import Source
from commitments.rules.review import publication
from tests import factories
from tests.data.addresses import FEEDS, followed
from tests.public.addresses import in_each_language
from tests.public.conftest import on

HERE = Path(__file__).parent
ATOM = etree.RelaxNG(etree.parse(str(HERE / "atom.rng")))
JSON = jsonschema.Draft202012Validator(json.loads((HERE / "jsonfeed.schema.json").read_text()))


def parsed(response):
    """Return what feedparser reads of an Atom feed that the schema admits."""
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    document = etree.fromstring(response.content)
    assert ATOM.validate(document), ATOM.error_log
    found = feedparser.parse(response.content)
    assert found.bozo == 0
    return found


def loaded(response):
    """Return a JSON Feed that the schema admits."""
    assert response.status_code == 200
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    found = json.loads(response.content)
    assert [error.message for error in JSON.iter_errors(found)] == []
    return found


@pytest.mark.one_database
@pytest.mark.slow
def test_every_feed_is_well_made_in_both_formats_and_languages(client, full_site):
    for _page, language, path in in_each_language(FEEDS):
        response = client.get(path)
        if path.endswith("json"):
            assert loaded(response)["language"] == language
        else:
            assert parsed(response).feed.language == language


@pytest.mark.one_database
@pytest.mark.slow
def test_both_formats_say_the_same(client, record):
    for path in followed(record):
        if path.endswith("atom"):
            atom, data = parsed(client.get(path)), loaded(client.get(path.replace(".atom", ".json")))

            told = [(item["id"], item["url"], item["title"]) for item in data["items"]]
            assert [(entry.id, entry.link, entry.title) for entry in atom.entries] == told
            assert len(told) > 1


def test_an_entry_says_from_what_to_what_why_and_on_what_evidence(client, record):
    feed = parsed(client.get(f"/engagements/{record.commitment.reference}/flux.atom"))
    (entry,) = [entry for entry in feed.entries if entry.tags[0].term == "assessed"]

    html = entry.content[0].value
    assert entry.title == (
        "Évaluation au 10 avril 2025 : Non évalué → Progrès limité. AES-RU-2025-01, Renforcer la Force unifiée"
    )
    assert "Non évalué → Progrès limité" in html
    assert "Dix véhicules ont été livrés." in html
    assert "«\xa0La Russie a livré dix véhicules le 10 avril.\xa0»" in html
    assert 'href="http://testserver/sources/' in html
    assert "Signé : Boubacar" in html
    assert entry.author == "Boubacar"
    assert entry.link == f"http://testserver{record.assessment.get_absolute_url()}"


@pytest.mark.slow
def test_a_search_says_when_where_and_for_what_and_the_status_only_if_it_changed(client, record, analyst, editor):
    with on("2026-11-22"):
        lone = factories.make_commitment(reference="AES-RU-2025-02", title_fr="Former", published_by=editor)
    signed = {
        "proposed_by": analyst,
        "published_by": editor,
        "searched_where_fr": "Les journaux.",
        "searched_by_fr": "Awa",
    }
    with on("2026-11-23"):
        search = factories.make_search(
            commitment=lone, sought_fr="Un envoi", period_from=date(2025, 4, 4), period_to=date(2025, 4, 9), **signed
        )
        factories.make_search(
            commitment=record.commitment, milestone=record.milestone, party=factories.make_party("RU"), **signed
        )
        feed = parsed(client.get("/flux/tout.atom"))
        data = loaded(client.get("/flux/tout.json"))["items"]
    (moved, beside, first) = [entry for entry in feed.entries if entry.tags[0].term == "searched"]
    if "Former" not in moved.title:
        moved, beside = beside, moved

    html = moved.content[0].value
    assert moved.title == (
        "Recherche du 20 avril 2025 (Les journaux) : rien trouvé pour la période du 4 avril 2025 au 9 avril 2025. "
        "Non évalué → Aucune preuve disponible. AES-RU-2025-02, Former"
    )
    for words in (
        "Rien trouvé. La recherche a porté sur : Les journaux.",
        "Ce qui était cherché : Un envoi",
        "Qui a cherché : Awa",
        "Signé : Boubacar",
        "Non évalué → Aucune preuve disponible",
    ):
        assert words in html
    assert "Pour une période seulement" in html
    assert moved.link == f"http://testserver{search.get_absolute_url()}"
    assert beside.title == (
        "Recherche du 20 avril 2025 (Les journaux) : rien trouvé pour le jalon « Première livraison ». "
        "Non évalué → Aucune preuve disponible. AES-RU-2025-01, Renforcer la Force unifiée (Partie RU)"
    )
    assert f'href="http://testserver{record.milestone.get_absolute_url()}"' in beside.content[0].value
    assert first.title == (
        "Recherche du 20 avril 2025 (Sites officiels) : rien trouvé. AES-RU-2025-01, Renforcer la Force unifiée"
    )
    assert "État d’avancement" not in first.content[0].value
    (told,) = [item["_change"] for item in data if item["_change"]["key"] == search.uid.hex]
    assert (told["act"], told["from"], told["to"]) == ("searched", "not_assessed", "no_evidence")


@pytest.mark.slow
def test_a_feed_names_itself_its_page_and_its_neighbours(client, editor):
    for _number in range(PAGE_SIZE // 2):
        factories.make_commitment(published_by=editor)

    first, second = client.get("/flux/tout.atom"), client.get("/flux/tout.atom?page=2")
    data = loaded(client.get("/flux/tout.json"))

    links = {link.rel: link.href for link in parsed(first).feed.links}
    assert links == {
        "alternate": "http://testserver/",
        "self": "http://testserver/flux/tout.atom",
        "first": "http://testserver/flux/tout.atom",
        "next": "http://testserver/flux/tout.atom?page=2",
    }
    assert {link.rel: link.href for link in parsed(second).feed.links}["previous"] == links["self"]
    assert data["next_url"] == "http://testserver/flux/tout.json?page=2"
    told = [entry.id for response in (first, second) for entry in parsed(response).entries]
    assert len(parsed(first).entries) == PAGE_SIZE
    assert len(set(told)) == len(told)
    assert parsed(first).feed.id == parsed(second).feed.id


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "1.5", "²", "9" * 5000])
def test_a_page_that_the_feed_does_not_have(client, record, page):
    assert client.get("/flux/tout.atom", {"page": page}).status_code == 404


@pytest.mark.slow
def test_entries_keep_their_identifiers_in_both_languages_and_on_another_host(client, record, settings):
    settings.ALLOWED_HOSTS = ["testserver", "ailleurs.example"]
    here = [entry.id for entry in parsed(client.get("/flux/tout.atom")).entries]
    english = [entry.id for entry in parsed(client.get("/en/flux/tout.atom")).entries]
    elsewhere = [
        entry.id for entry in parsed(client.get("/flux/tout.atom", headers={"host": "ailleurs.example"})).entries
    ]

    assert here == english == elsewhere


@pytest.mark.slow
def test_what_follows_leaves_identifiers_and_updates_what_it_corrects(client, record, analyst, editor):
    path = f"/engagements/{record.commitment.reference}/flux.atom"
    before = {entry.id: entry for entry in parsed(client.get(path)).entries}

    with on("2026-11-22"):
        record.commitment.statement_fr = "Les parties conviennent d’autre chose."
        record.commitment.save()
        after = {entry.id: entry for entry in parsed(client.get(path)).entries}

    assert before.keys() < after.keys()
    moved = [entry for key, entry in after.items() if key in before and entry.updated != before[key].updated]
    assert [entry.tags[1].term for entry in moved] == ["commitment"]
    (new,) = [entry for key, entry in after.items() if key not in before]
    assert new.tags[0].term == "corrected"
    assert "<ins>" in new.content[0].value
    assert "autre chose" in new.content[0].value


@pytest.mark.slow
def test_a_withdrawal_ends_the_entry_of_the_publication(client, record, analyst, editor):
    path = f"/engagements/{record.commitment.reference}/flux.atom"
    (told,) = [entry.id for entry in parsed(client.get(path)).entries if entry.tags[0].term == "assessed"]

    with on("2026-11-22"):
        publication.withdraw(record.assessment, by=editor, reason="Le journal s’est rétracté.")
        response = client.get(path)

    entries = parsed(response).entries
    assert told not in [entry.id for entry in entries]
    assert f'<at:deleted-entry ref="{told}" when="2026-11-22T12:00:00+00:00"' in response.content.decode()
    assert entries[0].tags[0].term == "withdrawn"
    assert "Le journal s’est rétracté." in entries[0].content[0].value
    assert "Dix véhicules" not in response.content.decode()


def test_the_feed_of_what_is_withdrawn_ends_with_its_withdrawal(client, record, editor):
    publication.withdraw(record.commitment, by=editor, reason="Doublon.")

    response = client.get(f"/engagements/{record.commitment.reference}/flux.atom")

    (entry,) = parsed(response).entries
    assert entry.title == f"Retrait : Engagement {record.commitment.reference}"
    assert "Doublon." in entry.content[0].value
    assert "Force unifiée" not in response.content.decode()


def test_what_is_not_public_has_no_feed_and_answers_as_what_never_was(client, editor):
    draft = factories.make_commitment(sector=factories.make_sector("secret"), undertakes="XX")
    never = client.get("/engagements/JAMAIS-2025-01/flux.atom").content.decode().replace("JAMAIS-2025-01", "")

    answer = client.get(f"/engagements/{draft.reference}/flux.atom")

    assert answer.status_code == 404
    assert answer.content.decode().replace(draft.reference, "") == never
    for path in ("/flux/secteurs/secret", "/flux/parties/XX"):
        assert client.get(f"{path}.atom").status_code == client.get(f"{path}.json").status_code == 404


@pytest.mark.slow
def test_a_feed_is_read_for_a_past_day(client, record, editor):
    with on("2026-11-22"):
        factories.make_note(commitment=record.commitment, published_by=editor)
        path = f"/engagements/{record.commitment.reference}/flux.atom"
        now, then = client.get(path), client.get(path, {"known_on": "2026-11-21"})

    assert len(parsed(now).entries) == len(parsed(then).entries) + 1
    assert all("known_on=2026-11-21" in entry.link for entry in parsed(then).entries)
    links = {link.rel: link.href for link in parsed(then).feed.links}
    assert links["self"] == f"http://testserver{path}?known_on=2026-11-21"


@pytest.mark.one_database
@pytest.mark.slow
def test_a_feed_answers_head_and_304_and_refuses_the_rest(client, record):
    for path in followed(record):
        whole = client.get(path, headers={"origin": "https://ailleurs.example"})

        assert client.head(path).status_code == 200
        assert client.head(path).content == b""
        assert client.get(path, headers={"if-none-match": whole["ETag"]}).status_code == 304
        assert client.post(path).status_code == 405
        assert client.get(path, {"as_of": "hier"}).status_code == 400
        assert whole["Access-Control-Allow-Origin"] == "*"


@pytest.mark.slow
def test_characters_that_xml_cannot_hold_break_no_feed(client, record):
    QuerySet.update(Source.objects.filter(pk=record.source.pk), title="Un\x0b article\uffff & <b>\x1f")

    feed = parsed(client.get("/flux/tout.atom"))

    assert any("Un article & <b>" in entry.title for entry in feed.entries)
    assert "<b>" not in client.get("/flux/tout.atom").content.decode()


def test_an_empty_feed_is_a_feed(client, db):
    assert parsed(client.get("/flux/tout.atom")).entries == []
    assert loaded(client.get("/flux/tout.json"))["items"] == []


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/", None),
        ("/engagements/AES-RU-2025-01/", "/engagements/AES-RU-2025-01/flux.atom"),
        ("/secteurs/securite/", "/flux/secteurs/securite.atom"),
        ("/parties/RU/", "/flux/parties/RU.atom"),
        ("/chronologie/", None),
        ("/en/parties/RU/", "/en/flux/parties/RU.atom"),
    ],
)
def test_a_page_says_where_it_is_followed(client, record, path, own):
    html = client.get(path).content.decode()
    everything = f"{'/en' if path.startswith('/en/') else ''}/flux/tout.atom"

    head, _mark, body = html.partition("</head>")
    for address in filter(None, (everything, own)):
        assert f'href="{address}">' in head
    assert head.count('<link rel="alternate" type="application/atom+xml" title="') == (2 if own else 1)
    assert f'<a href="{own or everything}"' in body
