"""Taking an article in: blanks are filled, what was typed stays, the same text is not put on file twice unasked."""

import json
from datetime import date, time

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from commitments.models import Source
from commitments.rules.sourcing import intake
from tests import factories
from tests.admin.forms import messages_of, sent, typed_back

pytestmark = pytest.mark.one_database

ADD = "/admin/commitments/source/add/"
READ = "/admin/commitments/source/read/"
ARTICLE = """Sahel : la Russie livre dix véhicules à la Force unifiée

Bamako, 12 mai 2025 – Dix véhicules blindés ont été remis lundi à la Force unifiée de la Confédération.

La cérémonie s’est tenue au camp en présence des trois ministres de la Défense et de l’ambassadeur de Russie, qui a
rappelé que d’autres livraisons suivraient avant la fin de l’année.

Kadidia Coulibaly
"""
READ_OF_IT = {
    "title": "Sahel : la Russie livre dix véhicules à la Force unifiée",
    "author": "Kadidia Coulibaly",
    "published_on": "12/05/2025",
}


def upload(text=ARTICLE, name="article.txt"):
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def post(client, button="_save", **typed):
    return client.post(ADD, typed_back(client, ADD) | typed | {button: "1"})


def asked(client, **typed):
    response = client.post(READ, typed)
    assert response.status_code == 200
    return json.loads(response.content)


def errors_of(response):
    return response.context["adminform"].form.errors


# Without script


def test_the_page_proposes_the_next_reference(as_analyst):
    factories.make_source(reference="A004")

    assert typed_back(as_analyst, ADD)["reference"] == "A005"


def test_reading_a_pasted_text_fills_the_blanks_and_keeps_nothing(as_analyst):
    response = post(as_analyst, "_read", text=ARTICLE)

    form = sent(response)
    assert {name: form[name] for name in READ_OF_IT} == READ_OF_IT
    assert form["text"].strip() == ARTICLE.strip()
    assert "lu dans « Bamako, 12 mai 2025 »" in response.content.decode()
    assert "errorlist" not in response.content.decode()
    assert not Source.objects.exists()


def test_reading_keeps_all_that_was_typed_even_what_is_no_date(as_analyst):
    typed = {"title": "Mon titre", "published_on": "30/02/2025", "publisher": "Le Journal", "language": "ru"}
    typed |= {"kind": "agency", "text_is_public": "on", "url": "pas une adresse", "reference": "T001"}

    form = sent(post(as_analyst, "_read", text=ARTICLE, **typed))

    assert {name: form[name] for name in typed} == typed
    assert form["author"] == "Kadidia Coulibaly"


def test_the_hour_of_another_day_is_not_proposed(as_analyst):
    text = f"Publié le 13 mai 2025 à 8h30\n{ARTICLE}"

    assert sent(post(as_analyst, "_read", text=text))["published_time"] == "08:30:00"
    assert sent(post(as_analyst, "_read", text=text, published_on="12/05/2025"))["published_time"] == ""


def test_reading_a_file_gives_its_text_and_its_name(as_analyst):
    form = sent(post(as_analyst, "_read", upload=upload("Un œil, là-bas.".encode("cp1252"))))

    assert form["text"].strip() == "Un œil, là-bas."
    assert form["file_name"] == "article.txt"


def test_what_was_read_can_be_saved(as_analyst, analyst):
    form = sent(post(as_analyst, "_read", text=ARTICLE))

    response = as_analyst.post(ADD, form | {"_save": "1"})

    assert response.status_code == 302
    source = Source.objects.get()
    assert (source.title, source.published_on) == (READ_OF_IT["title"], date(2025, 5, 12))
    assert (source.state, source.history.get().history_user) == ("draft", analyst)


def test_reading_a_text_on_file_announces_it_with_a_link(as_analyst):
    source = factories.make_source(text=ARTICLE)

    page = post(as_analyst, "_read", text=f"{ARTICLE} \n").content.decode()

    assert "déjà au dossier" in page
    assert f"/admin/commitments/source/{source.pk}/change/" in page
    assert 'name="keep_twin"' in page


# Saving


def test_saving_a_file_with_no_text_typed_reads_it_byte_for_byte(as_analyst):
    data = ARTICLE.replace("\n", "\r\n").encode()

    response = post(as_analyst, upload=upload(data))

    assert response.status_code == 302
    source = Source.objects.get()
    assert (source.text.encode(), source.file_name, source.title) == (data, "article.txt", "")


