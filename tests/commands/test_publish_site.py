"""Publishing the site with several processes, each with a connection of its own."""

import pytest
from django.test import Client

from commitments.data.publishing.site_build import publish
from commitments.models import Commitment
from tests import factories
from tests.data.published import written


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_processes_publish_the_same_bytes(tmp_path):
    editor = factories.make_user("boubacar", group="Editors")
    for number in range(3):
        factories.make_commitment(reference=f"AES-RU-2025-0{number + 1}", published_by=editor)
    assert Commitment.objects.published().count() == 3

    publish(tmp_path / "one")
    publish(tmp_path / "two", processes=2)

    one, two = ({n: c for n, (_t, c) in written(tmp_path / name).items()} for name in ("one", "two"))
    assert one == two
    assert Client().get("/").status_code == 200
