"""Takes the pictures of docs/guide-analyste.md anew, by going through what the guide describes.

Run by `make screenshots`. Two made-up people take a made-up article, about a made-up commitment of two made-up states,
from paste to publication, in a scratch database. Every button and field is looked up by the words that the guide
quotes: where one of them is no longer there, the run stops and says which.
"""

import io
import os
import re
from datetime import date
from typing import Any

import django
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from docs.screenshots import chromium
from tests.pages.site import ROOT, served

IMAGES = ROOT / "docs" / "images"
COLOURS = 255
"""Of each picture: enough for text and flat colours, and a third of the size."""
TAKEN: dict[str, Image.Image] = {}
"""The pictures by their names: written once all are taken, so that a run that stops leaves those on file."""

REFERENCE = "EX-AB-2025-01"
COMMUNIQUE = (
    "Communiqué d’exemple, inventé pour le guide. Le Pays Alpha livrera dix bibliobus au Pays Bêta. "
    "Le Pays Alpha formera vingt bibliothécaires du Pays Bêta."
)
DELIVERY = "Six bibliobus ont été remis lundi aux bibliothèques du Pays Bêta."
PROMISE = "Quatre autres suivront avant la fin de l’année"
ARTICLE = f"""Article d’exemple : six bibliobus remis au Pays Bêta

Ville-Exemple, 12 mai 2025 – {DELIVERY} Ils ont pris la route le lendemain.

« {PROMISE} », a annoncé la ministre de la Culture du Pays Alpha. Les chauffeurs ont été formés pendant une semaine.

Jeanne Exemple
"""
REASONS = "Six des dix bibliobus promis ont été remis, selon l’article d’exemple."
REMARK = "Précisez combien de bibliobus restent à livrer."
SHEET = (
    "Engagement;Intitulé;Au plus tard le\r\n"
    f"{REFERENCE};Six bibliobus livrés;2026-06\r\n"
    f"{REFERENCE};Dix bibliobus livrés;bientôt\r\n"
)


# What the pictures show


class Records:
    """The people and records of the pictures, made by the tracker's own rules."""

    def __init__(self) -> None:
        from commitments import models
        from commitments.rules.review import publication
        from tests import factories

        self.awa = factories.make_user("awa", group="Analysts", first_name="Awa", last_name="Exemple")
        self.editor = factories.make_user("luc", group="Editors", first_name="Luc", last_name="Exemple")
        for code, name in (("EXA", "Alpha"), ("EXB", "Bêta")):
            factories.make_party(code, name_fr=f"Pays {name}", name_en=f"Country {name}")
        source = models.Source.objects.create(
            reference="E001", kind="official", title="Communiqué d’exemple", text=COMMUNIQUE
        )
        instrument = factories.make_instrument(title_fr="Communiqué d’exemple", issued_on=date(2025, 3, 10))
        self.first, self.second, self.draft = (
            self._commitment(number, title, passage, source, instrument)
            for number, title, passage in (
                (1, "Livrer dix bibliobus (engagement d’exemple)", "Le Pays Alpha livrera dix bibliobus au Pays Bêta."),
                (
                    2,
                    "Former vingt bibliothécaires (exemple)",
                    "Le Pays Alpha formera vingt bibliothécaires du Pays Bêta.",
                ),
                (3, "Former les bibliothécaires (brouillon d’exemple)", "vingt bibliothécaires"),
            )
        )
        for commitment in (self.first, self.second):
            publication.publish(commitment, by=self.editor)

    @staticmethod
    def _commitment(number: int, title: str, passage: str, source: Any, instrument: Any) -> Any:
        from commitments import models
        from tests import factories

        commitment = models.Commitment.objects.create(
            reference=f"EX-AB-2025-{number:02}",
            basis="agreed",
            sector=models.Sector.objects.first(),
            instrument=instrument,
            made_on=date(2025, 3, 10),
            title_fr=title,
            statement_fr=passage,
        )
        for code, role in (("EXA", "undertakes"), ("EXB", "benefits")):
            models.Undertaking.objects.create(commitment=commitment, party=factories.make_party(code), role=role)
        models.Citation.objects.create(commitment=commitment, source=source, exact=passage)
        return commitment


