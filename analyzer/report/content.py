"""Names of the templates' variables: a report laid out for one medium."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.language import _, speaking
from analyzer.report import advised, notes, words
from analyzer.report.cards import cards
from analyzer.report.drawing.coarse import legible
from analyzer.report.drawing.picture import picture
from analyzer.report.page import LeftOut
from analyzer.report.spoken import in_parts
from analyzer.report.view import (
    appendix,
    blocks,
    charts,
    growth,
    keys,
    layers,
    sizes,
    skyline,
    tile_names,
    tiles,
    weights,
    whatif,
)
from analyzer.report.view.findings import TRAINING, first_sentence
from analyzer.report.view.gains import unlocking
from analyzer.report.view.kinds import COLORS
from analyzer.report.view.layers import FEW
from analyzer.report.view.matrix import matrix
from analyzer.report.view.simplified import grown
from analyzer.report.view.steps import promises
from analyzer.sanitise import label
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from analyzer.report.claims.record import Claim
    from analyzer.report.page import Page
    from analyzer.report.result import Options
    from analyzer.report.sheet import Sheet
    from analyzer.report.view.action import Action
    from analyzer.report.view.findings import Group
    from analyzer.report.view.modules import ModuleRow
    from analyzer.report.view.options.form import SmallerForm
    from analyzer.report.view.skyline import SkylineChart


def tone(claims: Iterable[Claim], outcome: str) -> str:
    """How the bar of the verdict is drawn."""
    kinds = (str(claim.values["kind"]) for claim in claims if claim.id == "verdict")
    return TONES.get(next(kinds, ""), outcome)


@dataclass(frozen=True, slots=True)
class Medium:
    """What a page is made for, and how much of long lists it shows."""

    name: str
    """``html`` or ``pdf``."""
    places: int
    """Most rows listed for one rule."""
    examples: int
    """The same for a rule of information whose findings save no MACs."""
    beyond: int
    """Most names of places of one rule that have no row."""
    alike: int
    """Most names of what is alike and stands in one row."""
    rows: int
    """Most rows of other long tables."""
    articles: int
    """Most rules that are told at length; of the others there is a row each."""
    remarks: bool
    """What only informs is one row a rule."""
    tall: float
    """Height of charts, whose width is that of the page, in proportion to that on a screen."""
    tensors: int
    """Most tensors of the peak, the largest of which its picture names."""
    shapes: int
    """Most layer shapes below their picture."""
    modules: int
    """Most modules in their table."""
    parts: int
    """Most kinds of operators listed for one box of the network drawn."""
    operators: int
    """Most operators in the table of all, as it is without a script."""
    portrait: float
    """Most height of the network drawn, as a share of its width."""
    narrow: bool
    """Show other widths of models that have no other input sizes."""


HTML = Medium("html", places=50, examples=30, beyond=1000, alike=50, rows=50, articles=100,
              remarks=False, tall=1.0, tensors=10, shapes=20, modules=24, parts=16, operators=160,
              portrait=1.25, narrow=True)  # fmt: skip
SHORTER = (
    HTML,
    replace(HTML, places=16, examples=8, beyond=400, alike=20, rows=24, shapes=12, modules=16,
            parts=6, operators=80),
    replace(HTML, places=4, examples=1, beyond=80, alike=8, rows=10, articles=10, remarks=True,
            shapes=8, modules=8, parts=2, operators=30),
)  # fmt: skip
"""HTML, and what is left of it for models of which there is more to say than a page can hold."""
PDF = Medium("pdf", places=12, examples=1, beyond=0, alike=1, rows=12, articles=100, remarks=True,
             tall=0.56, tensors=3, shapes=6, modules=6, parts=0, operators=0, portrait=0.7,
             narrow=False)  # fmt: skip
"""A PDF costs 5 ms a table row and is read by people; the JSON attached to it has everything."""


HIGH = 135.0
"""Millimetres of the network drawn on paper, as its style sheet has it."""
TONES = {"errors": "wrong", "doubts": "doubtful"}
"""By kind of a verdict, how its bar is drawn; that of others is of the outcome."""


CONVOLUTIONS = frozenset({"standard", "depthwise", "pointwise"})
"""Kinds of layers that the conventions tell of."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all pages on a screen have in common, however much of it they show."""

    names: Mapping[str, str]
    """What each operator is called, by node id."""
    operators: appendix.Listed
    notes: notes.Notes


def shared(sheet: Sheet, options: Options) -> Shared:
    """What needs to be found out once for all pages on a screen."""
    with speaking(sheet.page.lang):
        page, names = sheet.page, layers.show_names(sheet.nodes)
        flagged = [node for group in page.groups for row in group.places for node in row.nodes]
        operators = appendix.listed(
            sheet.nodes, options.html_rows, names, flagged, sheet, page.formulas
        )
        return Shared(names, operators, notes.on_screen(page))


