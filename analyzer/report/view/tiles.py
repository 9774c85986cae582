"""Where the compute is, as rectangles in rectangles: modules or blocks, and what is in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from analyzer import units
from analyzer.language import _, term
from analyzer.report.view.charts import GROUP, THIN, TILES, WIDTH, Chart, Mark
from analyzer.report.view.keys import rest_of_any_kind
from analyzer.report.view.kinds import color_of, counted_macs
from analyzer.report.view.layers import layer_shapes, shape_of
from analyzer.report.view.shades import shades
from analyzer.report.view.summary import block_name
from analyzer.report.view.tile_names import common_stem, fitting, tail, told_apart
from analyzer.restore import record
from analyzer.sanitise import clean, label, widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analyzer.facts import Facts, Module

MOST, SPLIT, LEAST = 32, 0.12, 0.004
"""Tiles from which no module is opened, the share from which one is, and that of a tile."""
HEIGHT, LOW, HEADER, DEEP = 230.0, 190.0, 17.0, 52.0
"""Of the picture, of the lowest, as on paper, of the line with a tile's name, and of a tile that
shows what is in it."""
NAMED, FEW = 0.8, 12
"""Share of a picture's area that has names, and how many tiles may have none."""
HALF = 0.5
"""Share of the MACs that a picture has to say something about."""
LETTER, MARGIN = 6.4, 10.0
"""Widths of a character of the labels, and of both margins."""
Ground = Literal["", "modules", "blocks", "kinds"]
LEVELS, OPENED = 5, 0.01
"""Levels of tiles in tiles, and the share of the whole from which one below the first has any."""


@record
class Tile:
    """A module, a block or a layer."""

    name: str
    color: str
    macs: int
    children: tuple[Tile, ...] = ()
    kind: str = ""
    """The kind of layer that does most of it, in words; empty for what is added up."""


class TileMap(NamedTuple):
    """A treemap, before it has places."""

    ground: Ground
    tiles: tuple[Tile, ...]
    """With most MACs first."""


def tiles(facts: Facts) -> tuple[Tile, ...]:
    """Those of ``mapped``."""
    return mapped(facts).tiles


def mapped(facts: Facts) -> TileMap:
    """Modules or blocks, see ``_ground``; kinds of layers where most of those, or of the shapes of
    layers, are too small to be named. Kinds of one colour are in its shades where there is no
    other."""
    found = _mapped(facts)
    shade = shades((tile.kind, tile.color, tile.macs) for tile in _leaves(found.tiles))
    if not shade:
        return found
    return found._replace(tiles=tuple(_shaded(tile, shade) for tile in found.tiles))


def _leaves(tiles: Iterable[Tile]) -> Iterator[Tile]:
    """What is drawn of one kind; not what is added up whatever it is."""
    for tile in tiles:
        if tile.children:
            yield from _leaves(tile.children)
        elif tile.kind:
            yield tile


def _shaded(tile: Tile, shade: Mapping[str, str]) -> Tile:
    inner = tuple(_shaded(each, shade) for each in tile.children)
    return replace(tile, color=shade.get(tile.kind, tile.color), children=inner)


def _mapped(facts: Facts) -> TileMap:
    total = facts.totals.macs
    if not total:
        return TileMap("", ())
    ground = _ground(facts, total)
    found: list[Tile] = []
    if ground:
        modules = facts.modules if ground == "modules" else None
        found = [*(_blocks(facts) if modules is None else _modules(modules))]
        shown = _sorted(found, total)
        if _named(shown, found) >= NAMED * total:
            return TileMap(ground, shown)
    shapes = layer_shapes(facts.nodes)
    if found or sum(shape.macs for shape in shapes[TILES:]) > (1 - NAMED) * total:
        kinds = _sorted(_kinds(facts), total)
        if len(kinds) > 1:
            return TileMap("kinds", kinds)
    return TileMap("", ())


def _named(shown: Iterable[Tile], found: Iterable[Tile]) -> int:
    """MACs of the tiles that are not added up."""
    known = {id(tile) for tile in found}
    return sum(tile.macs for tile in shown if id(tile) in known)


def _kinds(facts: Facts) -> list[Tile]:
    """Layers by kind and kernel, and the shapes that they have."""
    kinds: dict[tuple[str, str, str], Counter[str]] = {}
    for node in facts.nodes:
        macs = counted_macs(node)
        if macs:
            conv = node.conv
            name = label(node.op_type, widths.TERM)
            name = f"{conv.kernel} {term(conv.kind)}" if conv is not None else name
            shapes = kinds.setdefault((name, color_of(node.kind), _word(node.kind)), Counter())
            shapes[shape_of(node)[0]] += macs
    return [
        Tile(name, color, shapes.total(),
             _sorted([Tile(shape, color, macs, kind=kind) for shape, macs in shapes.items()],
                     shapes.total()) if len(shapes) > 1 else (), kind)
        for (name, color, kind), shapes in kinds.items()
    ]  # fmt: skip


