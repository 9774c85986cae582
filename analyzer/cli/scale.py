"""``onnxlint scale``: the model at other widths, resolutions and depths."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.cli import exits, values
from analyzer.cli.judge import facts_of
from analyzer.cli.options import add_model_options
from analyzer.cli.outputs import deliver, keep_models
from analyzer.cli.plan import make_plans
from analyzer.cli.shell import command_line
from analyzer.errors import ConfigError
from analyzer.report import SCALE_FORMATS
from analyzer.report.result import Options
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.facts import Facts
    from analyzer.report.scale import Study
    from analyzer.scaling import Frontier, Scaled, Scaler

Side = float | tuple[int, ...]
"""A multiplier, or sides in pixels: one for all axes, or one for each."""

PIXELS = 16
"""Whole numbers from here on are sides in pixels: no image is 16 times larger for a reason."""
LARGEST = 1_000_000
"""Pixels of a side."""
COMBINATIONS = 5_000
"""Most sizes of one run; each takes some milliseconds."""


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("model", metavar="MODEL", help="a model file, or - for standard input")
    parser.add_argument(
        "--width", metavar="A,…", type=_multipliers, help="width multipliers α: 0.25,0.5,1"
    )
    parser.add_argument(
        "--resolution",
        metavar="R,…",
        type=_sides,
        help="resolution multipliers ρ, or sides in pixels: 0.57,1 or 128,160,224 or 96x160",
    )
    parser.add_argument(
        "--depth",
        metavar="D,…",
        type=_depths,
        help="depth multipliers d: 1,1.2,1.8, or blocks of each stage: 1+2+2+1+2",
    )
    parser.add_argument(
        "--divisor",
        metavar="N",
        type=_divisor,
        help="round channels to multiples of N, as MobileNetV2 does with 8 (default: to whole "
        "channels, as MobileNetV1 does; with --budget: 8)",
    )
    parser.add_argument(
        "--budget",
        metavar="MACS",
        type=_budget,
        help="which d, α, ρ these multiply-accumulates afford: 300M",
    )
    parser.add_argument(
        "--format", choices=tuple(SCALE_FORMATS), default="text", help="(default: text)"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=values.file,
        help="write to this file instead of standard output",
    )
    parser.set_defaults(select=[], ignore=[], preview=False, rules=[])
    add_model_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Recount the model at every size asked for; by default those of the MobileNet paper."""
    path, shown = arguments.model, arguments.format == "json"
    keep_models([arguments.output or ""], [path])
    plan = make_plans([path], arguments, environment.today, digest=shown, note=console.note)[path]
    data = SCALE_FORMATS[arguments.format](
        _study(arguments, facts_of(path, plan)),
        Options(color=console.color and not arguments.output, created=environment.created),
    )
    deliver(data, arguments.output, console)
    return exits.CLEAN


def _study(arguments: Namespace, facts: Facts) -> Study:
    from analyzer.report.scale import Study
    from analyzer.scaling import Scaler, grid, growth

    scaler = Scaler(facts)
    divisor: int | None = arguments.divisor
    asked = arguments.width or arguments.resolution or arguments.depth
    points: tuple[Scaled, ...] = ()
    growing = found = None
    if arguments.budget is not None:
        found = _frontier(arguments, scaler)
    elif asked:
        points = _table(arguments, scaler)
    else:
        points = tuple(point for row in grid(scaler, divisor=divisor) for point in row)
        growing = growth(scaler, divisor)
    return Study(
        facts=facts, sides=scaler.sides, stages=scaler.stages, divisor=divisor,
        table=points, growth=growing or (), frontier=found,
        command=command_line(arguments),
    )  # fmt: skip


