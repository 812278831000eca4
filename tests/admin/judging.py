"""What tests of the page of a judgement share: its address, what is typed there, a tick on a passage on file."""

from tests import factories
from tests.admin.forms import typed_back

ADD = "/admin/commitments/assessment/add/"


def judged(analyst, editor, commitment, **fields):
    """Return a published judgement."""
    return factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor, **fields)


def add(commitment, **parameters):
    """Return the address that proposes a judgement on `commitment`."""
    return f"{ADD}?commitment={commitment.pk}" + "".join(f"&{name}={value}" for name, value in parameters.items())


def pick(record, **fields):
    """Return the tick of the passage of `record`, as typed."""
    typed = {"chosen": "on", "role": "supports", "evidence_kind": "concrete_action"} | fields
    return {f"pick-{record.pk}-{name}": value for name, value in typed.items() if value is not None}


def judgement(client, commitment, **typed):
    """Return a typed judgement, without evidence."""
    fields = {"status": "limited", "as_of": "10/04/2025", "rationale_fr": "Des motifs."}
    return typed_back(client, add(commitment)) | fields | typed
