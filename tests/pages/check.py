"""Checks the site as it is served: its HTML with the Nu HTML checker, three pages with Lighthouse, its API by a client.

Run by `make check-pages`. Says what is wrong and exits 1, or that nothing is. Needs Java, Node and Chromium (CHROMIUM,
or Debian's), what `npm ci` puts in this folder, and the environment of `tests.client`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.client.check import client_faults
from tests.pages.site import served
from tests.public.addresses import HTML, in_each_language

TOOLS = Path(__file__).parent / "node_modules"
CHECKER = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
LIGHTHOUSE = TOOLS / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("accessibility", "best-practices", "seo")
JUDGED = ("accueil", "liste", "engagement")
"""The pages that Lighthouse judges: full marks in each of its CATEGORIES, or the check fails."""
AT_ONCE = 2
"""How many programs look at the same time: none of what they judge is a matter of speed."""
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-component-update --disable-sync --no-first-run"


def fetch(address: str) -> bytes:
    """Return what is at `address`, a page that says that something is wrong too."""
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own loopback address
            return bytes(answer.read())
    except urllib.error.HTTPError as refusal:
        return refusal.read()


def html_faults(base: str) -> list[str]:
    """Return what the Nu HTML checker finds wrong with every page of the site at `base`, in both languages."""
    with tempfile.TemporaryDirectory() as scratch:
        for page, language, path in in_each_language(HTML):
            (Path(scratch) / f"{page.word}-{language}.html").write_bytes(fetch(base + path))
        done = subprocess.run(  # noqa: S603
            ["java", "-jar", CHECKER, "--errors-only", "--exit-zero-always", "--format", "json", scratch],  # noqa: S607
            stderr=subprocess.PIPE,
            check=True,
        )
    return [
        f"{Path(fault['url']).name}, line {fault.get('lastLine', '?')}: {fault['message']}"
        for fault in json.loads(done.stderr)["messages"]
    ]


def lighthouse_faults(address: str) -> list[str]:
    """Return what Lighthouse holds against the page at `address`."""
    done = subprocess.run(  # noqa: S603
        [
            *("node", LIGHTHOUSE, address, "--quiet", "--output=json", "--no-enable-error-reporting"),
            *(f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={FLAGS}"),
        ],
        stdout=subprocess.PIPE,
        check=True,
        env=os.environ | {"CHROME_PATH": os.environ.get("CHROMIUM") or shutil.which("chromium") or ""},
    )
    report = json.loads(done.stdout)
    faults = []
    for name in CATEGORIES:
        category = report["categories"][name]
        failed = [
            report["audits"][item["id"]]["title"]
            for item in category["auditRefs"]
            if item["weight"]
            and (report["audits"][item["id"]]["score"] or 0) < 1
            and report["audits"][item["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual")
        ]
        if category["score"] is None or category["score"] < 1:
            faults.append(f"{address}: {name} {100 * (category['score'] or 0):.0f}, for: {'; '.join(failed)}")
    return faults


def main() -> int:
    judged = [page for page in HTML if page.word in JUDGED]
    paths = [path for _page, _language, path in in_each_language(judged)]
    with served(with_specimens=True) as site, ThreadPoolExecutor(AT_ONCE) as pool:
        html = pool.submit(html_faults, site.address)
        on_pages = pool.map(lighthouse_faults, [site.address + path for path in paths])
        faults = html.result()
        print(f"Nu HTML checker: {len(HTML)} pages in each language, {len(faults)} errors", flush=True)  # noqa: T201
        for path, found in zip(paths, on_pages, strict=True):
            print(f"Lighthouse: {path}: {'not ' if found else ''}100 in {', '.join(CATEGORIES)}", flush=True)  # noqa: T201
            faults += found
        faults += client_faults(site.address)
    print(*faults, sep="\n")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
