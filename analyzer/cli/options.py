"""Options that several commands share, and what they say of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.cli import values
from analyzer.cli.config.exclude import spelled
from analyzer.language import ENGLISH, LANGUAGES

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.config.exclude import PathPattern


def add_model_options(parser: ArgumentParser) -> None:
    """How to read a model: sizes, limits, configuration."""
    group = parser.add_argument_group("the model")
    group.add_argument(
        "--shape",
        metavar="NAME=SIZES",
        type=values.name_and_shape,
        action="append",
        default=[],
        help="shape of a graph input: x=1,3,224,224 (repeatable)",
    )
    group.add_argument(
        "--dim",
        metavar="NAME=SIZE",
        type=values.name_and_count,
        action="append",
        default=[],
        help="size of an open dimension: batch=1, or 'x axis 2=640' without a name (repeatable)",
    )
    group.add_argument(
        "--trip-count",
        metavar="NAME=N",
        type=values.name_and_count,
        action="append",
        default=[],
        help="iterations of a Loop or Scan, by node name (repeatable)",
    )
    group.add_argument(
        "--limit",
        metavar="NAME=N",
        type=values.name_and_count,
        action="append",
        default=[],
        help="raise a limit that a message names (repeatable)",
    )
    group.add_argument(
        "--allow-missing-data",
        action="store_true",
        help="structure is all there is: external data that is missing is no error",
    )
    group.add_argument("--no-hash", action="store_true", help="do not compute the file's SHA-256")
    where = group.add_mutually_exclusive_group()
    where.add_argument(
        "--config",
        metavar="FILE",
        type=values.file,
        help="use this onnxlint.toml or pyproject.toml, not the nearest one",
    )
    where.add_argument("--no-config", action="store_true", help="use no configuration file")


def add_rule_options(parser: ArgumentParser) -> None:
    """Which rules to apply."""
    group = parser.add_argument_group("the rules")
    group.add_argument(
        "--select",
        metavar="RULES",
        type=values.words,
        action="append",
        default=[],
        help="only these: ids, prefixes of ids, names, categories, or ALL",
    )
    group.add_argument(
        "--ignore",
        metavar="RULES",
        type=values.words,
        action="append",
        default=[],
        help="not these, in addition to the configuration's",
    )
    group.add_argument("--preview", action="store_true", help="apply preview rules too")
    group.add_argument(
        "--rules",
        metavar="DIR",
        action="append",
        default=[],
        help="rule files of your own, besides those that ship (repeatable)",
    )


def add_target_option(parser: ArgumentParser, default: str = "") -> None:
    """Where models are to run."""
    parser.add_argument(
        "--target",
        metavar="T[@VERSION]",
        type=values.file,
        action="append",
        default=[],
        help="where the model is to run: a name such as tensorrt or coreml, or a file of the "
        f"same form about an accelerator of your own (repeatable) {default}".rstrip(),
    )


def add_language_option(parser: ArgumentParser) -> None:
    """What language people are spoken to in."""
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        help=f"language of what people read (default: {ENGLISH}); keys, ids and codes stay",
    )


def add_weights_option(parser: ArgumentParser) -> None:
    """Trained weights are read on request only: without them any model takes milliseconds."""
    parser.add_argument(
        "--weights",
        action="store_const",
        const=True,
        help="read the trained weights too, for the rules about them (WGT001 …); implied by "
        "selecting only such rules",
    )


def add_cache_options(parser: ArgumentParser) -> None:
    """Whether and where to remember what was found."""
    group = parser.add_argument_group("the cache")
    group.add_argument(
        "--no-cache",
        action="store_true",
        help="judge every model anew, and remember nothing",
    )
    group.add_argument(
        "--cache-dir",
        metavar="DIR",
        type=values.file,
        help="remember results there (default: the folder for caches in your home folder)",
    )


def add_search_options(parser: ArgumentParser) -> None:
    """What a search for models leaves out."""
    group = parser.add_argument_group("the search for models")
    group.add_argument(
        "--exclude",
        metavar="GLOBS",
        type=values.words,
        action="append",
        default=[],
        help="files and folders that are not searched, in place of the configuration's (default: "
        ".git, .venv, node_modules and the like)",
    )
    group.add_argument(
        "--extend-exclude",
        metavar="GLOBS",
        type=values.words,
        action="append",
        default=[],
        help="not these either",
    )
    group.add_argument(
        "--force-exclude",
        action="store_true",
        help="leave them out even where they are named on the command line",
    )


def said_by(arguments: Namespace) -> dict[str, Any]:
    """Fields of ``Config`` that the command line states, and their values."""
    said: dict[str, Any] = {
        "shapes": dict(arguments.shape),
        "dims": dict(arguments.dim),
        "trip_counts": dict(arguments.trip_count),
        "limits": dict(arguments.limit),
        "select": _flat(arguments.select),
        "ignore": _flat(arguments.ignore),
        "preview": arguments.preview,
        "allow_missing_data": arguments.allow_missing_data,
        "rules": tuple(arguments.rules),
        "targets": tuple(getattr(arguments, "target", ())),
        "fail_on": getattr(arguments, "fail_on", None),
        "baseline": getattr(arguments, "baseline", None),
        "exclude": _patterns(arguments, "exclude"),
        "extend_exclude": _patterns(arguments, "extend_exclude"),
        "force_exclude": getattr(arguments, "force_exclude", False),
    }
    return {name: value for name, value in said.items() if value}


def _patterns(arguments: Namespace, name: str) -> tuple[PathPattern, ...]:
    return tuple(map(spelled, _flat(getattr(arguments, name, []))))


def _flat(groups: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(word for group in groups for word in group)
