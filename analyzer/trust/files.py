"""Files with external data: their links, and the checksums that the model states of them."""

from __future__ import annotations

import hashlib
import os
import re
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from analyzer.contents import DataFile
from analyzer.model.external import Extent, open_inside
from analyzer.model.notes import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.model import Model
    from analyzer.model.outside import TensorExtent

_SMALL = 1 << 20
"""Bytes of a file up to which its digest is computed even where no weights are looked at."""
_SHA1 = re.compile(r"(?:sha1:)?[0-9a-fA-F]{40}")
_CHUNK = 1 << 20


def find_files(model: Model, thorough: bool) -> Iterator[DataFile]:
    """One record for each file; ``thorough``: digests of large ones, too."""
    places = sorted(model.payloads.rest.external.places, key=attrgetter("path", "start"))
    for path, group in groupby(places, key=attrgetter("path")):
        inside = list(group)
        try:
            links = os.lstat(path).st_nlink
        except OSError:  # gone since: whoever reads weights says so
            continue
        first = inside[0]
        location = as_text(first.tensor.location)
        yield DataFile(location, first.name, first.size, links, _checksum(inside, thorough))


def _checksum(inside: list[TensorExtent], thorough: bool) -> str:
    stated = {as_text(v) for p in inside for k, v in p.tensor.entries if k == "checksum"}
    if not stated:
        return ""
    if not all(_SHA1.fullmatch(text) for text in stated):
        return "malformed"
    first = inside[0]
    if first.size > _SMALL and not thorough:
        return ""
    digest = hashlib.sha1(usedforsecurity=False)
    with open_inside(Extent(first.path, 0, first.size, first.identity)) as file:
        if file is None:
            return ""
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    wanted = {text[-40:].lower() for text in stated}
    return "matches" if wanted == {digest.hexdigest()} else "differs"
