"""Calls every operation of the API by the client that was generated: `call_all.py FOLDER ADDRESS`.

Run by `check.py` in the client's own environment: it imports the package `client` in FOLDER, and nothing of the site.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

SOME = {"search": {"q": "formation"}}
"""What an operation must be asked; the others need nothing."""


def operations(address: str) -> dict[str, str]:
    """Return the operations of the description at `address`, each with the tag that it is filed under."""
    with urlopen(f"{address}/api/v1/openapi.json") as answer:  # noqa: S310 - our own loopback address
        paths = json.load(answer)["paths"]
    return {item["operationId"]: item["tags"][0] for methods in paths.values() for item in methods.values()}


def call_all(address: str) -> int:
    """Call each operation of the API at `address`; return how many there are. Raises where one does not hold."""
    client = importlib.import_module("client").Client(base_url=address, raise_on_unexpected_status=True)
    models = importlib.import_module("client.models")
    named = operations(address)
    lists = {}

    def call(name: str, *key: str, **asked: Any) -> Any:
        return importlib.import_module(f"client.api.{named[name]}.{name}").sync(*key, client=client, **asked)

    for name in named:
        if name.startswith("get_"):
            continue
        found = call(name, **SOME.get(name, {}))
        if name == "start":
            assert set(found.additional_properties) > {"openapi", "search"}
            continue
        assert found.items, f"{name} finds nothing"
        assert found.count >= len(found.items)
        first = call(name, limit=1, **SOME.get(name, {}))
        assert first.items == found.items[:1], name
        lists[name] = found.items
    for name, tag in named.items():
        if not name.startswith("get_"):
            continue
        for item in lists[f"list_{tag}"]:
            key = item.links["self"].rpartition("/")[2]
            assert call(name, key) == item, f"{name} {key} is not what list_{tag} has"
        assert isinstance(call(name, "00000000-0000-4000-8000-000000000000"), models.Refused), name
    marked = [hit for hit in call("search", q="Moscou").items if hit.excerpt]
    assert marked, "no hit has an excerpt"
    for hit in marked:
        words = [hit.excerpt.text[mark.start : mark.end].lower() for mark in hit.excerpt.marks]
        assert set(words) == {"moscou"}, words
    return len(named)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    assert (Path(sys.argv[1]) / "client").is_dir(), "no client was generated"
    print(f"Generated client: {call_all(sys.argv[2])} operations answer as described")  # noqa: T201
