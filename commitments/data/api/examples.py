"""The examples of the description: the API's answers on the seed articles. `make api-examples` makes them anew."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("examples.json")

EXAMPLES: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
"""By operation, a request and its answer."""
