"""Everything that a report says besides the facts: computed once, the same for every medium.

It is a member of the JSON that ``report`` writes, and HTML and PDF are made of that JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal, NamedTuple

from analyzer.language import Language, _, spoken
from analyzer.patterns.quantised import quantisation_of
from analyzer.records import Signed
from analyzer.report.claims import cost
from analyzer.report.drawing import Drawing, draw
from analyzer.report.view import (
    blocks,
    conversion,
    deployment,
    devices,
    findings,
    growth,
    layers,
    memory,
    method,
    modules,
    skyline,
    summary,
    tiles,
    weights,
    whatif,
)
from analyzer.report.view.action import Action
from analyzer.report.view.asked import all_asked
from analyzer.report.view.assumed import choices
from analyzer.report.view.audits import Checked, checked, tally
from analyzer.report.view.blocks import BlockKind, BlockRow
from analyzer.report.view.conversion import Conversion, Total
from analyzer.report.view.converted import converted
from analyzer.report.view.deployment import TargetRow
from analyzer.report.view.devices import DeviceRow
from analyzer.report.view.explained import Explained, Reckoning
from analyzer.report.view.findings import Group
from analyzer.report.view.growth import GrowthRow
from analyzer.report.view.layers import FEW, Bar, LayerGroup
from analyzer.report.view.memory import Alive, Device, RoleRow
from analyzer.report.view.method import AssumedRow, FormulaRow, ProblemRow
from analyzer.report.view.modules import ModuleRow
from analyzer.report.view.options import SmallerForm, options_of
from analyzer.report.view.order import as_run
from analyzer.report.view.skyline import Skyline
from analyzer.report.view.step import ActionStep
from analyzer.report.view.steps import first
from analyzer.report.view.summary import Coverage, KindRow
from analyzer.report.view.tiles import Ground, Tile
from analyzer.report.view.unseen import unseen, why
from analyzer.report.view.weights import Weights
from analyzer.report.view.whatif import WhatIf
from analyzer.restore import record
from analyzer.sanitise import clean, label, widths
from analyzer.smaller.attributes import coefficients

if TYPE_CHECKING:
    from analyzer.report.result import Result
    from analyzer.report.view.options.before import Tool
    from analyzer.report.view.options.form import Level

MOST_METADATA = 20
"""Entries of the model's metadata that a page lists."""


@record
class Origin:
    """The file, the tool and what the tool was told."""

    path: str
    """As the reader is to see it: a name without folders unless somebody asked for them."""
    sha256: str | None
    bytes: int
    outside: bool
    """Whether there is data beside the file that is not in ``bytes``."""
    ir_version: Signed
    opsets: str
    producer: str
    """Empty where the file does not say."""
    graph_name: str
    nodes: int
    """Operators, those of bodies and functions included."""
    metadata: Mapping[str, str]
    rules_version: str
    rules: int
    """Rules that were selected, and had what it takes to judge."""
    skipped_rules: int
    """Rules that were selected and not applied, as weights were not read."""
    configuration: str
    """Empty for none."""
    command: str
    """Empty where there was none."""


@record
class LeftOut:
    """A section that has nothing to show."""

    section: str
    reason: str


class FirstStep(NamedTuple):
    """An ``ActionStep`` with what it is made of."""

    of: tuple[Action | SmallerForm, ...]
    tool: Tool
    after: str = ""
    """Of clean-ups, in words what has to be done before the command is run."""
    operators: int = 0
    impact: Level | Literal[""] = ""


