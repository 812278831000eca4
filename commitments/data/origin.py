"""The origin of the site: the whole addresses in the data, and the lasting ones that identify a record."""

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override

from commitments.models import Claim, Party, Record, Sector


def path_of(record: Record) -> str:
    """Return the path of the page of `record`, or of its place on the page of the record that it belongs to."""
    match record:
        case Party():
            return reverse("party", args=[record.code])
        case Sector():
            return reverse("sector", args=[record.slug])
        case Claim():
            return f"{record.discrepancy.get_absolute_url()}#v-{record.uid.hex[:8]}"
        case _:
            return str(record.get_absolute_url())  # type: ignore[attr-defined]


class Origin:
    """The scheme and host that a request was made to.

    An identifier is an address without language and without the days of a reading: statements about a record in either
    language, on any day, are about the same one.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def base(self) -> str:
        """The scheme and host, without a slash at the end."""
        return self._request.build_absolute_uri("/")[:-1]

    def whole(self, path: str) -> str:
        """Return the whole address of `path`."""
        return f"{self.base}{path}"

    def page(self, name: str, *args: object) -> str:
        """Return the whole address called `name`, in the language of the answer."""
        return self.whole(reverse(name, args=args))

    def page_of(self, record: Record) -> str:
        """Return the whole address of the page of `record`, in the language of the answer."""
        return self.whole(path_of(record))

    def id(self, name: str, *args: object) -> str:
        """Return the lasting identifier of what is at the address called `name`."""
        with override(settings.LANGUAGE_CODE):
            return self.page(name, *args)

    def id_of(self, record: Record) -> str:
        """Return the lasting identifier of `record`."""
        with override(settings.LANGUAGE_CODE):
            return self.page_of(record)
