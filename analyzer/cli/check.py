"""``onnxlint check``: findings about many models."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.cli import baseline, exits, values
from analyzer.cli.attachments import check_attachments
from analyzer.cli.baseline import add_missing
from analyzer.cli.bases import with_bases
from analyzer.cli.configurations import Configurations
from analyzer.cli.judge import judge_all
from analyzer.cli.options import (
    add_cache_options,
    add_language_option,
    add_model_options,
    add_rule_options,
    add_search_options,
    add_target_option,
    add_weights_option,
)
from analyzer.cli.outputs import STDOUT, keep_models, keep_settings, write_files
from analyzer.cli.own import Searched
from analyzer.cli.paths import absolute, expand
from analyzer.cli.plan import NO_BASELINE, make_plans
from analyzer.cli.shell import command_line
from analyzer.errors import ConfigError
from analyzer.report import (
    CHECK_FORMATS,
    FINDINGS_ONLY,
    STATISTICS_FORMATS,
    WITHOUT_FINGERPRINTS,
)
from analyzer.report.result import Batch, Failure, Options, Result, Since, written_anew

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Mapping

    from analyzer.cli.caching.cache import Cache
    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.cli.plan import Plan
    from analyzer.errors import ModelError
    from analyzer.findings.baseline import Baseline

LEVELS = ("error", "warning", "info")


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        help="model files, folders with *.onnx files, or - for standard input",
    )
    parser.add_argument(
        "--format",
        choices=tuple(CHECK_FORMATS),
        default="text",
        help="what goes to standard output (default: text)",
    )
    parser.add_argument(
        "--output",
        metavar="FORMAT=PATH",
        type=values.format_and_path,
        action="append",
        default=[],
        help="write one of these formats to a file as well (repeatable)",
    )
    parser.add_argument(
        "--statistics",
        action="store_true",
        help="how often each rule speaks, in place of the findings (text or json)",
    )
    failing = parser.add_mutually_exclusive_group()
    failing.add_argument(
        "--fail-on",
        choices=(*LEVELS, "never"),
        help="least severity that makes the exit code 1 (default: error)",
    )
    failing.add_argument(
        "--exit-zero",
        action="store_const",
        const="never",
        dest="fail_on",
        help="the same as --fail-on never; what cannot be judged still makes it 2",
    )
    parser.add_argument(
        "--diff",
        metavar="REV",
        help="only models that changed, or whose external data did, since this revision of git; "
        "main... means since this branch left main",
    )
    baseline = parser.add_mutually_exclusive_group()
    baseline.add_argument(
        "--baseline",
        metavar="FILE",
        type=values.file,
        help="report only findings that are not in this file",
    )
    baseline.add_argument(
        "--write-baseline",
        metavar="FILE",
        type=values.file,
        help="accept all present findings: write them to this file",
    )
    parser.add_argument(
        "--prune",
        action="store_true",
        help="with --write-baseline: only remove from the file what is not found any more",
    )
    parser.add_argument(
        "-j",
        "--jobs",
        metavar="N",
        type=values.positive,
        help="processes for many models (default: one per core)",
    )
    add_target_option(parser)
    add_weights_option(parser)
    add_language_option(parser)
    add_rule_options(parser)
    add_model_options(parser)
    add_search_options(parser)
    add_cache_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Judge, report, and say with the exit code how it went."""
    unknown = [name for name, _ in arguments.output if name not in CHECK_FORMATS]
    if unknown:
        raise ConfigError(f"--output {unknown[0]}: formats are {', '.join(CHECK_FORMATS)}")
    targets = [path for _, path in arguments.output]
    if len(set(map(absolute, targets))) < len(targets):
        raise ConfigError("--output: two formats go to one file; name a file for each")
    if STDOUT in targets:
        raise ConfigError("--output: for standard output say --format instead")
    if arguments.write_baseline and (targets or arguments.format != "text" or arguments.statistics):
        raise ConfigError("--write-baseline accepts findings and reports none; leave out "
                          "--output, --format and --statistics")  # fmt: skip
    if arguments.statistics and arguments.format not in STATISTICS_FORMATS:
        raise ConfigError(f"--statistics: formats are {', '.join(STATISTICS_FORMATS)}; --output "
                          f"{arguments.format}=PATH writes the findings beside them")  # fmt: skip
    configurations = Configurations(arguments)
    everything = expand(arguments.paths, console.note, configurations)
    found, since = _changed(everything.items, arguments.diff)
    check_attachments([*arguments.output, (arguments.format, STDOUT)], len(found))
    accepted = NO_BASELINE if arguments.write_baseline else arguments.baseline or ""
    formats = {arguments.format, *(name for name, _ in arguments.output)}
    models = [path for path in found if isinstance(path, str)]
    keep_models([*targets, arguments.write_baseline or ""], models)
    plans = with_bases(
        make_plans(
            models,
            arguments,
            environment.today,
            accepted,
            note=console.note,
            digest=not formats.isdisjoint({"json", "jsonl", "sarif", "code-scanning"}),
            identify=bool(arguments.write_baseline) or not formats <= WITHOUT_FINGERPRINTS,
            configurations=configurations,
        )
    )
    configs = {id(plan.config): plan.config for plan in plans.values()}.values()
    keep_settings(targets, {file for config in configs for file in (config.path, config.baseline)})
    keep_settings(targets, (arguments.baseline,))
    debug = arguments.debug or environment.debug
    old = _written_before(arguments, console)
    searched = Searched(
        [path for path in arguments.paths if os.path.isdir(path)],
        everything.models,
    )
    whole = not formats <= FINDINGS_ONLY
    cache = _cache(arguments, environment, console, whole=whole)
    judged = judge_all(
        plans, command_line(arguments), console,
        debug=debug, jobs=arguments.jobs, searched=searched,
        cache=cache, whole=whole,
    )  # fmt: skip
    judged = add_missing(judged, plans)
    items = tuple(
        judged[item] if isinstance(item, str) else Failure(item.path, str(item)) for item in found
    )
    batch = Batch(items, since, everything.excluded)
    if old is not None:
        if cache is not None:
            cache.close()
        return _accept(batch, plans, old, console, prune=arguments.prune)
    most = max((plan.limits.text_rows for plan in plans.values()), default=0)
    code, root = _exit_code(batch, plans, arguments.fail_on), absolute(".")
    options = Options(
        created=environment.created,
        text_rows=most,
        root=root if os.path.isabs(root) else "",  # the current folder may be gone
        exit_code=code,
        remember=cache.text_of if cache is not None else written_anew,
    )
    _report(batch, arguments, console, options)
    if cache is not None:
        cache.close()
    _name_skipped(plans.values(), console)
    return code


