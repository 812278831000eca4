"""Makes a client of the API from its description, as a user would, and calls every operation of the served site by it.

Run by `make check-pages`, on the site that it serves, and alone by `make check-client`. Both put the generator and what
its clients need in an environment of their own. The generator may leave nothing out, and every operation must answer as
the client expects.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.pages.site import served

HERE = Path(__file__).parent
TOOLS = HERE / ".venv" / "bin"
OPTIONS = "post_hooks: []\n"
"""The generator's options: nobody reads the client, so that no program lays it out."""


def client_faults(address: str) -> list[str]:
    """Return what goes wrong in making a client for the site at `address`, and in calling every operation by it."""
    with tempfile.TemporaryDirectory() as scratch:
        options = Path(scratch) / "options.yaml"
        options.write_text(OPTIONS, encoding="utf-8")
        making = [
            *(TOOLS / "openapi-python-client", "generate", "--url", f"{address}/api/v1/openapi.json"),
            *("--meta", "none", "--output-path", Path(scratch) / "client", "--config", options, "--fail-on-warning"),
        ]
        for step in (making, [TOOLS / "python", HERE / "call_all.py", scratch, address]):
            done = subprocess.run(step, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True)  # noqa: S603
            if done.returncode:
                return [f"{step[0].name}: {done.stdout.strip()}"]
        print(done.stdout.strip(), flush=True)  # noqa: T201
    return []


def main() -> int:
    """Return 0 if the generated client works."""
    with served(with_specimens=True) as site:
        faults = client_faults(site.address)
    print(*faults, sep="\n")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
