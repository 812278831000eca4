"""Records as nodes of linked data, in the words of schema.org. Pure: records as a page holds them in, dicts out.

The records are public already, and as of the day read. Only what is on file is stated: what a source leaves blank is
absent, with no substitute.

How the field's words map to those of schema.org:

- A commitment is a `Claim`: "a specific, factually-oriented claim that could be the itemReviewed in a ClaimReview",
  "sometimes made and interpreted as claims about the future". It is the commitment as its parties stated it, in the
  tracker's neutral wording; its authors are the parties that undertake it, each on its own word: where another says so,
  that one is the author. What is no commitment has no author. Nothing is stated about its truth.
- The assessment in force for all parties is a `ClaimReview`. What it rates is how far the commitment is implemented
  (`reviewAspect`), not whether anything is true; `ratingExplanation` says so, with the scale. An assessment about one
  party only is not a `ClaimReview`: it reviews a part of what the claim says.
- Its rating is the level of the Peace Accords Matrix, 0 to 3, for the statuses that have one (`Status.pam_level`). "No
  evidence available" is no measure, and "Abandoned" is outside the scale, not at its bottom: they have the status in
  words (`alternateName`) and no number. "Not assessed" is no assessment, and has no review.
- A state is a `Country` and, since it undertakes and attends as organisations do, a `GovernmentOrganization`, which an
  organisation of states is alone.
- An article of the press or of an agency is a `NewsArticle` if its title is known, which is its headline. A source
  without a title, and an official text, is a `CreativeWork`: no headline is made up, no force of law is claimed.
- The day of a source is its `datePublished` if the text or its publisher states it. A day that is deduced from the text
  is left out: there it would read as stated.
- Where a source says that a state is a member of an organisation, an `OrganizationRole` stands between the two: it has
  the state's role, if it has one, and in words which source says so, and of which day.
- If sources disagree about a record, its node names the questions (`subjectOf`): a date in it may be one of several.
"""

from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

from django.utils.translation import gettext as _

from commitments.choices import PartyKind, SourceKind, Status
from commitments.data.distributions import Offer
from commitments.data.origin import Origin
from commitments.data.publisher import licence, publisher
from commitments.models import Assessment, Commitment, Discrepancy, Instrument, Meeting, Party, Source
from commitments.public.pages.parties import Belonging
from commitments.public.sharing.citing import without_tags
from commitments.public.sharing.latex import one_line
from commitments.rules.text import markdown

Node = dict[str, Any]

PARTY_TYPES = {
    PartyKind.STATE: ["Country", "GovernmentOrganization"],
    PartyKind.ORGANISATION: "GovernmentOrganization",
}

LEVELS = [status for status in Status if status.pam_level is not None]
"""The statuses of the scale, from its foot to its head."""


def present(**properties: object) -> Node:
    """Return `properties` without the unknown ones, as a node of the type `kind` with the identifier `key`."""
    names = {"kind": "@type", "key": "@id"}
    return {names.get(name, name): value for name, value in properties.items() if value not in (None, "", [])}


def reference(key: str) -> Node:
    """Return the mention of a node that is described elsewhere."""
    return {"@id": key}


def trail(steps: Iterable[tuple[str, str]]) -> Node:
    """Return the place of a page in the site: `steps` are names with whole addresses, from the first page down."""
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": address}
        for position, (name, address) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def desk(origin: Origin) -> Node:
    """Return the publisher of the tracker."""
    home = origin.id("home")
    return present(kind="Organization", key=f"{home}#organisation", name=publisher(), url=home)


def website(origin: Origin, name: str, language: str) -> Node:
    """Return the site, with the address for searching its list of commitments."""
    target = {"@type": "EntryPoint", "urlTemplate": f"{origin.page('commitments')}?q={{q}}"}
    return present(
        kind="WebSite",
        key=origin.id("home"),
        url=origin.page("home"),
        name=name,
        inLanguage=language,
        publisher=desk(origin),
        potentialAction={"@type": "SearchAction", "target": target, "query-input": "required name=q"},
    )


def dataset(origin: Origin, page: str, catalog: str, offers: Iterable[Offer], *, name: str, description: str) -> Node:
    """Return all that the tracker publishes, as a data set with the downloads `offers`."""
    stated = licence()
    return present(
        kind="Dataset",
        key=f"{catalog}#dataset",
        name=name,
        description=description,
        url=origin.whole(page),
        inLanguage=["fr", "en"],
        isAccessibleForFree=True,
        license=stated and stated.address,
        creator=reference(desk(origin)["@id"]),
        includedInDataCatalog={"@type": "DataCatalog", "@id": catalog, "url": catalog},
        distribution=[download(origin, offer) for offer in offers],
    )


def download(origin: Origin, offer: Offer) -> Node:
    """Return something offered as the download of a data set."""
    return present(
        kind="DataDownload",
        name=f"{offer.label} ({offer.format})",
        contentUrl=origin.whole(offer.address()),
        encodingFormat=offer.media_type,
    )


def party(origin: Origin, record: Party) -> Node:
    """Return a party as others mention it."""
    kind = PARTY_TYPES[PartyKind(record.kind)]
    return present(kind=kind, key=origin.id_of(record), name=record.wording("name").text)


def party_in_full(
    origin: Origin, record: Party, members: Iterable[Belonging] = (), organisations: Iterable[Belonging] = ()
) -> Node:
    """Return a party as on its own page, with the organisations it belongs to and its members."""
    return party(origin, record) | present(
        url=origin.page_of(record),
        identifier=record.code,
        member=[_belonging(origin, "member", item) for item in members],
        memberOf=[_belonging(origin, "memberOf", item) for item in organisations],
    )


