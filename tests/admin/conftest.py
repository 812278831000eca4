"""What tests of the desk share: people signed in."""

import pytest
from django.test import Client


@pytest.fixture
def as_analyst(analyst):
    client = Client()
    client.force_login(analyst)
    return client


@pytest.fixture
def as_editor(editor):
    client = Client()
    client.force_login(editor)
    return client
