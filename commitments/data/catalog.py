"""The catalogue that data portals harvest: DCAT-AP 3, in JSON-LD with a context of its own.

One data set, the tracker, with a distribution for each thing offered; the API is a data service too. Its extent is that
of the records: it begins with the first commitment, and its places are the states that are parties. Vocabularies are
those of the Publications Office of the European Union, which DCAT-AP names.
"""

import json
from functools import cached_property

from django.conf import settings
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from commitments.choices import PartyKind
from commitments.data import distributions, narrowing
from commitments.data.distributions import Offer
from commitments.data.linked import Node, present
from commitments.data.origin import Origin
from commitments.data.problems import ProblemMixin
from commitments.data.publisher import description, licence, publisher
from commitments.data.values import in_utc
from commitments.models import Commitment, Party
from commitments.public.sharing import citing
from commitments.reading import Reading
from commitments.rules.time.corrections import latest_change
from commitments.rules.time.rewind import rewind
from commitments.templatetags.public import with_days
from commitments.typography import in_each_language

MEDIA_TYPE = "application/ld+json"

EU = "http://publications.europa.eu/resource/authority/"
LANGUAGES = {"fr": f"{EU}language/FRA", "en": f"{EU}language/ENG"}
THEMES = [f"{EU}data-theme/INTR", f"{EU}data-theme/GOVE"]
"""International issues; government and public sector."""

FILE_TYPES = {"CSV": "CSV", "XLSX": "XLSX", "ZIP": "ZIP", "JSON": "JSON", "Atom": "ATOM"}
"""The formats that the vocabulary of file types has, by what they are called here."""

REGISTERED = "https://www.iana.org/assignments/media-types/"
UNREGISTERED = {"application/jsonl", "application/feed+json"}
"""Media types in use that IANA does not have: DCAT takes registered ones only."""

VOCABULARIES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

TRANSLATED = ("dct:title", "dct:description", "dcat:keyword", "foaf:name", "rdfs:label", "skos:prefLabel")
"""The properties whose value is given in each language."""

LINKED = (
    *("dct:publisher", "foaf:homepage", "dct:language", "dct:license", "dct:accessRights", "dct:accrualPeriodicity"),
    *("dct:format", "dcat:theme", "dcat:themeTaxonomy", "dcat:landingPage", "dcat:mediaType", "dcat:packageFormat"),
    *("dcat:accessURL", "dcat:downloadURL", "dcat:accessService", "dcat:endpointURL", "dcat:endpointDescription"),
    *("dcat:servesDataset", "vcard:hasEmail", "vcard:hasURL"),
)
"""The properties whose value is an address."""

PLAIN = (
    *("dcat:dataset", "dcat:service", "dcat:distribution", "dcat:contactPoint"),
    *("dct:rights", "dct:spatial", "dct:temporal", "dct:identifier"),
)


def term(name: str) -> str:
    """Return what a property is called in the catalogue: its name without its vocabulary."""
    return name.partition(":")[2]


CONTEXT = {
    **VOCABULARIES,
    **{term(name): {"@id": name, "@container": "@language"} for name in TRANSLATED},
    **{term(name): {"@id": name, "@type": "@id"} for name in LINKED},
    **{term(name): name for name in PLAIN},
    "startDate": {"@id": "dcat:startDate", "@type": "xsd:date"},
    "modified": {"@id": "dct:modified", "@type": "xsd:dateTime"},
}


