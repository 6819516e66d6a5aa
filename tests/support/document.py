"""The committed OpenAPI document."""

import json
from typing import Any

from support.paths import ROOT

DOCUMENT: dict[str, Any] = json.loads((ROOT / "openapi" / "openapi.json").read_text("utf-8"))
OPERATIONS = {
    path: item["get"]
    | {"parameters": item.get("parameters", []) + item["get"].get("parameters", [])}
    for path, item in DOCUMENT["paths"].items()
}