def _belonging(origin: Origin, end: str, item: Belonging) -> Node:
    """Return the party at the `end` of a membership; in the role that it has there, where a source says so."""
    other = party(origin, item.party)
    if item.source is None and not item.role.text:
        return other
    return present(kind="OrganizationRole", roleName=item.role.text, description=item.told) | {end: other}


def event(origin: Origin, record: Meeting, participants: Iterable[Party]) -> Node:
    """Return a meeting. Its place, if known, is a name; nothing more exact is on file."""
    place = record.wording("place").text
    return present(
        kind="Event",
        key=origin.id_of(record),
        name=record.wording("title").text,
        url=origin.page_of(record),
        startDate=record.starts_on.isoformat(),
        endDate=record.ends_on and record.ends_on.isoformat(),
        location=place and {"@type": "Place", "name": place, "address": place},
        description=record.wording("summary").text,
        attendee=[party(origin, item) for item in participants],
    )


def source(origin: Origin, record: Source) -> Node:
    """Return an article or a document on file, as its publisher put it out; its page here is where it is described."""
    is_news = record.kind in (SourceKind.PRESS, SourceKind.AGENCY) and bool(record.title)
    day = record.published_on.isoformat() if record.published_on and not record.day_note else ""
    if day and record.published_time:
        day += f"T{record.published_time.isoformat(timespec='minutes')}"
    return present(
        kind="NewsArticle" if is_news else "CreativeWork",
        key=origin.id_of(record),
        identifier=record.reference,
        headline=record.title if is_news else "",
        name=record.title,
        url=record.url,
        inLanguage=record.language,
        datePublished=day,
        author=record.author,  # only a name: nothing says whether of a person or of an organisation
        publisher=record.publisher and {"@type": "Organization", "name": record.publisher},
        mainEntityOfPage=origin.page_of(record),
    )


def claim(
    origin: Origin,
    record: Commitment,
    authors: Iterable[Party],
    quoted: Iterable[Source],
    instrument: Instrument | None,
) -> Node:
    """Return a commitment as its parties stated it, in the sources `quoted` and in `instrument`, if that is public.

    The day is that on which it was expressed.
    """
    title, statement = record.wording("title"), record.wording("statement")
    return present(
        kind="Claim",
        key=origin.id_of(record),
        identifier=record.reference,
        url=origin.page_of(record),
        name=title.text,
        text=statement.text,
        inLanguage=statement.language,
        datePublished=record.made_on.isoformat(),
        author=[party(origin, item) for item in authors],
        isPartOf=instrument and reference(origin.id_of(instrument)),
        appearance=references(origin, quoted),
    )


def disputed(origin: Origin, questions: Iterable[Discrepancy]) -> Node:
    """Return the property that says on which `questions` about a record the sources disagree; empty for none."""
    return present(
        subjectOf=[
            {"@type": "Question", "@id": origin.id_of(item), "name": item.wording("question").text}
            for item in questions
        ]
    )


def references(origin: Origin, sources: Iterable[Source]) -> list[Node]:
    """Return the mentions of `sources`, each once."""
    found = dict.fromkeys(origin.id_of(item) for item in sources)
    return [{"@type": "CreativeWork", "@id": key} for key in found]


def claim_review(origin: Origin, record: Commitment, judgement: Assessment, quoted: Iterable[Source]) -> Node:
    """Return the assessment in force of a commitment, for all parties, with the sources of its evidence."""
    rationale = judgement.wording("rationale")
    return present(
        kind="ClaimReview",
        key=origin.id_of(judgement),
        url=origin.page_of(judgement),
        claimReviewed=record.wording("title").text,
        itemReviewed=reference(origin.id_of(record)),
        reviewAspect=_("réalisation"),
        author=desk(origin),
        datePublished=judgement.published_at and judgement.published_at.date().isoformat(),
        temporalCoverage=judgement.as_of.isoformat(),
        reviewRating=rating(Status(judgement.status)),
        reviewBody=plain(rationale.text),
        inLanguage=rationale.language,
        citation=references(origin, quoted),
    )


def rating(status: Status) -> Node:
    """Return a status as a rating: its label and, if it is on the scale, its level."""
    level = status.pam_level
    scale: Mapping[str, Any] = {}
    if level is not None:
        scale = {"ratingValue": level, "bestRating": LEVELS[-1].pam_level, "worstRating": LEVELS[0].pam_level}
    return present(
        kind="Rating",
        alternateName=str(status.label),
        **scale,
        reviewAspect=_("réalisation"),
        ratingExplanation=explanation(is_on_scale=level is not None),
    )


def explanation(*, is_on_scale: bool) -> str:
    """Return what a rating measures, and on which scale, or why it has no place there."""
    measured = _("Mesure la réalisation de l’engagement, non la vérité d’un énoncé.")
    if not is_on_scale:
        return f"{measured} {_('Cet état n’a pas de niveau dans la Peace Accords Matrix.')}"
    levels = ", ".join(f"{status.pam_level} {status.label}" for status in LEVELS)
    return f"{measured} {_('Niveaux de la Peace Accords Matrix : %(levels)s.') % {'levels': levels}}"


def plain(text: str) -> str:
    """Return `text`, written in Markdown, as words on one line."""
    return one_line(unescape(without_tags(markdown.html(text))))