def build(
    sheet: Sheet, options: Options, medium: Medium, known: Shared | None = None
) -> dict[str, object]:
    """Names of the templates' variables and their values; ``known`` if there is more than one page
    on a screen."""
    page = sheet.page
    resized = bool(page.what_if.rows) and (medium.narrow or len(page.what_if.columns) > 1)
    if page.what_if.rows and not resized:
        elsewhere = LeftOut(_("what if it were smaller"), _("the HTML report has it"))
        page = replace(page, left_out=(*page.left_out, elsewhere))
    recommended = not page.origin.rules or any(each.suggested for each in page.conversions)
    if page.conversions and medium is PDF and not recommended:
        idle = LeftOut(_("separable convolutions"),
                       _("no rule recommends one; the HTML report has them"))  # fmt: skip
        page = replace(page, conversions=(), left_out=(idle, *page.left_out))
    behind = _behind(page.asks)
    groups = [_within(group, medium, behind) for group in page.groups]
    rest = {whole.rule: _rest(whole, len(shown.places), medium.beyond)
            for whole, shown in zip(page.groups, groups, strict=True)}  # fmt: skip
    if medium is PDF:
        named = [node for group in groups for row in group.places
                 for node in row.nodes[: medium.alike]]  # fmt: skip
        names: Mapping[str, str] = layers.show_names(sheet.nodes)
        table = appendix.on_paper(sheet.nodes, options.pdf_rows, names, named)
        noted = notes.on_paper(page)
    else:
        known = known or shared(sheet, options)
        names, noted = known.names, known.notes
        table = appendix.on_screen(known.operators, medium.operators)
    said = words.say(sheet.claims)
    articles = _in_full(groups, behind, medium)
    in_blocks = blocks.by_block(page.shares, page.block_kinds)
    by_params = sorted(page.shares, key=lambda share: (-share.params, share.kind))
    if medium is PDF:
        shown, joined = legible(page.drawing, HIGH, medium.portrait)
    else:
        shown, joined = picture(page.drawing, portrait=medium.portrait), page.drawing.joined
    treemap = tiles.picture(page.tiles, 120 * (1 + medium.tall), shares=page.whole is not None)
    tree_key = keys.nested(page.tiles) if medium is not PDF else treemap.key
    by_shape = charts.treemap(page.layers, 260 * medium.tall, shares=page.whole is not None)
    profile = charts.profile(page.profile, 140 * medium.tall)
    above = tree_key if treemap.marks else by_shape.key if len(page.layers) >= FEW else []
    brief = any(claim.id == "order" and claim.values["brief"] for claim in sheet.claims)
    return {
        "medium": medium,
        "options": options,
        "version": __version__,
        "written_by": label(sheet.tool.version),
        "page": page,
        "said": said,
        "parts": in_parts(said, sheet.claims, noted.links),
        "cards": cards(sheet.claims, options.count),
        "groups": groups,
        "rest": rest,
        "articles": articles,
        "numbers": {group.rule: n for n, group in enumerate(page.groups)},
        "asked": {ask.rule: f"page.asks[{n}]." for n, ask in enumerate(page.asks)},
        "raised": {ask.rule: ask.peak for ask in page.asks},
        "formed": {form.id: f"page.options[{n}]." for n, form in enumerate(page.options)},
        "remarks": [group for group in groups if group not in articles],
        "first": page.first,
        "timed": not brief and any(_is_sooner(each) for step in page.first for each in step.of),
        "longer": advised.longer([each.seconds for each in page.devices]),
        "momentary": advised.momentary([each.seconds for each in page.devices]),
        "choice": advised.CHOICE,
        "tidying": advised.tidying,
        "how": advised.how,
        "part": advised.part,
        "weight": advised.weight,
        "bears": advised.bears,
        "resting": advised.resting,
        "by_itself": advised.by_itself,
        "lowering": advised.lowering,
        "slowing": advised.slowing,
        "by_roofline": advised.by_roofline,
        "unlocking": unlocking,
        "in_file": advised.in_file,
        "brief": brief,
        "tone": tone(sheet.claims, page.outcome),
        "trainings": TRAINING,
        "matrix": matrix(page.asks, page.options, page.steps),
        "undone": _undone(page),
        "grown": _grown(page, [group for group in groups if group not in articles]),
        "macs_bar": charts.stacked(in_blocks or page.shares, "macs"),
        "in_blocks": bool(in_blocks),
        "params_bar": charts.stacked(by_params, "params"),
        "curve": charts.curve(page.conversion_steps, 170 * medium.tall),
        "few": FEW,
        "convolves": not CONVOLUTIONS.isdisjoint(share.kind for share in page.shares),
        "picture": shown,
        "joined": joined,
        "treemap": by_shape,
        "tiles": treemap,
        "tiles_key": tree_key,
        "short": tile_names.example((tile.name for tile in page.tiles), treemap),
        "tree": tiles.tree(page.tiles),
        "modules": _largest(page.modules, medium.modules),
        "heat": [whatif.heat(row, page.macs) for row in page.what_if.rows],
        "resized": resized,
        "oddities": weights.together(page.weights.oddities) if page.weights else (),
        "sizes": sizes.sliders(page.what_if, page.growth, page.devices),
        "depth_heat": [whatif.heat(row, page.macs) for row in page.what_if.depths],
        "profile": profile,
        "profile_key": () if {*profile.key} <= {*above} else profile.key,
        "scatter": charts.scatter(
            page.layers,
            page.device.ridge,
            page.device.name,
            240 * medium.tall,
            _intensities(page) if medium is not PDF else {},
        ),
        "skyline": _skyline(page, 112 * medium.tall),
        "growth": [growth.curve(row) for row in page.growth],
        "table": table,
        "anchors": table.anchors,
        "notes": noted.notes,
        "remarked": noted.remarks,
        "explained": noted.links,
        "names": names,
        "colors": COLORS,
    }


