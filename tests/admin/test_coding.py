"""What the codebook would have looked at again is shown at the desk when something is proposed and reviewed."""

import pytest

from commitments.models import Commitment
from commitments.rules.review import publication
from tests import factories
from tests.admin.forms import messages_of, page, typed_back

pytestmark = pytest.mark.one_database

REMARK = "n’a pas de critère"


@pytest.fixture
def commitment(db):
    return factories.make_commitment()


@pytest.mark.slow
def test_whoever_proposes_is_told_and_not_stopped(as_analyst, commitment):
    address = page(commitment)

    answer = as_analyst.post(address, typed_back(as_analyst, address, _propose="1"), follow=True)

    assert REMARK in messages_of(answer)
    assert Commitment.objects.get().state == "in_review"


@pytest.mark.slow
def test_the_list_says_it_too(as_analyst, commitment):
    data = {"action": "propose_selected", "_selected_action": [commitment.pk]}

    answer = as_analyst.post("/admin/commitments/commitment/", data, follow=True)

    assert REMARK in messages_of(answer)


@pytest.mark.parametrize("address", ["{pk}/relecture/", "review/publish/?pk={pk}"])
def test_whoever_reviews_reads_it_and_may_publish_all_the_same(as_editor, analyst, commitment, address):
    publication.propose(commitment, by=analyst)

    shown = as_editor.get(f"/admin/commitments/commitment/{address.format(pk=commitment.pk)}").content.decode()

    assert REMARK in shown
    assert "Une règle s’y oppose" not in shown


def test_what_is_coded_well_says_nothing(as_editor, analyst, commitment):
    commitment.criterion_fr, commitment.criterion_en = "La force est opérationnelle.", "The force is operational."
    commitment.save()
    publication.propose(commitment, by=analyst)

    shown = as_editor.get(page(commitment, "relecture")).content.decode()

    assert "sans que rien ne s’y oppose" not in shown
