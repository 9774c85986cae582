"""Numbers of a report's JSON by their places."""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"(\w+)((?:\[\d+\])*)")


def number_at(document: dict[str, Any], place: str) -> Any:
    """What stands at ``page.layers[3].macs``; claims are found by their id."""
    if place.startswith("claims."):
        claim, _, value = place.removeprefix("claims.").rpartition(".")
        return next(each for each in document["claims"] if each["id"] == claim)["values"][value]
    found: Any = document
    for step in place.split("."):
        parts = _STEP.fullmatch(step)
        assert parts, place
        found = found[parts[1]]
        for index in re.findall(r"\d+", parts[2]):
            found = found[int(index)]
    return found