def _ground(facts: Facts, total: int) -> Ground:
    """What the picture is of: modules where their names account for nearly all MACs, else what
    accounts for more; nothing where that is less than half, or where there is but one tile."""
    modules, known = 0, 0
    if facts.modules is not None:
        shown, rest = _cover(facts.modules)
        modules, known = len(shown) + len(rest), facts.modules.macs - sum(own for _, own in rest)
    if known < NAMED * total and facts.blocks:
        inside = {node for block in facts.blocks for node in block.nodes}
        held = sum(counted_macs(node) for node in facts.nodes if node.id in inside)
        if (held > known or not modules) and len([*_blocks(facts)]) > 1:
            return "blocks"
    return "modules" if known >= HALF * total and modules > 1 else ""


def _modules(root: Module) -> Iterator[Tile]:
    """The modules that together make the model, and what of those opened is in none."""
    shown, rest = _cover(root)
    names = told_apart([module.path for module in shown])
    for module, name in zip(shown, names, strict=True):
        yield Tile(name, color_of(module.kind), module.macs,
                   _parts(module, OPENED * root.macs, LEVELS), _word(module.kind))  # fmt: skip
    yield from (Tile(_rest_of(tail(path)), "other", own) for path, own in rest)


def _cover(root: Module) -> tuple[list[Module], list[tuple[str, int]]]:
    """The model in modules, the largest opened; by path what in one of those is in none of its."""
    shown = [root]
    rest: list[tuple[str, int]] = []
    while len(shown) < MOST:
        large = [m for m in shown if m.macs > SPLIT * root.macs and _inner(m)]
        largest = max(large, key=lambda module: module.macs, default=root)
        if largest not in shown or not _inner(largest):
            break
        place = shown.index(largest)
        own = largest.macs - sum(child.macs for child in largest.children)
        if own > 0:
            rest.append((largest.path, own))
        shown[place : place + 1] = _inner(largest)
    return shown, rest


def _parts(module: Module, least: float, levels: int) -> tuple[Tile, ...]:
    """What is in a module; nothing where that is one thing, or more than ``levels`` deep."""
    inner = _opened(module)
    own = module.macs - sum(child.macs for child in inner)
    if not levels or len(inner) + (own > 0) < 2:
        return ()
    parts = [
        Tile(tail(m.path) if m.name.isdigit() else label(m.name, widths.TERM),
             color_of(m.kind), m.macs,
             _parts(m, least, levels - 1) if m.macs >= least else (), _word(m.kind))
        for m in inner
    ]  # fmt: skip
    return _sorted([*parts, Tile(_("rest"), "other", own)], module.macs)


def _rest_of(name: str) -> str:
    return _("rest of {name}", name=name) if name else _("rest of the model")


def _inner(module: Module) -> list[Module]:
    return [child for child in module.children if child.macs]


def _opened(module: Module) -> list[Module]:
    """What is in a module, without those that hold one other module and nothing else."""
    inner = _inner(module)
    while len(inner) == 1 and (deeper := _inner(*inner)):
        inner = deeper
    return inner


def _blocks(facts: Facts) -> Iterator[Tile]:
    """Blocks in order, numbered by kind, and the layers that are in none."""
    nodes = {node.id: node for node in facts.nodes}
    inside: set[str] = set()
    numbers: dict[str, int] = {}
    for block in facts.blocks:
        layers = [nodes[n] for n in block.nodes if n in nodes and counted_macs(nodes[n])]
        inside.update(node.id for node in layers)
        kind = block_name(block.kind)
        numbers[kind] = numbers.get(kind, 0) + 1
        parts = [
            Tile(_word(n.kind), color_of(n.kind), counted_macs(n), kind=_word(n.kind))
            for n in layers
        ]
        if parts:
            macs = sum(part.macs for part in parts)
            main = max(parts, key=lambda part: part.macs)
            yield Tile(f"{kind} {numbers[kind]}", main.color, macs,
                       _sorted(parts, macs) if len(parts) > 1 else (), main.kind)  # fmt: skip
    for node in facts.nodes:
        if counted_macs(node) and node.id not in inside:
            yield Tile(shape_of(node)[0], color_of(node.kind), counted_macs(node),
                       kind=_word(node.kind))  # fmt: skip


def _word(kind: str) -> str:
    return label(term(kind), widths.TERM)


def _sorted(found: Iterable[Tile], total: int) -> tuple[Tile, ...]:
    """The largest first, the smallest added up: as many as have room for their names."""
    ordered = sorted((t for t in found if t.macs > 0), key=lambda tile: -tile.macs)
    most = sum(tile.macs >= LEAST * total for tile in ordered[: 2 * MOST])
    while True:
        tiles = _largest(ordered, most)
        if most <= FEW or labelled(picture(tiles, LOW)) >= NAMED:
            return tiles
        most = most * 3 // 4


