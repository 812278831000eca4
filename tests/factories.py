"""One factory for each model: the smallest record that the rules accept, any field of it given by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone

from commitments import models
from commitments.rules.review import publication

_numbers = count(1)


@contextmanager
def numbered_apart() -> Iterator[None]:
    """Number what is made in the block from 900 on: it goes beside what another process numbers from 1."""
    global _numbers
    ours, _numbers = _numbers, count(900)
    try:
        yield
    finally:
        _numbers = ours


TEXT = (
    "Le 3 avril, les parties sont convenues de renforcer la Force unifiée. La Russie a livré dix véhicules "
    "le 10 avril. Elle annonce d’autres livraisons. La Force unifiée est saluée."
)
ANNOUNCEMENT = "Elle annonce d’autres livraisons."
ACTION = "La Russie a livré dix véhicules le 10 avril."
AGREEMENT = "les parties sont convenues de renforcer la Force unifiée"


def make_user(username: str = "", *, group: str | None = None, **fields: Any) -> User:
    """Make a staff account; its password is its name."""
    username = username or f"compte-{next(_numbers)}"
    user = User.objects.create_user(username, f"{username}@example.org", username, is_staff=True, **fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_party(code: str = "", **fields: Any) -> models.Party:
    code = code or f"P{next(_numbers)}"
    defaults = {"kind": "state", "name_fr": f"Partie {code}", "name_en": f"Party {code}"}
    party, _made = models.Party.objects.get_or_create(code=code, defaults=defaults | fields)
    return party


def make_membership(organisation: str = "AES", member: str = "ML", **fields: Any) -> models.Membership:
    """Make a membership that a draft source says, unless the caller names another source, or None."""
    if "source" not in fields:
        fields["source"] = make_source()
    ends = {"organisation": make_party(organisation), "member": make_party(member)}
    return models.Membership.objects.create(**ends, **fields)


def make_sector(slug: str = "securite", **fields: Any) -> models.Sector:
    defaults = {"name_fr": slug.capitalize(), "name_en": f"{slug} (en)"}
    sector, _made = models.Sector.objects.get_or_create(slug=slug, defaults=defaults | fields)
    return sector


def make_source(*, published_by: User | None = None, **fields: Any) -> models.Source:
    defaults = {"reference": f"S{next(_numbers):03}", "title": "Un article", "text": TEXT}
    return _published(models.Source.objects.create(**defaults | fields), published_by)


def make_meeting(*, published_by: User | None = None, **fields: Any) -> models.Meeting:
    defaults = {
        "reference": f"rencontre-{next(_numbers)}",
        "title_fr": "Consultations",
        "title_en": "Consultations (en)",
        "starts_on": date(2025, 4, 3),
    }
    return _published(models.Meeting.objects.create(**defaults | fields), published_by)


def make_instrument(*, published_by: User | None = None, **fields: Any) -> models.Instrument:
    defaults = {
        "reference": f"instrument-{next(_numbers)}",
        "kind": "joint_communique",
        "title_fr": "Communiqué conjoint",
        "title_en": "Joint communiqué",
        "issued_on": date(2025, 4, 3),
    }
    return _published(models.Instrument.objects.create(**defaults | fields), published_by)


def make_commitment(
    *, published_by: User | None = None, undertakes: str = "RU", benefits: str = "AES", **fields: Any
) -> models.Commitment:
    """Make a commitment with its parties and a verified citation; published where `published_by` says by whom.

    What is no commitment by its basis concerns both parties.
    """
    defaults = {
        "reference": f"AES-RU-2025-{next(_numbers):03}",
        "basis": "agreed",
        "made_on": date(2025, 4, 3),
        "title_fr": "Renforcer la Force unifiée",
        "title_en": "Strengthen the Unified Force",
        "statement_fr": "Les parties conviennent de renforcer la Force unifiée.",
        "statement_en": "The parties agree to strengthen the Unified Force.",
    }
    if "sector" not in fields:
        fields["sector"] = make_sector()
    if "instrument" not in fields:
        fields["instrument"] = make_instrument()
    commitment = models.Commitment.objects.create(**defaults | fields)
    roles = {(undertakes, "undertakes"): None, (benefits, "benefits"): None}
    if not commitment.is_undertaken:
        roles = {(code, "concerned"): None for code in (undertakes, benefits)}
    for code, role in roles:
        models.Undertaking.objects.create(commitment=commitment, party=make_party(code), role=role)
    make_citation(commitment=commitment, exact=AGREEMENT)
    return _published(commitment, published_by)


def make_citation(*, published_by: User | None = None, **fields: Any) -> models.Citation:
    """Make a citation; the caller names its one target. Its passage is one of this module's."""
    if "source" not in fields:
        fields["source"] = make_source()
    citation = models.Citation.objects.create(**{"exact": AGREEMENT} | fields)
    return _published(citation, published_by)


