"""Reads the forms of a page, and sends them back as a browser would."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Fields(HTMLParser):
    """Collects the successful controls of the page's main form."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, Any] = {}
        self._select: str | None = None
        self._area: str | None = None
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._depth = 1 if (found.get("id") or "").endswith("_form") else 0
        if not self._depth:
            return
        name = found.get("name") or ""
        if tag == "input" and name:
            kind = found.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in found:
                    self.data[name] = found.get("value") or "on"
            elif kind not in ("submit", "button", "file"):
                value = found.get("value") or ""
                # Several records in one form share a name; a browser sends them all.
                self.data[name] = (
                    [*([held] if isinstance(held := self.data[name], str) else held), value]
                    if name in self.data
                    else value
                )
        elif tag == "select" and name:
            self._select = name
            self.data.setdefault(name, [] if "multiple" in found else "")
        elif tag == "option" and self._select and "selected" in found:
            if isinstance(self.data[self._select], list):
                self.data[self._select].append(found.get("value") or "")
            else:
                self.data[self._select] = found.get("value") or ""
        elif tag == "textarea" and name:
            self._area, self.data[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._depth = 0
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            # A browser drops the line end after the opening tag.
            self.data[self._area] = self.data[self._area].removeprefix("\n")
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.data[self._area] += data


def typed_back(client: Client, address: str, **typed: Any) -> dict[str, Any]:
    """Return what the form at `address` would send, `typed` over what it shows."""
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return sent(response) | typed


def sent(response: Any) -> dict[str, Any]:
    """Return what the form that `response` shows would send."""
    parser = _Fields()
    parser.feed(response.content.decode())
    return {name: value for name, value in parser.data.items() if "__prefix__" not in name}


def citation(number: int = 0, **fields: Any) -> dict[str, Any]:
    """Return one typed row of citations, and the count of rows up to it."""
    row = {"role": "supports"} | fields
    prefixed = {f"citations-{number}-{name}": getattr(value, "pk", value) for name, value in row.items()}
    return prefixed | {"citations-TOTAL_FORMS": str(number + 1)}


def page(record: Any, act: str = "change") -> str:
    """Return the address of a record's page at the desk."""
    return f"/admin/commitments/{record._meta.model_name}/{record.pk}/{act}/"


def messages_of(response: Any) -> str:
    """Return the messages that the page after `response` shows."""
    return " | ".join(str(message) for message in response.context["messages"])