def _largest(ordered: Sequence[Tile], most: int) -> tuple[Tile, ...]:
    rest = ordered[most:]
    if len(rest) < 2:
        return tuple(ordered)
    together = Tile(_("{n} smaller", n=len(rest)), "other", sum(tile.macs for tile in rest))
    return (*ordered[:most], together)


def picture(found: Sequence[Tile], height: float = HEIGHT, *, shares: bool = True) -> Chart:
    """Rectangles whose area is MACs; those of what is in a tile lie in it.

    ``shares``: those of the sum are shares of the model.
    """
    total = sum(max(0, tile.macs) for tile in found) if shares else 0
    marks: list[Mark] = []
    stem = common_stem(tile.name for tile in found)
    for tile, (x, y, dx, dy) in _squares(found, 0, 0, WIDTH, height):
        inner = tile.children if dy >= DEEP and dx >= DEEP else ()
        words = f"{tile.name} {units.percent(tile.macs / total)}" if total else tile.name
        marks.append(_mark(tile, x, y, dx, dy, words, total, GROUP if inner else tile.color,
                           stem))  # fmt: skip
        if inner:
            place = (x + 2, y + HEADER, dx - 4, dy - HEADER - 2)
            for part, box in _squares(inner, *place):
                marks.append(_mark(part, *box, part.name, total, part.color, "", tile.name))
    return Chart(WIDTH, height, tuple(marks))


def _squares(
    found: Sequence[Tile], x: float, y: float, dx: float, dy: float
) -> Iterator[tuple[Tile, tuple[float, float, float, float]]]:
    """Squarified treemap (Bruls, Huizing, van Wijk 2000), without what is too thin to be seen."""
    import squarify

    known = [tile for tile in found if tile.macs]
    sizes = squarify.normalize_sizes([float(tile.macs) for tile in known], dx, dy)
    for tile, box in zip(known, squarify.squarify(sizes, x, y, dx, dy), strict=True):
        if min(box["dx"], box["dy"]) >= THIN:
            yield tile, (box["x"], box["y"], box["dx"], box["dy"])


def _mark(
    tile: Tile, x: float, y: float, dx: float, dy: float, words: str, total: int, color: str,
    stem: str = "", within: str = "",
) -> Mark:  # fmt: skip
    letters = int((dx - MARGIN) / LETTER)
    share = units.percent(tile.macs / total) if total else ""
    best = fitting(words, tile.name, stem, letters)
    name = f"{within}, {tile.name}" if within else tile.name
    title = f"{name}: {units.si(tile.macs, 'MAC')}"
    left, top = round(x), round(y)
    return Mark(
        left, top, round(x + dx) - left, round(y + dy) - top, color,
        f"{title}, {share}" if share else title, (best,) if best and dy >= 16 else (),
        tile.kind or rest_of_any_kind(),
    )  # fmt: skip


def labelled(chart: Chart) -> float:
    """Share of the area that has a name: its own, or that of the tile that it lies in."""
    area = {True: 0.0, False: 0.0}
    outer: Mark | None = None
    for mark in chart.marks:
        inside = outer is not None and outer.x <= mark.x and outer.y <= mark.y and (
            mark.x + mark.width <= outer.x + outer.width + 0.2
            and mark.y + mark.height <= outer.y + outer.height + 0.2)  # fmt: skip
        if not inside:
            area[bool(mark.lines)] += mark.width * mark.height
            outer = mark if mark.color == GROUP else None
    return area[True] / (sum(area.values()) or 1)


def tree(found: Sequence[Tile]) -> list[list[list[Any]]]:
    """Tiles as short as they can be, for the script: lists of tiles, the last that of the whole.

    A tile is its name, MACs, colour (0 for that of the tile around it) and, where others lie in it,
    the place of their list, which alike tiles share.

    >>> fc = (Tile("fc", "dense", 2), Tile("rest", "other", 1))
    >>> tree((Tile("a", "dense", 3, fc), Tile("b", "dense", 3, fc)))
    [[['fc', 2, 0], ['rest', 1, 'other']], [['a', 3, 'dense', 0], ['b', 3, 'dense', 0]]]
    """
    lists: dict[str, int] = {}
    kept: list[list[list[Any]]] = []

    def place(tiles: Sequence[Tile], color: str, levels: int) -> int:
        rows: list[list[Any]] = []
        for tile in tiles:
            if tile.macs > 0:
                rows.append([clean(tile.name), tile.macs, 0 if tile.color == color else tile.color])
                if tile.children and levels:
                    rows[-1].append(place(tile.children, tile.color, levels - 1))
        key = repr(rows)
        if key not in lists:
            lists[key] = len(kept)
            kept.append(rows)
        return lists[key]

    place(found, "", LEVELS + 1)
    return kept