def _cache(
    arguments: Namespace, environment: Environment, console: Console, *, whole: bool
) -> Cache | None:
    """What earlier runs have found, where that is wanted."""
    if arguments.no_cache or not environment.cached:
        return None
    from analyzer.cli.caching.cache import open_cache

    place = replace(environment.cache, folder=arguments.cache_dir or environment.cache.folder)
    return open_cache(place, console.note, whole=whole)


def _changed(
    found: list[str | ModelError], revision: str | None
) -> tuple[list[str | ModelError], Since | None]:
    """What is to be judged of ``found``, and what is not, as it is what ``revision`` has."""
    if revision is None:
        return found, None
    from analyzer.cli.git.changed import changed_since

    models = [path for path in found if isinstance(path, str)]
    changed = changed_since(revision, models)
    rest = [item for item in found if not isinstance(item, str) or item in changed]
    return rest, Since(revision, tuple(path for path in models if path not in changed))


def _report(batch: Batch, arguments: Namespace, console: Console, options: Options) -> None:
    from analyzer.report.lines import summary

    write_files({path: CHECK_FORMATS[name](batch, options) for name, path in arguments.output})
    shown = replace(options, color=console.color, summary=False)
    formats = STATISTICS_FORMATS if arguments.statistics else CHECK_FORMATS
    console.write(formats[arguments.format](batch, shown))
    if arguments.format not in ("text", "concise"):  # they say it in the same words
        for failure in batch.failures:
            console.error(failure.message)
    console.note(summary(batch))


def _name_skipped(plans: Iterable[Plan], console: Console) -> None:
    """Name rules that somebody selected and that had no chance, as no weights were read."""
    skipped = {rule: None for plan in plans if plan.config.select for rule in plan.skipped}
    if skipped:
        need = "needs" if len(skipped) == 1 else "need"
        console.note(f"not applied: {', '.join(skipped)}, which {need} --weights")


def _exit_code(batch: Batch, plans: Mapping[str, Plan], fail_on: str | None) -> int:
    if any(isinstance(item, Failure) or item.facts.inconclusive for item in batch.items):
        return exits.INCONCLUSIVE
    if any(_fails(result, fail_on or plans[result.facts.model.path].config.fail_on)
           for result in batch.results):  # fmt: skip
        return exits.FINDINGS
    return exits.CLEAN


def _fails(result: Result, fail_on: str) -> bool:
    failing = LEVELS[: LEVELS.index(fail_on) + 1] if fail_on in LEVELS else ()
    return any(finding.severity in failing for finding in result.findings)


def _written_before(arguments: Namespace, console: Console) -> Baseline | None:
    """What is in the baseline that is to be written; ``None`` where none is."""
    if arguments.write_baseline:
        return baseline.before(arguments.write_baseline, prune=arguments.prune, console=console)
    if arguments.prune:
        raise ConfigError("--prune is for --write-baseline FILE")
    return None


def _accept(
    batch: Batch, plans: Mapping[str, Plan], old: Baseline, console: Console, *, prune: bool
) -> int:
    """Write a baseline of everything found; what could not be judged is not accepted."""
    for failure in batch.failures:
        console.error(failure.message)
    if not batch.results:  # a mistyped path is no reason to accept nothing any more
        return exits.INCONCLUSIVE
    baseline.rewrite(batch, plans, old, console, prune=prune)
    return exits.CLEAN if batch.outcome != "inconclusive" else exits.INCONCLUSIVE
