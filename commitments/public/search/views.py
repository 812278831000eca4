"""The page of the search: one box for all that is public."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from commitments.choices import Basis
from commitments.public.lists.filters import SearchField
from commitments.public.search.everywhere import Everywhere, Group, named
from commitments.public.search.hits import hits
from commitments.public.search.offers import Offers
from commitments.public.views import PAGE_SIZE, PagedView
from commitments.rules.search.kinds import RecordKind
from commitments.templatetags.public import with_days

AT_FIRST = 5
"""How many records of each kind the first page shows."""


class SearchForm(forms.Form):
    """The words looked for, and the kind of record that what is found is narrowed to."""

    q = SearchField(required=False)
    kind = forms.ChoiceField(
        required=False, choices=[*RecordKind.choices, *((basis.value, basis.label) for basis in Basis.not_undertaken())]
    )


class SearchView(PagedView):
    """What a query finds among all that is public; a reference leads straight to its record."""

    template_name = "public/search.html"
    asks = (SearchForm,)

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Answer with what is found, or with the address of the record that the query is the reference of."""
        record = named(request.GET.get("q", ""), self.reading)
        if record is not None:
            return redirect(with_days(record.get_absolute_url(), self.reading))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        form = SearchForm(self.request.GET)
        query = form.cleaned_data.get("q", "").strip() if form.is_valid() else ""
        search = Everywhere(query, self.catalogue)
        chosen = next((group for group in search.groups if group.name == form.cleaned_data.get("kind")), None)
        return super().get_context_data(
            form=form,
            query=query,
            search=search,
            chosen=chosen,
            offers=Offers(search) if query else None,
            unlisted=True,
            **(
                self._whole(search, chosen)
                if chosen
                else {"shown": [self._first(search, item) for item in search.groups]}
            ),
            **kwargs,
        )

    def render_to_response(self, context: dict[str, Any], **kwargs: object) -> HttpResponse:
        """Answer 400 to a query that is too long, or to a kind of record that there is not."""
        return super().render_to_response(context, status=200 if context["form"].is_valid() else 400, **kwargs)

    def _first(self, search: Everywhere, group: Group) -> tuple[Group, list[Any], bool]:
        """Return a group with the best of what it has, and whether there is more."""
        return group, hits(search, group.kind, search.in_order(group, 0, AT_FIRST)), group.n > AT_FIRST

    def _whole(self, search: Everywhere, group: Group) -> dict[str, Any]:
        """Return the context of a page of one group."""
        page = self.page_of(range(group.n), PAGE_SIZE)["page"]  # type: ignore[arg-type]
        keys = search.in_order(group, page.start_index() - 1, PAGE_SIZE)
        return {"page": page, "shown": [(group, hits(search, group.kind, keys), False)]}