@record
class Page:
    """A report before it is put on paper or on a screen."""

    lang: Language
    """Language of everything that it says, as HTML names it."""
    title: str
    origin: Origin
    outcome: str
    macs: int
    """Of the whole model, as far as they are known."""
    whole: int | None
    """The same where it is a single number that holds: what shares are of."""
    fewest: int | None
    """What times are of, where data decide what runs or something is unknown: the fewest MACs of a
    run; ``None`` where that is ``whole``, or no time can be told."""
    end: Literal["", "least", "most"]
    """Of which end of their range ``macs`` are, and what is computed of them; empty where they are
    ``whole``."""
    shares: tuple[KindRow, ...]
    coverage: Coverage
    actions: tuple[str, ...]
    """Ids of the rules to act on and of the forms to choose first."""
    steps: tuple[ActionStep, ...]
    """The same, those in one step that are alternatives."""
    asks: tuple[Action, ...]
    """What every rule with findings asks for."""
    options: tuple[SmallerForm, ...]
    converted: SmallerForm | None
    """The form that findings about convolutions lead to; null where none asks for another."""
    checked: tuple[Checked, ...]
    groups: tuple[Group, ...]
    assumptions: tuple[AssumedRow, ...]
    choices: tuple[str, ...]
    problems: tuple[ProblemRow, ...]
    conversions: tuple[Conversion, ...]
    conversion_totals: tuple[Total, ...]
    conversion_steps: tuple[int, ...]
    """MACs of the whole model after converting the best 0, 1, 2 … candidates."""
    weights: Weights | None
    """What the trained weights say; null where they were not looked at."""
    layers: tuple[LayerGroup, ...]
    uncounted: int
    """Layers that may run, and that no total counts: of another branch than the one counted, or of
    a loop that nothing bounds."""
    tiles: tuple[Tile, ...]
    """Modules, blocks or kinds of layers by MACs; empty where shapes of layers tell more."""
    ground: Ground
    """What ``tiles`` are."""
    profile: tuple[Bar, ...]
    drawing: Drawing
    """The network drawn, before boxes have places."""
    block_kinds: tuple[BlockKind, ...]
    blocks: tuple[BlockRow, ...]
    modules: tuple[ModuleRow, ...]
    modules_total: int
    modules_macs: int
    """Of all modules, and of what is in none."""
    modules_outside: ModuleRow | None
    """What belongs to no module."""
    growth: tuple[GrowthRow, ...]
    """Sizes that the file leaves open, where MACs follow them exactly."""
    what_if: WhatIf
    peak_known: bool
    alive: tuple[Alive, ...]
    alive_total: int
    """Tensors alive at the peak, of which ``alive`` has the largest."""
    skyline: Skyline | None
    """Memory over the order of operators; null where it says no more than the peak."""
    roles: tuple[RoleRow, ...]
    device: Device
    """Whose ridge line is drawn."""
    roof: Device
    """Whose limits say what converted layers gain."""
    devices: tuple[DeviceRow, ...]
    left_on_x86: int
    """Layers between DequantizeLinear and QuantizeLinear that ONNX Runtime computes in floating
    point on x86 CPUs, and the times of devices count in integers."""
    left_in_float: int
    """Those of them that it computes so on any CPU."""
    unpacked: tuple[str, ...]
    """Types that weights of few bits are multiplied in once unpacked; empty without any."""
    targets: tuple[TargetRow, ...]
    formulas: tuple[FormulaRow, ...]
    left_out: tuple[LeftOut, ...]
    """Sections that this model leaves empty."""
    reckonings: tuple[Reckoning, ...] = ()
    """How the kinds of numbers come about that ``explained`` has."""
    explained: tuple[Explained, ...] = ()
    """Where numbers of this document come from."""

    @property
    def forms(self) -> tuple[tuple[str, SmallerForm], ...]:
        """All smaller forms, with their places in this document."""
        found = [(f"page.options[{n}]", form) for n, form in enumerate(self.options)]
        more = [] if self.converted is None else [("page.converted", self.converted)]
        return (*found, *more)

    @property
    def idle_on_devices(self) -> bool:
        """No device multiplies for it, nor has it any weights to speak of there."""
        return devices.is_idle(self.devices)

    @property
    def late_readers(self) -> str:
        """Devices that take longer to read the weights than to multiply, and how long they
        multiply; empty for none."""
        return devices.late_readers(self.devices)

    @property
    def ranks(self) -> bool:
        """Whether its layers are worth a section."""
        return layers.ranks(self.layers)

    @property
    def scatters(self) -> bool:
        """Whether their arithmetic intensities are."""
        return layers.plotted(self.layers) >= FEW

    def bounded(self, macs: str, most: bool = False) -> str:
        """MACs of the whole model, or of what it may become, with the end that they are of;
        ``most``: whatever today's are, they are the most of what it may become."""
        if self.end == "least":
            return _("at least {value}", value=macs)
        return _("at most {value}", value=macs) if self.end or most else macs

    @property
    def first(self) -> tuple[FirstStep, ...]:
        """What ``steps`` names, in that order."""
        found: dict[str, Action | SmallerForm] = {form.id: form for form in self.options}
        found |= {ask.rule: ask for ask in self.asks}
        told = []
        for step in self.steps:
            of = tuple(found[name] for name in step.ids if name in found)
            tidies = all(isinstance(each, Action) for each in of)
            told.append(
                FirstStep(of, step.tool, self._behind(step), step.operators, step.impact) if tidies
                else FirstStep(of, "")
            )  # fmt: skip
        return tuple(step for step in told if step.of)

    def _behind(self, step: ActionStep) -> str:
        """The step before that does what is needed, or what that is called where none does."""
        if not step.needs:
            return ""
        for n, other in enumerate(self.steps, 1):
            if other != step and step.needs in other.ids:
                return _("step {n}", n=n)
        needed = (ask.does for ask in self.asks if ask.rule == step.needs)
        return next((f"“{does}”" for does in needed), "")