class Catalog:
    """The catalogue as it is for a reading; the addresses in it are read for the same days."""

    def __init__(self, origin: Origin, reading: Reading) -> None:
        self.origin, self.reading = origin, reading
        self.key = origin.id("catalog")
        self.dataset_key, self.service_key = f"{self.key}#dataset", f"{self.key}#api"
        stated = licence()
        self.licence = stated and stated.address
        self.publisher = f"{origin.id('home')}#organisation"

    def whole(self) -> Node:
        """Return the catalogue as JSON-LD."""
        home = self.origin.id("home")
        return {"@context": CONTEXT} | present(
            key=self.key,
            kind="dcat:Catalog",
            title=in_each_language(citing.site),
            description=in_each_language(lambda: _("Ce que publie le suivi des engagements, et où le télécharger.")),
            publisher=present(key=self.publisher, kind="foaf:Agent", name=in_each_language(publisher), homepage=home),
            homepage=home,
            language=list(LANGUAGES.values()),
            license=self.licence,
            themeTaxonomy=f"{EU}data-theme",
            modified=self.modified,
            dataset=self._dataset(),
            service=self._service(),
        )

    @cached_property
    def modified(self) -> str | None:
        """The moment of the latest public change."""
        last = latest_change(self.reading)
        return in_utc(last, "seconds") if last else None

    def _dataset(self) -> Node:
        first = Commitment.objects.published(self.reading).held(self.reading).aggregate(day=Min("made_on"))["day"]
        return present(
            key=self.dataset_key,
            kind="dcat:Dataset",
            identifier=self.dataset_key,
            title=in_each_language(citing.site),
            description=in_each_language(description),
            keyword=in_each_language(keywords),
            theme=THEMES,
            publisher=self.publisher,
            contactPoint=contact_point(),
            landingPage=self._read(in_each_language(distributions.page)["fr"]),
            language=list(LANGUAGES.values()),
            license=self.licence,
            rights={"@type": "dct:RightsStatement", "label": in_each_language(rights)},
            accessRights=f"{EU}access-right/PUBLIC",
            accrualPeriodicity=f"{EU}frequency/IRREG",
            spatial=self._places(),
            temporal=first and {"@type": "dct:PeriodOfTime", "startDate": first.isoformat()},
            modified=self.modified,
            distribution=[item for offer in distributions.OFFERED for item in self._distributions(offer)],
        )

    def _places(self) -> list[Node]:
        states = list(Party.objects.with_page(self.reading).filter(kind=PartyKind.STATE).order_by("code"))
        rewind(self.reading, states)
        return [self._place(state) for state in states]

    def _place(self, state: Party) -> Node:
        names = in_each_language(lambda: state.wording("name"))
        own = {name.language: name.text for name in names.values()}
        return {"@id": self.origin.id_of(state), "@type": "dct:Location", "prefLabel": own}

    def _distributions(self, offer: Offer) -> list[Node]:
        """Return the distributions that `offer` is: one, or one in each language."""
        addresses = in_each_language(lambda: offer.path(self.reading.known_on or timezone.localdate()))
        if not offer.by_language:
            return [self._distribution(offer, addresses["fr"], list(LANGUAGES.values()))]
        return [self._distribution(offer, address, [LANGUAGES[code]]) for code, address in addresses.items()]

    def _distribution(self, offer: Offer, path: str, languages: list[str]) -> Node:
        # A bundle belongs to the day that its own address names.
        address = self.origin.whole(path) if offer is distributions.BUNDLE else self._read(path)
        name = "bundle" if offer is distributions.BUNDLE else path.strip("/").replace("/", "-")
        registered = None if offer.media_type in UNREGISTERED else f"{REGISTERED}{offer.media_type}"
        return present(
            key=f"{self.dataset_key}-{name}",
            kind="dcat:Distribution",
            title=in_each_language(lambda: f"{offer.label} ({offer.format})"),
            accessURL=address,
            downloadURL=None if offer.is_api else address,
            accessService=self.service_key if offer.is_api else None,
            format=FILE_TYPES.get(offer.format) and f"{EU}file-type/{FILE_TYPES[offer.format]}",
            mediaType=registered,
            packageFormat=registered if offer is distributions.BUNDLE else None,
            language=languages,
            license=self.licence,
        )

    def _service(self) -> Node:
        return present(
            key=self.service_key,
            kind="dcat:DataService",
            title=in_each_language(lambda: str(distributions.API.label)),
            endpointURL=self.origin.whole(distributions.API.address()),
            endpointDescription=self.origin.whole(distributions.api_description()),
            servesDataset=self.dataset_key,
            publisher=self.publisher,
            license=self.licence,
        )

    def _read(self, path: str) -> str:
        return self.origin.whole(with_days(path, self.reading))


def keywords() -> list[str]:
    """Return the keywords by which a portal finds the data set."""
    return [
        _("engagements internationaux"),
        _("communiqués conjoints"),
        _("suivi de la mise en œuvre"),
        _("citations vérifiées"),
    ]


def rights() -> str:
    """Return what the licence does not cover."""
    return _("Les passages cités restent la propriété de leurs éditeurs.")


def contact_point() -> Node | None:
    """Return the publisher's contact point; None if the settings name none."""
    address = settings.TRACKER_CONTACT or settings.TRACKER_SECURITY_CONTACT
    if not address:
        return None
    way = "hasEmail" if address.startswith("mailto:") else "hasURL"
    return {"@type": "vcard:Kind", way: address}


class CatalogView(ProblemMixin, View):
    """The catalogue of what can be downloaded."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with the catalogue. Raises Refusal for an unknown parameter."""
        narrowing.refuse_unknown(request.GET, narrowing.DAYS)
        whole = Catalog(Origin(request), self.reading).whole()
        return HttpResponse(json.dumps(whole, ensure_ascii=False), content_type=MEDIA_TYPE)
