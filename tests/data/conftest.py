"""What tests of the machines' side share: the fixtures of the public pages."""

from tests.public.conftest import _french, full_site, record, visit  # noqa: F401 - fixtures are found by name