def make_page(result: Result) -> Page:
    """Facts and findings as a reader is to see them."""
    facts, whole = result.facts, result.facts.totals.whole
    sizes = replace(facts.once(whatif.view), budget=result.budget)
    trained = weights.view(facts.evidence, weights.integer_layers(facts))
    device = devices.main_device(result.devices)
    asks, forms = all_asked(result, device), options_of(result)
    steps = first(asks, forms)
    integers = next((form.weight_bytes for form in forms if form.id == "int8"), None)
    placed = devices.rows(facts, result.devices, integers)
    treemap = tiles.mapped(facts)
    return Page(
        lang=spoken(),
        title=label(PurePath(facts.model.path).name or facts.model.path, widths.CAUSE),
        origin=origin_of(result),
        outcome=result.outcome,
        macs=facts.totals.macs,
        whole=whole,
        fewest=devices.fewest(facts),
        end="" if whole is not None else "least" if facts.totals.macs_range[1] is None else "most",
        shares=summary.shares(facts),
        coverage=summary.coverage(facts.nodes),
        actions=tuple(name for step in steps for name in step.ids),
        steps=steps,
        asks=asks,
        options=forms,
        converted=_converted(result, asks),
        checked=checked(result),
        groups=findings.group(result),
        assumptions=method.assumptions(facts),
        choices=choices(facts),
        problems=method.problems(facts),
        conversions=conversion.conversions(result, memory.roof_of(device, facts)),
        conversion_totals=conversion.totals(result),
        conversion_steps=tuple(conversion.steps(result)),
        weights=trained,
        layers=layers.layer_shapes(facts.nodes, facts.totals.whole or 0, coefficients(facts)),
        uncounted=layers.uncounted(facts.nodes),
        tiles=treemap.tiles,
        ground=treemap.ground,
        profile=layers.bars(as_run(facts)),
        drawing=draw(result),
        block_kinds=blocks.kinds(facts),
        blocks=blocks.rows(facts),
        modules=modules.rows(facts),
        modules_total=modules.count(facts),
        modules_macs=facts.modules.macs if facts.modules is not None else 0,
        modules_outside=modules.outside(facts),
        growth=growth.growth(facts),
        what_if=sizes,
        peak_known=facts.memory.peak_bytes is not None,
        alive=memory.alive(facts),
        alive_total=len(facts.memory.alive),
        skyline=skyline.skyline(facts),
        roles=memory.roles(facts),
        device=memory.example(facts),
        roof=memory.roof_of(device, facts),
        devices=placed,
        left_on_x86=quantisation_of(facts).left_on_x86,
        left_in_float=quantisation_of(facts).unaligned,
        unpacked=devices.unpacked(facts),
        targets=deployment.rows(result),
        formulas=method.formulas(facts),
        left_out=tuple(_left_out(result, sizes, trained, placed)),
    )


