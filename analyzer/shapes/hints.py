"""Sizes that the file's own metadata states: what an exporter wrote about its inputs.

Ultralytics writes ``imgsz`` (height and width, ``[640, 640]``) and ``batch``; Deepness writes
``tiles_size``; others write ``input_size`` or ``input_shape``, or an entry named as the symbol of a
dimension (``T`` of k2's streaming encoders). Texts of Python literals are read by one regular
expression of bounded length; nothing is evaluated.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Shape

IMAGE_KEYS = ("imgsz", "image_size", "img_size", "input_size", "input_shape", "tiles_size")
"""Entries that state an image: one side, height and width, or a whole shape; the first counts."""
BATCH_KEYS = ("batch", "batch_size")
LENGTHS = ("seq", "len", "time")
"""What the symbol of a first axis that is no batch is called."""
MAX_TEXT = 80
"""Characters of an entry that may be a size."""
MAX_ENTRIES = 1000
"""Entries that are looked at; exporters write about ten of their own."""
MAX_SIZE = 1 << 24
"""Largest size believed: no axis of an image or a signal is longer."""
LABEL = "metadata"
"""How the reason of an assumption begins that rests on such a statement."""

_SIZES = re.compile(r"[\[(]? *([0-9]{1,8}(?: *[,x] *[0-9]{1,8}){0,4}) *,? *[\])]?")


@dataclass(frozen=True, slots=True)
class Hints:
    """What the metadata of a file states; empty where it states nothing."""

    image: tuple[int, ...] = ()
    """One side, (height, width), (channels, height, width) or a whole shape of rank 4."""
    image_key: str = ""
    """The entry that ``image`` comes from."""
    batch: int | None = None
    batch_key: str = ""
    named: Mapping[str, int] = field(default_factory=dict)
    """Single sizes by entry, for dimensions whose symbol is called the same."""

    def sizes(
        self, name: str, symbols: tuple[str, ...], shape: Shape
    ) -> dict[int, tuple[int, str]]:
        """(size, reason) by open axis of the input ``name``.

        Parameters
        ----------
        symbols : name of each dimension in the file, ``""`` where it has none.
        shape : declared sizes; a statement that contradicts one of them counts for nothing.
        """
        declared = shape or ()
        found = {
            axis: (self.named[symbol], f"{LABEL} (entry of this name)")
            for axis, symbol in enumerate(symbols)
            if symbol in self.named
        }
        for axis, stated in self._image(name, declared).items():
            found[axis] = stated, f"{LABEL} ({self.image_key})"
        first = symbols[0].lower() if symbols else ""
        if self.batch is not None and len(declared) > 1 and not any(w in first for w in LENGTHS):
            found[0] = self.batch, f"{LABEL} ({self.batch_key})"
        return {axis: size for axis, size in found.items() if declared[axis] is None}

    def _image(self, name: str, declared: tuple[int | None, ...]) -> dict[int, int]:
        """Size by axis of an image input: 1, 3 or 4 channels, first or last, or open ones."""
        if len(declared) != 4 or not self.image or "past" in name.lower():
            return {}
        last = declared[3] in (1, 3, 4) and declared[1] not in (1, 3, 4)
        if not last and declared[1] not in (None, 1, 3, 4):
            return {}
        spatial = (1, 2) if last else (2, 3)
        match self.image:
            case (side,):
                stated = dict.fromkeys(spatial, side)
            case (height, width):
                stated = dict(zip(spatial, (height, width), strict=True))
            case (_, height, width):
                stated = dict(zip(spatial, (height, width), strict=True))
            case _:
                stated = dict(enumerate(self.image))
        fits = all(declared[axis] in (None, size) for axis, size in stated.items())
        return stated if fits else {}


def read_hints(metadata: Mapping[str, str]) -> Hints:
    """What ``metadata_props`` state about the sizes of inputs.

    >>> read_hints({"imgsz": "[640, 480]", "batch": "1"}).image
    (640, 480)
    """
    entries = [pair for pair, _ in zip(metadata.items(), range(MAX_ENTRIES), strict=False)]
    stated = {key: sizes for key, value in entries if (sizes := _sizes(value))}
    image = next((key for key in IMAGE_KEYS if len(stated.get(key, ())) in (1, 2, 3, 4)), "")
    batch = next((key for key in BATCH_KEYS if len(stated.get(key, ())) == 1), "")
    return Hints(
        image=stated.get(image, ()),
        image_key=image,
        batch=stated[batch][0] if batch else None,
        batch_key=batch,
        named={key: sizes[0] for key, sizes in stated.items() if len(sizes) == 1},
    )


def _sizes(text: str) -> tuple[int, ...]:
    """The sizes that ``text`` consists of; empty where it is anything else.

    >>> _sizes("(1, 3, 224, 224)"), _sizes("640"), _sizes("[0, 640]"), _sizes("[" * 10**6)
    ((1, 3, 224, 224), (640,), (), ())
    """
    found = _SIZES.fullmatch(text.strip()) if len(text) <= MAX_TEXT else None
    if found is None:
        return ()
    sizes = tuple(int(part) for part in re.split("[,x]", found[1]))
    return sizes if all(0 < size <= MAX_SIZE for size in sizes) else ()