# Taking pictures


def keep(name: str, png: bytes) -> None:
    """Keep a picture until all are taken, with few colours, so that it is small."""
    TAKEN[name] = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)


def picture(name: str, *parts: Locator, most: int = 900, pad: int = 10) -> None:
    """Save what holds all of `parts`, `pad` pixels around and `most` pixels high; each of them must be there."""
    page = parts[0].page
    page.evaluate("scrollTo(0, 0)")
    page.mouse.move(0, 0)
    boxes = []
    for part in parts:
        expect(part.first).to_be_visible()
        box = part.first.bounding_box()
        assert box is not None  # noqa: S101 - it is visible
        boxes.append(box)
    left = max(min(box["x"] for box in boxes) - pad, 0)
    top = max(min(box["y"] for box in boxes) - pad, 0)
    right = max(box["x"] + box["width"] for box in boxes) + pad
    bottom = min(max(box["y"] + box["height"] for box in boxes) + pad, top + most)
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    keep(name, page.screenshot(full_page=True, clip=clip))  # type: ignore[arg-type]


def content(page: Page) -> tuple[Locator, Locator]:
    """Return the parts that make a page's own content: its title and what is below."""
    return page.locator("#content > h1"), page.locator("#content-main")


def screen(name: str, page: Page) -> None:
    """Save what the window shows."""
    page.mouse.move(0, 0)
    keep(name, page.screenshot())


def press(page: Page | Locator, label: str) -> None:
    """Press the button or follow the link that is labelled `label`, exactly."""
    exact = re.compile(f"^\\s*{re.escape(label)}\\s*$")
    page.get_by_role("button", name=exact).or_(page.get_by_role("link", name=exact)).first.click()


def field(page: Page | Locator, label: str) -> Locator:
    """Return the field that is labelled `label`, exactly but for a colon."""
    return page.get_by_label(re.compile(f"^\\s*{re.escape(label)}\\s*:?\\s*$"))


def drag(page: Page, words: str) -> None:
    """Select `words` of the archived text with the mouse."""
    corners = page.evaluate(
        """words => {
            const walker = document.createTreeWalker(document.getElementById("quote-text"), NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                const box = (from, to) => {
                    const range = document.createRange();
                    range.setStart(node, from);
                    range.setEnd(node, to);
                    return range.getBoundingClientRect();
                };
                const first = box(at, at + 1), last = box(at + words.length - 1, at + words.length);
                return [[first.left + 1, first.top + 8], [last.right - 1, last.top + 8]];
            }
        }""",
        words,
    )
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.mouse.move(*corners[1], steps=8)
    page.mouse.up()


