"""The list of pages is whole: every public address is in it, and each of its pages answers as it says."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.data.addresses import MACHINES
from tests.public.addresses import HTML, PAGES, in_each_language
from tests.public.conftest import addresses, frames

ALL = [*PAGES, *MACHINES]


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    """Yield the addresses of the site, but for the desk's."""
    for item in resolver.url_patterns:
        if isinstance(item, URLPattern):
            yield item
        elif item.namespace != "admin":
            yield from patterns(item)


def name_of(path):
    return resolve(path.split("?")[0]).url_name


def test_every_address_has_a_name_and_a_page_in_the_list():
    known = {pattern.name for pattern in patterns(get_resolver())}

    assert None not in known
    assert known == {page.name for page in ALL} - {""}


def test_every_page_is_named_once_and_by_its_address():
    assert len({page.word for page in ALL}) == len(ALL)
    assert {page.path: name_of(page.path) for page in ALL if page.name} == {
        page.path: page.name for page in ALL if page.name
    }


@pytest.mark.slow
def test_every_page_answers_as_the_list_says(visit):
    found, said = {}, {}
    for page, _language, path in in_each_language(ALL):
        response = visit(path)
        assert response.length
        found[path] = (response.status_code, response["Content-Type"].startswith("text/html"))
        said[path] = (page.status, page.is_html)

    assert found == said


def test_every_page_is_among_those_looked_through_for_leaks(record):
    looked_through = {name_of(path) for path in [*addresses(record), *frames(record)]}

    assert {page.name for page in HTML if page.status == 200} - looked_through == set()
