"""One word, one thing: the vocabulary that CONTRIBUTING states holds."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_no_two_public_classes_share_a_name() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "analyzer").rglob("*.py")):
        for name in re.findall(r"^class ([A-Za-z]\w*)", path.read_text("utf-8"), re.MULTILINE):
            places[name].append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_every_word_of_the_table_stands_where_the_table_says() -> None:
    table = re.findall(
        r"^\| `(\w+)` \|.*\| `([\w/]+\.py)` \|$",
        (ROOT / "CONTRIBUTING.md").read_text("utf-8"),
        re.MULTILINE,
    )
    assert len(table) >= 8
    for word, place in table:
        source = (ROOT / "analyzer" / place).read_text("utf-8")
        assert re.search(rf"^class {word}\b", source, re.MULTILINE), (word, place)