class Guide:
    """Goes through the guide, one part after the other; what a part does, the next ones find done."""

    def __init__(self, browser: Browser, address: str, records: Records) -> None:
        self.browser, self.address, self.records = browser, address, records

    def take(self) -> None:
        """Take every picture."""
        self.awa, self.editor = self.opened(), self.opened()
        self.phone = self.opened(width=360, height=740, has_touch=True, is_mobile=True)
        self.sign_in_page()
        for page, name in ((self.awa, "awa"), (self.phone, "awa"), (self.editor, "luc")):
            self.sign_in(page, name)
        for part in (
            self.second_factor,
            self.take_in,
            self.quote,
            self.assess,
            self.review,
            self.answer,
            self.decide,
            self.search_made,
            self.follow,
            self.spreadsheet,
            self.history,
            self.conflict,
            self.delete,
            self.preferences,
            self.session,
        ):
            part()

    def opened(self, *, width: int = 1100, height: int = 860, **options: Any) -> Page:
        """Return a page of a browser of its own."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": height},
            locale="fr-FR",
            color_scheme="light",
            permissions=["clipboard-read", "clipboard-write"],
            reduced_motion="reduce",
            **options,
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    def sign_in_page(self) -> None:
        """The first thing that anybody sees."""
        self.awa.goto("/admin/")
        picture("guide-connexion", self.awa.locator("#container"), most=420, pad=0)

    @staticmethod
    def sign_in(page: Page, name: str) -> None:
        """Sign in as one of the pictures' people, whose password is their name."""
        if not page.locator("#login-form").count():
            page.goto("/admin/login/?next=/admin/")
        field(page, "Nom d’utilisateur").fill(name)
        field(page, "Mot de passe").fill(name)
        press(page, "Connexion")
        expect(page.locator("#user-tools")).to_be_visible()
        # The side bar of nouns is on every page: closed, the pictures show the page itself.
        page.evaluate("localStorage.setItem('django.admin.navSidebarIsOpen', 'false')")

    def form_of(self, page: Page, record: Any) -> Page:
        """Open the page of `record`."""
        page.goto(f"/admin/commitments/{record._meta.model_name}/{record.pk}/change/")
        return page

    def second_factor(self) -> None:
        """Setting it up; the secret drawn is always the same, and stays unused."""
        from django_otp.plugins.otp_totp.models import TOTPDevice

        self.awa.goto("/admin/")
        press(self.awa, "Second facteur")
        press(self.awa, "Activer un second facteur")
        expect(self.awa.get_by_role("button", name="Activer", exact=True)).to_be_visible()
        TOTPDevice.objects.filter(user=self.records.awa).update(key="0123456789" * 4)
        self.awa.goto("/admin/second-facteur/")
        picture("guide-second-facteur", *content(self.awa))
        TOTPDevice.objects.all().delete()

    def take_in(self) -> None:
        """An article is pasted; what it says of itself fills the blanks."""
        page = self.awa
        page.goto("/admin/")
        press(page, "Verser un article")
        page.evaluate("text => navigator.clipboard.writeText(text)", ARTICLE)
        field(page, "Texte").focus()
        page.keyboard.press("Control+V")
        expect(page.locator("#desk-intake")).to_contain_text("Proposé d’après le texte, à vérifier")
        expect(page.locator("#id_published_on")).to_have_value("12/05/2025")
        field(page, "Éditeur").fill("Journal d’exemple")
        field(page, "Titre").blur()
        picture("guide-verser", page.locator("fieldset").first, page.locator("#desk-intake"))
        picture("guide-verser-champs", page.locator("fieldset").nth(1), page.locator(".submit-row").last)
        press(page, "Enregistrer et citer")
        expect(page.locator("#quote-text")).to_be_visible()

    def quote(self) -> None:
        """A passage is selected and cited, with a mouse and with a finger; and what nothing cites yet."""
        page = self.awa
        drag(page, DELIVERY)
        panel = page.get_by_role("dialog", name="Citer un passage")
        field(panel, "Engagement").fill("bibliobus")
        page.get_by_role("option", name=REFERENCE).click()
        expect(panel.get_by_text("Appuie")).to_be_visible()
        expect(panel.get_by_role("button", name="Nouvelle évaluation avec ce passage")).to_be_visible()
        screen("guide-citer", page)
        press(panel, "Citer")
        expect(page.locator("#quote-done")).to_contain_text("Cité pour")
        press(page, "Les montrer")
        picture("guide-pas-encore-cite", page.locator("#quote"), most=620, pad=0)

        self.phone.goto(page.url.split("?")[0])
        self.phone.locator(".quote-sentence", has_text=PROMISE).tap()
        expect(self.phone.get_by_role("dialog", name="Citer un passage")).to_be_visible()
        screen("guide-citer-telephone", self.phone)

    def assess(self) -> None:
        """A judgement is written, refused for want of a concrete action, and proposed."""
        page = self.form_of(self.awa, self.records.first)
        press(page, "Proposer une évaluation")
        picture("guide-evaluer-dossier", page.locator(".assess-dossier"))
        field(page, "État d’avancement").select_option("Progrès limité")
        page.locator("#id_as_of").fill("12/05/2025")
        field(page, "Motifs").fill(REASONS)
        passage = page.locator(".assess-pick", has_text=DELIVERY)
        passage.get_by_role("checkbox").check()
        field(passage, "Nature de la preuve").select_option("Annonce")
        against = page.locator("#assess-against")
        expect(against).to_contain_text("une annonce seule n’y suffit jamais")
        picture("guide-evaluer-oppose", against, page.locator(".submit-row").last)
        field(passage, "Nature de la preuve").select_option("Action concrète")
        expect(against).to_contain_text("Aucune règle ne s’y oppose")
        picture("guide-evaluer", page.locator("fieldset", has=page.locator("#id_status")))
        picture("guide-evaluer-preuves", page.locator(".assess-picks"))
        press(page, "Enregistrer et proposer")
        expect(page.locator(".messagelist")).to_contain_text("Proposé, en attente de relecture")

    def review(self) -> None:
        """The editor reads what waits, and sends it back."""
        page = self.editor
        page.goto("/admin/relecture/")
        picture("guide-file-relecture", *content(page))
        page.get_by_role("link", name=REFERENCE).click()
        picture("guide-relecture", content(page)[0], page.locator(".desk-contexts"))
        field(page, "Commentaire").fill(REMARK)
        picture("guide-decider", page.locator(".desk-decide"))
        press(page, "Renvoyer")
        expect(page.locator(".messagelist")).to_be_visible()

    def answer(self) -> None:
        """The analyst finds it on the first page, and answers."""
        page = self.awa
        page.goto("/admin/")
        expect(page.locator("#sent_back")).to_contain_text(REMARK)
        picture("guide-premiere-page", page.locator("#container"), most=820, pad=0)
        self.phone.goto("/admin/")
        screen("guide-premiere-page-telephone", self.phone)
        page.locator("#sent_back").get_by_role("link", name=REFERENCE).click()
        field(page, "Votre réponse à la relecture").fill("Quatre, selon l’article ; ajouté aux motifs.")
        picture("guide-renvoye", page.locator(".desk-review"), page.locator(".desk-sent-back"), pad=2)
        field(page, "Motifs").fill(f"{REASONS} Quatre restent à livrer.")
        press(page, "Enregistrer et proposer")
        expect(page.locator(".messagelist")).to_contain_text("Proposé, en attente de relecture")

    def decide(self) -> None:
        """The editor sees what changed, publishes, and looks at what a withdrawal would ask."""
        page = self.editor
        page.goto("/admin/relecture/")
        page.get_by_role("link", name=REFERENCE).click()
        picture("guide-ce-qui-a-change", page.locator("section", has=page.locator("#since")))
        press(page, "Publier")
        expect(page.locator(".messagelist")).to_contain_text("Publié")
        self.form_of(page, self.records.first.assessments.get())
        press(page, "Retirer…")
        field(page, "Motif").fill("L’article d’exemple a été démenti par son éditeur.")
        picture("guide-retirer", *content(page))

    def search_made(self) -> None:
        """A search that found nothing, said of two commitments at once."""
        page = self.awa
        page.goto("/admin/commitments/commitment/?q=EX-AB")
        for commitment in (self.records.first, self.records.second):
            page.get_by_role("row", name=commitment.reference).get_by_role("checkbox").check()
        page.locator(".actions select[name=action]").select_option("Recherche faite, aucune preuve trouvée…")
        press(page, "Envoyer")
        field(page, "Recherche faite le").fill("20/11/2025")
        field(page, "Où la recherche a porté").fill("Journal d’exemple, site officiel du Pays Alpha")
        field(page, "Où la recherche a porté").blur()
        expect(page.get_by_role("button", name="Proposer", exact=True)).to_be_visible()
        picture("guide-recherche-faite", *content(page), most=1000)

    def follow(self) -> None:
        """Who follows a commitment."""
        page = self.form_of(self.awa, self.records.second)
        press(page, "Je m’en charge")
        expect(page.get_by_role("button", name="Ne plus le suivre")).to_be_visible()
        page = self.form_of(self.editor, self.records.second)
        expect(page.get_by_role("button", name="Attribuer", exact=True)).to_be_visible()
        picture(
            "guide-suivi", page.locator("#content h1"), page.locator(".object-tools"), page.locator(".desk-follower")
        )

    def spreadsheet(self) -> None:
        """A spreadsheet with a row that is refused."""
        page = self.awa
        page.goto("/admin/commitments/milestone/")
        press(page, "Importer…")
        picture("guide-importer", *content(page))
        file = {"name": "jalons.csv", "mimeType": "text/csv", "buffer": SHEET.encode("cp1252")}
        field(page, "Fichier CSV ou XLSX").set_input_files(files=[file])  # type: ignore[list-item]
        press(page, "Vérifier le fichier")
        page.wait_for_url(re.compile(r"/import/[0-9a-f-]{36}/$"), timeout=60_000)
        picture("guide-compte-rendu", *content(page))

    def history(self) -> None:
        """An earlier version, to be taken up again."""
        page = self.form_of(self.editor, self.records.draft)
        field(page, "Énoncé").fill("Le Pays Alpha formera vingt bibliothécaires du Pays Bêta en deux ans.")
        press(page, "Enregistrer le brouillon")
        self.form_of(page, self.records.draft)
        press(page, "Historique")
        page.locator("#change-history tbody tr").last.get_by_role("link").click()
        expect(page.get_by_role("link", name="Reprendre cette version…")).to_be_visible()
        picture("guide-reprendre", *content(page), most=470)

    def conflict(self) -> None:
        """Two people on one record."""
        awa, editor = self.form_of(self.awa, self.records.draft), self.form_of(self.editor, self.records.draft)
        field(editor, "Titre").fill("Former vingt bibliothécaires en deux ans")
        press(editor, "Enregistrer le brouillon")
        expect(editor.locator(".messagelist")).to_be_visible()
        field(awa, "Titre").fill("Former vingt bibliothécaires du Pays Bêta")
        press(awa, "Enregistrer le brouillon")
        expect(awa.get_by_role("button", name="Reprendre la version enregistrée")).to_be_visible()
        picture("guide-conflit", awa.locator(".desk-conflict"))

    def delete(self) -> None:
        """What goes with a draft."""
        self.leave(self.awa)
        page = self.form_of(self.awa, self.records.draft)
        press(page, "Supprimer")
        expect(page.get_by_role("button", name="Supprimer définitivement")).to_be_visible()
        expect(page.get_by_role("link", name="Ne rien supprimer")).to_be_visible()
        picture("guide-supprimer", content(page)[0], page.locator(".desk-going"), page.locator(".submit-row").last)

    @staticmethod
    def leave(page: Page) -> None:
        """Leave a changed form, answering the browser's question."""
        page.once("dialog", lambda dialog: dialog.accept())
        page.goto("/admin/")

    def preferences(self) -> None:
        """Reminders by e-mail, and their language."""
        self.awa.goto("/admin/")
        press(self.awa, "Préférences")
        expect(field(self.awa, "Recevoir votre file de travail par courriel")).to_be_visible()
        picture("guide-preferences", *content(self.awa))

    def session(self) -> None:
        """A session that ends while typing: the text comes back."""
        from django.contrib.sessions.models import Session

        page = self.form_of(self.awa, self.records.draft)
        field(page, "Énoncé").fill("Un énoncé tapé avant la fin de la session.")
        Session.objects.all().delete()
        press(page, "Enregistrer le brouillon")
        expect(page.locator(".desk-kept")).to_contain_text("Votre session a expiré")
        picture("guide-session-expiree", page.locator("#container"), most=480, pad=0)
        self.sign_in(page, "awa")
        expect(page.get_by_role("button", name="Reprendre là où j’en étais")).to_be_visible()
        picture("guide-vous-revoila", *content(page), most=520)


def main() -> None:
    with chromium() as browser, served() as site:
        os.environ |= site.environment | {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
        django.setup()
        Guide(browser, site.address, Records()).take()
    for old in IMAGES.glob("guide-*.png"):
        old.unlink()
    for name, image in TAKEN.items():
        image.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