def make_assessment(
    *,
    proposed_by: User | None = None,
    published_by: User | None = None,
    exact: str = ACTION,
    evidence_kind: str = "concrete_action",
    **fields: Any,
) -> models.Assessment:
    """Make an assessment with one citation, and take it as far as the people given take it."""
    if "commitment" not in fields:
        fields["commitment"] = make_commitment(published_by=published_by)
    defaults = {
        "status": "limited",
        "as_of": date(2025, 4, 10),
        "rationale_fr": "Dix véhicules ont été livrés.",
        "rationale_en": "Ten vehicles were delivered.",
    }
    assessment = models.Assessment.objects.create(**defaults | fields)
    make_citation(assessment=assessment, exact=exact, evidence_kind=evidence_kind)
    if proposed_by:
        publication.propose(assessment, by=proposed_by)
    return _published(assessment, published_by)


def make_search(*, proposed_by: User | None = None, published_by: User | None = None, **fields: Any) -> models.Search:
    """Make a search that found nothing, and take it as far as the people given take it."""
    if "commitment" not in fields:
        fields["commitment"] = make_commitment(published_by=published_by)
    defaults = {
        "searched_on": date(2025, 4, 20),
        "searched_where_fr": "Presse des quatre États",
        "searched_where_en": "Press of the four states",
    }
    search = models.Search.objects.create(**defaults | fields)
    if proposed_by:
        publication.propose(search, by=proposed_by)
    return _published(search, published_by)


def make_former_search(*, proposed_by: User, published_by: User | None, **fields: Any) -> models.Assessment:
    """Make a published judgement "no evidence available", as they were made before searches were records."""
    at = timezone.now()
    defaults = {
        "status": "no_evidence",
        "as_of": date(2025, 4, 20),
        "rationale_fr": "La recherche n’a rien trouvé.",
        "searched_on": date(2025, 4, 20),
        "searched_where_fr": "Presse des quatre États",
        "state": "published",
        "proposed_by": proposed_by,
        "proposed_at": at,
        "published_by": published_by,
        "published_at": at,
    }
    former = models.Assessment(**defaults | fields)
    former.save_base(raw=True)  # as a fixture loads it
    return former


def make_milestone(*, published_by: User | None = None, **fields: Any) -> models.Milestone:
    if "commitment" not in fields:
        fields["commitment"] = make_commitment(published_by=published_by)
    defaults = {"title_fr": "Première livraison", "title_en": "First delivery", "due_on": date(2026, 6, 30)}
    milestone = models.Milestone.objects.create(**defaults | fields)
    make_citation(milestone=milestone, exact=ACTION)
    return _published(milestone, published_by)


def make_note(*, published_by: User | None = None, **fields: Any) -> models.FollowUpNote:
    """Make a note on what the caller names, or on a commitment."""
    if not fields.keys() & {*models.NOTED}:
        fields["commitment"] = make_commitment(published_by=published_by)
    defaults = {"visibility": "public", "dated": date(2025, 5, 1), "body_fr": "Suivi en cours.", "body_en": "Ongoing."}
    return _published(models.FollowUpNote.objects.create(**defaults | fields), published_by)


def make_discrepancy(
    *, published_by: User | None = None, settled_by: User | None = None, **fields: Any
) -> models.Discrepancy:
    """Make a discrepancy of two quoted claims, settled where `settled_by` says by whom.

    The first claim is adopted then, unless they are compatible (`is_compatible`).
    """
    defaults: dict[str, Any] = {
        "reference": f"AES-RU-D{next(_numbers):03}",
        "question_fr": "Quel jour la session s’est-elle tenue ?",
        "question_en": "On which day was the session held?",
    }
    if settled_by:
        defaults |= {
            "settled_on": date(2026, 11, 1),
            "settled_by": settled_by,
            "settled_at": timezone.now(),
            "reason_fr": "Deux sources concordent.",
        }
    discrepancy = models.Discrepancy.objects.create(**defaults | fields)
    for position, day in enumerate([3, 10]):
        claim = models.Claim.objects.create(
            discrepancy=discrepancy,
            position=position,
            value_fr=f"Le {day} avril",
            value_en=f"On {day} April",
            is_adopted=bool(settled_by) and position == 0 and not discrepancy.is_compatible,
        )
        make_citation(claim=claim, exact=["Le 3 avril", "le 10 avril"][position])
    return _published(discrepancy, published_by)


def _published(record: Any, by: User | None) -> Any:
    if by is not None:
        publication.publish(record, by=by)
    return record