def _converted(result: Result, asks: Sequence[Action]) -> SmallerForm | None:
    """What the convolutions leave that findings ask to convert; none where all take longer."""
    best = cost.best_savings(result)
    rules = {label(rule) for _macs, _params, rule in best.values()}
    asking = () if cost.is_slower(result) else [ask for ask in asks if ask.rule in rules]
    device = devices.main_device(result.devices)
    return converted(result.facts, device, cost.possible_saving(result), best, asking)


def _left_out(
    result: Result, sizes: WhatIf, trained: Weights | None, placed: Sequence[DeviceRow]
) -> Iterator[LeftOut]:
    """Sections without content, and why; none that somebody did not ask for."""
    facts = result.facts
    if not facts.separable.candidates:
        yield LeftOut(_("separable convolutions"), _("no convolution has a cheaper separable form"))
    if trained is not None and not trained.speaks:
        unread = trained.unread > 0
        yield LeftOut(_("what the weights say"),
                      why(unseen(facts)) if unread else
                      _("no layer has values to look at"))  # fmt: skip
    elif trained is not None and not trained.noisy and weights.is_rounded(facts):
        yield LeftOut(_("what fewer bits would do"), _("the weights are integers already"))
    none = facts.totals.complete and facts.totals.macs == 0
    shapes = layers.layer_shapes(facts.nodes, facts.totals.whole or 0)
    if not shapes:
        yield LeftOut(_("hot spots"), _("no operator multiplies") if none else
                      _("no operator has a known number of multiply-accumulates"))  # fmt: skip
    elif not layers.ranks(shapes):
        yield LeftOut(_("hot spots"), _("one operator alone has a known number of "
                      "multiply-accumulates"))  # fmt: skip
    if 0 < layers.plotted(shapes) < FEW:
        yield LeftOut(_("arithmetic intensity"), _("fewer than {n} layer shapes have one", n=FEW))
    if not facts.blocks:
        yield LeftOut(_("blocks"), _("no known building block was recognised"))
    if devices.is_idle(placed):
        yield LeftOut(
            _("devices"),
            _("nothing multiplies, and the memory of every device is far larger") if none else
            _("no operator has a known number of multiply-accumulates"),
        )  # fmt: skip
    if facts.targets and not deployment.is_told(result):
        yield LeftOut(_("where this model runs"), _("each target has all its operators: {names}",
                      names=deployment.versions(facts.targets)))  # fmt: skip
    if facts.modules is None:
        yield LeftOut(_("modules"), _("the file names no modules of the source code"))
    if sizes.reason:
        yield LeftOut(_("what if it were smaller"), sizes.reason[:1].lower() + sizes.reason[1:-1])


def origin_of(result: Result) -> Origin:
    """Where a judged model comes from."""
    model = result.facts.model
    metadata = sorted(model.metadata.items())[:MOST_METADATA]
    return Origin(
        path=label(model.path, widths.FILE),
        sha256=model.sha256,
        bytes=model.bytes,
        outside=model.outside,
        ir_version=model.ir_version,
        opsets=summary.opsets(model.opsets),
        producer=label(model.producer),
        graph_name=label(model.graph_name),
        nodes=result.facts.totals.nodes,
        metadata={label(key): label(value) for key, value in metadata},
        rules_version=result.rules_version,
        rules=tally(result).rules,
        skipped_rules=len(result.skipped_rules),
        configuration=clean(result.configuration),
        command=clean(result.command),
    )