def test_saving_the_files_text_as_a_browser_shows_it_keeps_the_files(as_analyst):
    data = ARTICLE.replace("\n", "\r\n").encode()

    post(as_analyst, text=ARTICLE, upload=upload(data))

    assert Source.objects.get().text.encode() == data


def test_a_text_that_was_typed_comes_before_the_files(as_analyst):
    response = post(as_analyst, text="Un autre texte.", upload=upload())

    assert response.status_code == 302
    assert Source.objects.get().text == "Un autre texte."


def test_a_typed_text_is_saved_though_the_file_cannot_be_read(as_analyst):
    response = post(as_analyst, text="Tapé d’après le fac-similé.", upload=upload(b"%PDF-", "scan.pdf"))

    assert response.status_code == 302
    assert Source.objects.get().text == "Tapé d’après le fac-similé."


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.txt", "vide"),
        (b"x", "a.odt", "n’est pas d’un type lu ici"),
        (b"x\x00", "a.txt", "octets nuls"),
        (b"PK", "a.docx", "endommagé"),
        (b"%PDF-1.4", "a.pdf", "endommagé"),
        (b"<html></html>", "a.html", "Aucun article"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_next_to_it(data, name, reason, as_analyst):
    response = post(as_analyst, title="Mon titre", upload=upload(data, name))

    assert response.status_code == 200
    assert reason in errors_of(response)["upload"][0]
    assert sent(response)["title"] == "Mon titre"
    assert reason in asked(as_analyst, upload=upload(data, name))["report"]
    assert not Source.objects.exists()


def test_a_refused_form_keeps_the_files_text(as_analyst):
    response = post(as_analyst, upload=upload(), published_on="30/02/2025")

    form = sent(response)
    assert set(errors_of(response)) == {"published_on"}
    assert (form["text"].strip(), form["file_name"]) == (ARTICLE.strip(), "article.txt")


def test_too_long_a_text_and_a_nul_are_refused_next_to_it(as_analyst, monkeypatch):
    assert "nul" in errors_of(post(as_analyst, text="Un\x00texte"))["text"][0].lower()
    monkeypatch.setattr("commitments.rules.text.documents.MOST_CHARACTERS", 10)

    assert "10 caractères" in errors_of(post(as_analyst, text="x" * 11))["text"][0]


def test_the_same_text_is_refused_with_a_link_and_kept_where_that_is_meant(as_analyst):
    source = factories.make_source(text=ARTICLE)

    refused = post(as_analyst, text=ARTICLE.replace("\n", "\r\n"), title="Mon titre")
    form = sent(refused)
    kept = as_analyst.post(ADD, form | {"keep_twin": "on", "_save": "1"}, follow=True)

    assert f'href="/admin/commitments/source/{source.pk}/change/"' in errors_of(refused)["text"][0]
    assert form["title"] == "Mon titre"
    assert Source.objects.count() == 2
    assert source.reference in messages_of(kept)


def test_twins_are_looked_for_before_the_save_takes_the_database(as_analyst, monkeypatch):
    typed = typed_back(as_analyst, ADD) | {"text": ARTICLE, "_save": "1"}
    outside, depths, look = len(connection.savepoint_ids), [], intake.twins
    monkeypatch.setattr(intake, "twins", lambda text: depths.append(len(connection.savepoint_ids)) or look(text))

    as_analyst.post(ADD, typed)

    assert depths == [outside]
    assert Source.objects.count() == 1


def test_the_same_text_put_on_file_during_that_look_is_refused(as_analyst, monkeypatch):
    typed = typed_back(as_analyst, ADD) | {"text": ARTICLE, "_save": "1"}
    meanwhile, look = [], intake.twins
    monkeypatch.setattr(
        intake, "twins", lambda text: look(text) + (meanwhile.append(factories.make_source(text=ARTICLE)) or [])
    )

    response = as_analyst.post(ADD, typed)

    assert meanwhile[0].reference in errors_of(response)["text"][0]
    assert Source.objects.count() == 1


def test_nearly_the_same_text_is_saved_and_announced(as_analyst):
    source = factories.make_source(text=ARTICLE)

    response = as_analyst.post(
        ADD, typed_back(as_analyst, ADD) | {"text": f"Reprise.\n{ARTICLE}Abonnez-vous.", "_save": "1"}, follow=True
    )

    assert Source.objects.count() == 2
    assert f"/admin/commitments/source/{source.pk}/change/" in messages_of(response)


def test_a_title_on_file_is_no_markup_in_what_is_announced(as_analyst):
    factories.make_source(text=ARTICLE, title="<img src=x>")

    assert "<img" not in asked(as_analyst, text=ARTICLE)["report"]
    assert "<img" not in post(as_analyst, text=ARTICLE).content.decode()


def test_a_reference_taken_meanwhile_is_refused_with_the_next_one(as_analyst):
    form = typed_back(as_analyst, ADD)
    factories.make_source(reference=form["reference"])

    response = as_analyst.post(ADD, form | {"text": ARTICLE})

    assert "A002" in errors_of(response)["reference"][-1]


def test_saving_to_quote_leads_to_the_new_source(as_analyst):
    response = post(as_analyst, "_quote", text=ARTICLE)

    assert response.status_code == 302
    assert response.url.startswith(f"/admin/commitments/source/{Source.objects.get().pk}/")


@pytest.mark.slow
def test_a_source_on_file_has_no_intake(as_analyst):
    source = factories.make_source()

    page = as_analyst.get(f"/admin/commitments/source/{source.pk}/change/").content.decode()

    assert "desk-intake" not in page
    assert 'name="upload"' not in page


# What the page's script asks


def test_the_script_gets_the_blanks_and_the_report(as_analyst):
    answer = asked(as_analyst, text=ARTICLE, author="A. Sanogo")

    assert answer["fields"] == {name: READ_OF_IT[name] for name in ("title", "published_on")}
    assert "12 mai 2025" in answer["report"]
    assert not Source.objects.exists()


def test_the_script_gets_the_text_of_a_file(as_analyst):
    answer = asked(as_analyst, upload=upload())

    assert answer["fields"] == READ_OF_IT | {"text": ARTICLE, "file_name": "article.txt"}


def test_the_script_is_told_that_a_typed_text_is_kept(as_analyst):
    answer = asked(as_analyst, text="Un autre texte.", upload=upload())

    assert answer["fields"] == {}
    assert "est gardé" in answer["report"]


def test_the_script_is_told_of_twins(as_analyst):
    source = factories.make_source(text=ARTICLE)

    assert f"/source/{source.pk}/change/" in asked(as_analyst, text=f"Reprise.\n{ARTICLE}")["report"]


@pytest.mark.parametrize(
    "typed", [{}, {"text": ""}, {"text": "\x00"}, {"upload": "pas un fichier"}, {"text": "é" * 9999}]
)
def test_the_script_gets_an_answer_whatever_it_sends(typed, as_analyst):
    assert asked(as_analyst, **typed)["fields"] == {}


def test_the_address_answers_posts_only(as_analyst):
    assert as_analyst.get(READ).status_code == 405


def test_the_address_is_for_those_who_may_add_a_source(analyst):
    factories.make_source(text=ARTICLE)
    reader = factories.make_user("lecteur")
    reader.user_permissions.add(Permission.objects.get(codename="view_source"))
    client = Client()

    assert client.post(READ, {"text": ARTICLE}).status_code == 401
    client.force_login(reader)
    assert client.post(READ, {"text": ARTICLE}).status_code == 403
    assert client.post(ADD, {"_read": "1", "text": ARTICLE}).status_code == 403


def test_the_address_asks_for_the_forms_token(analyst):
    client = Client(enforce_csrf_checks=True)
    client.force_login(analyst)

    assert client.post(READ, {"text": ARTICLE}).status_code == 403


def test_the_hour_is_kept_with_its_day(as_analyst):
    post(as_analyst, text=ARTICLE, published_on="12/05/2025", published_time="08:30")

    assert Source.objects.get().published_time == time(8, 30)


@pytest.mark.parametrize("button", ["_save", "_propose", "_quote"])
def test_nothing_at_all_is_not_taken_in(button, as_analyst):
    response = post(as_analyst, button, text=" ")

    assert "Collez" in str(errors_of(response)["text"])
    assert not Source.objects.exists()


def test_a_source_without_text_is_kept_by_what_is_known_of_it_but_not_quoted(as_analyst):
    refused = post(as_analyst, "_quote", text="", title="Vu à la télévision")
    post(as_analyst, "_save", text="", title="Vu à la télévision")

    assert "rien à citer" in str(errors_of(refused)["text"])
    assert Source.objects.get().title == "Vu à la télévision"