def _grown(page: Page, remarks: Sequence[Group]) -> dict[str, str]:
    """How the file grows where the first of the rules that have one row each is followed that lets
    it grow: what the same tool does for others comes to the same."""
    asks = {ask.rule: ask for ask in page.asks}
    told = ((group.rule, grown(asks[group.rule])) for group in remarks if group.rule in asks)
    found = next((pair for pair in told if pair[1]), None)
    return dict([found]) if found else {}


def _undone(page: Page) -> dict[str, str]:
    """By rule, the command that does what it asks for, where no step has it."""
    told = {name for step in page.steps for name in step.ids}
    does = ((ask.rule, first_sentence(ask.what)) for ask in page.asks
            if ask.tool and ask.rule not in told)  # fmt: skip
    return {rule: what[:1].lower() + what[1:] for rule, what in does}


def _skyline(page: Page, tall: float) -> SkylineChart | None:
    """Memory over the schedule, where there is something to see."""
    shown = page.skyline
    return skyline.picture(shown, tall) if shown and skyline.is_telling(shown) else None


def _intensities(page: Page) -> dict[int, str]:
    """The arithmetic of each layer's intensity, by its position."""
    found = {each.number: notes.spelled(each) for each in page.explained
             if each.by == "layer.intensity"}  # fmt: skip
    places = {n: f"page.layers[{n}].intensity" for n in range(len(page.layers))}
    return {n: found[place] for n, place in places.items() if place in found}


def _is_sooner(step: Action | SmallerForm) -> bool:
    """Whether its times are told."""
    now, then = step.seconds_now, step.seconds
    return now is not None and then is not None and then < now


def _behind(asks: Iterable[Action]) -> frozenset[str]:
    """Rules behind actions of more than low impact on the model."""
    return frozenset(ask.rule for ask in asks
                     if ask.impact != "low" and promises(ask) and not ask.figures)  # fmt: skip


def _in_full(groups: Iterable[Group], behind: Collection[str], medium: Medium) -> list[Group]:
    """Groups that are told at length: where what only informs is one row a rule, those too that
    stand ``behind`` an action of more than low impact."""
    told = [group for group in groups
            if not (medium.remarks and group.informs) or group.rule in behind]  # fmt: skip
    return told[: medium.articles]


def _within(group: Group, medium: Medium, behind: Collection[str]) -> Group:
    most = medium.places
    if group.informs and not (medium is PDF and group.rule in behind):
        most = medium.examples
    return replace(group, places=group.places[:most])


@dataclass(frozen=True, slots=True)
class Rowless:
    """Places of a rule that have no row."""

    ids: tuple[str, ...]
    places: int
    more: int
    """Those of ``places`` without an id here."""


def _rest(group: Group, rows: int, most: int) -> Rowless:
    """What is beyond the first ``rows`` rows."""
    places = group.count - sum(row.count for row in group.places[:rows])
    ids = tuple(islice((id_ for row in group.places[rows:] for id_ in row.nodes if id_), most))
    return Rowless(ids, places, places - len(ids))


def _largest(rows: Sequence[ModuleRow], most: int) -> list[ModuleRow]:
    """The modules with the largest shares, the largest first."""
    return sorted(rows, key=lambda row: -row.macs)[:most]