def _table(arguments: Namespace, scaler: Scaler) -> tuple[Scaled, ...]:
    from analyzer.scaling import table

    widths, depths = arguments.width or (1.0,), arguments.depth or (1.0,)
    resolutions = arguments.resolution or (1.0,)
    _bounded(len(widths) * len(depths) * len(resolutions))
    wrong = [
        r for r in resolutions if isinstance(r, tuple) and len(r) not in (1, len(scaler.sides))
    ]
    if wrong:
        raise ConfigError(
            f"--resolution {'x'.join(map(str, wrong[0]))}: this model's input has "
            f"{len(scaler.sides)} spatial sides, {units.shape(scaler.sides)}"
        )
    try:
        return table(scaler, widths, resolutions, depths, arguments.divisor)
    except ValueError as error:
        raise ConfigError(f"--depth: {error}") from None


def _frontier(arguments: Namespace, scaler: Scaler) -> Frontier:
    from analyzer.scaling import frontier

    if any(isinstance(depth, tuple) for depth in arguments.depth or ()):
        raise ConfigError("--budget with --depth needs multipliers, not numbers of blocks")
    axes = {"depths": arguments.depth, "widths": arguments.width}
    if arguments.resolution:
        axes["resolutions"] = tuple(_ratio(r, scaler.sides) for r in arguments.resolution)
    given = {name: tuple(values) for name, values in axes.items() if values}
    size = 1
    for chosen in given.values():
        size *= len(chosen)
    _bounded(size)
    divisor = 8 if arguments.divisor is None else arguments.divisor
    return frontier(scaler, arguments.budget, divisor=divisor, **given)


def _ratio(side: Side, now: tuple[int, ...]) -> float:
    if isinstance(side, float):
        return side
    ratios = {pixels / today for pixels, today in zip(side * len(now), now, strict=False)}
    if len(ratios) != 1:
        raise ConfigError(
            "--budget with --resolution in pixels needs an input that is square; use multipliers"
        )
    return ratios.pop()


def _bounded(count: int) -> None:
    if count > COMBINATIONS:
        raise ConfigError(f"{count} sizes are more than {COMBINATIONS}; ask for fewer at once")


def _multipliers(text: str) -> tuple[float, ...]:
    return tuple(_multiplier(word) for word in _some(text))


def _multiplier(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 0.001 <= value <= 100:
        raise ArgumentTypeError(f"{quoted(word)} is not a multiplier from 0.001 to 100")
    return value


def _depths(text: str) -> tuple[float | tuple[int, ...], ...]:
    return tuple(
        tuple(map(_blocks, word.split("+"))) if "+" in word else _multiplier(word)
        for word in _some(text)
    )


def _blocks(digits: str) -> int:
    blocks = values.whole(digits)
    if blocks is None or not 1 <= blocks <= 1000:
        raise ArgumentTypeError(f"{quoted(digits)} is not a number of blocks from 1 to 1000")
    return blocks


def _sides(text: str) -> tuple[Side, ...]:
    return tuple(_side(word) for word in _some(text))


def _side(word: str) -> Side:
    """``224`` and ``96x160`` are pixels, ``0.57`` and ``2`` multipliers."""
    parts = word.lower().replace("×", "x").split("x")
    numbers = [values.whole(part) for part in parts]
    match numbers:
        case [pixels] if pixels is None or pixels < PIXELS:
            return _multiplier(word)
    sides = tuple(n for n in numbers if n is not None and 1 <= n <= LARGEST)
    if len(sides) < len(parts):
        raise ArgumentTypeError(f"{quoted(word)} is not a side from 1 to {LARGEST} pixels")
    return sides


def _some(text: str) -> tuple[str, ...]:
    words = values.words(text)
    if not words:
        raise ArgumentTypeError("one value or more, separated by commas")
    return words


def _divisor(text: str) -> int:
    divisor = values.whole(text)
    if divisor is None or not 1 <= divisor <= 1024:
        raise ArgumentTypeError(f"{quoted(text)} is not a whole number from 1 to 1024")
    return divisor


def _budget(text: str) -> int:
    try:
        budget = int(units.parse_quantity(text, "MACs"))
    except (ValueError, OverflowError):
        budget = -1
    if budget >= 0:
        return budget
    raise ArgumentTypeError(f"{quoted(text)} is not a number of MACs, such as 300M")
