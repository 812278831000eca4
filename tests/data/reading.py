"""Reads JSON-LD as other programs do, with nothing asked of the network: contexts come from `contexts/`.

These have, of the published contexts, the terms that are used here, as they are defined there.
"""

import json
import re
from pathlib import Path

from pyld import jsonld

CONTEXTS = {
    "https://schema.org": "schema.org.jsonld",
    "http://www.w3.org/ns/anno.jsonld": "anno.jsonld",
}
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def load(url, options):
    """Return a context on file. Raises KeyError for any other address."""
    document = json.loads((Path(__file__).parent / "contexts" / CONTEXTS[url]).read_text(encoding="utf-8"))
    return {"contextUrl": None, "documentUrl": url, "document": document, "contentType": "application/ld+json"}


def expanded(document):
    """Return `document` without its context, every name in full."""
    return jsonld.expand(document, {"documentLoader": load})


def triples(document):
    """Return what `document` states: subject, predicate and object, as N-Triples writes them without their marks."""
    graph = jsonld.to_rdf(document, {"documentLoader": load})["@default"]
    return {tuple(triple[part]["value"] for part in ("subject", "predicate", "object")) for triple in graph}


def blocks(response):
    """Return what a page holds for machines: one document for each block of JSON-LD."""
    return [json.loads(text) for text in BLOCK.findall(response.content.decode())]


def nodes(response):
    """Return the nodes of the one block that a page has; none where it has none."""
    found = blocks(response)
    assert len(found) <= 1
    return found[0]["@graph"] if found else []


def of_type(response, name):
    """Return the nodes of a page that are of the type `name`."""
    return [node for node in nodes(response) if name in types(node)]


def types(node):
    """Return the types of a node, of which it may have several."""
    kind = node.get("@type", [])
    return kind if isinstance(kind, list) else [kind]
