"""The ``onnxlint`` command: pick the command, run it, turn what happened into an exit code."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from analyzer.cli import exits
from analyzer.cli.stop import stop_cleanly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.cli.environment import Environment


def main() -> NoReturn:
    """Run this process's command line and end the process."""
    stop_cleanly()
    # Facts of a large model are hundreds of thousands of objects without cycles: looking for
    # garbage among them every 700 allocations costs a quarter of the run.
    gc.set_threshold(200_000, 20, 20)
    # OpenBLAS would start a thread and 32 MiB for each core and end the process with its own
    # code, or SIGINT, where it gets none; there is no product here that is worth a thread.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Taking down the interpreter object by object costs as much as analysing a small model.
    try:
        os._exit(run(sys.argv[1:]))
    except MemoryError:  # there was none left to say so
        os.write(2, b"onnxlint: error: there is not enough memory; raise the limit (ulimit -v)\n")
        os._exit(exits.INCONCLUSIVE)


def run(words: Sequence[str]) -> int:
    """Run a command line and return its exit code; nothing but a bug of Python's escapes."""
    # All imports come late: until ``main`` is reached, Ctrl-C shows a traceback.
    from analyzer.cli.console import drop_stdout

    _open_standard_streams()
    try:
        return _guarded(list(words))
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except BrokenPipeError:
        drop_stdout()
        return exits.BROKEN_PIPE


def _guarded(words: list[str]) -> int:
    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment, read_environment
    from analyzer.cli.memory import check_memory
    from analyzer.errors import MistakesError, OnnxlintError

    console, environment = Console(), Environment()
    try:
        check_memory()
        environment = read_environment(os.environ)
        return _dispatch(words, environment)
    except MistakesError as error:
        for line in error.lines:
            console.error(line)
    except OnnxlintError as error:
        console.error(str(error))
    except SystemExit as end:  # argparse has said what is wrong, or shown its help
        return end.code if isinstance(end.code, int) else exits.CLEAN
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug of ours: one line, and never exit code 0 or 1
        from analyzer.cli.internal import report_bug

        report_bug(console, error, debug=environment.debug or "--debug" in words)
    return exits.INCONCLUSIVE


def _dispatch(words: list[str], environment: Environment) -> int:
    from analyzer.cli.console import Console
    from analyzer.cli.parser import ALIASES, COMMANDS, command_parser, top_parser
    from analyzer.cli.progress import ticking
    from analyzer.language import ENGLISH, speaking

    first = words[0] if words else ""
    name = ALIASES.get(first, first)
    if name not in COMMANDS:
        top_parser().parse_args(words)  # exits: help, or what is wrong
    module = import_module(f"analyzer.cli.{COMMANDS[name].module}")
    arguments = command_parser(name, module.configure).parse_intermixed_args(_plain(words[1:]))
    arguments.words = words
    color = {"always": True, "never": False}.get(arguments.color, environment.color)
    console = Console(quiet=arguments.quiet, color=color, moving=environment.moving)
    console.doing(name)
    with speaking(getattr(arguments, "lang", None) or ENGLISH), ticking(console):
        code: int = module.run(arguments, console, environment)
    return code


def _plain(words: list[str]) -> list[str]:
    """Without a ``--``, which argparse loses between options: what follows is no option, but paths,
    and as paths those that begin with ``-`` are spelt (``-`` stays standard input)."""
    if "--" not in words:
        return words
    place = words.index("--")
    rest = (f".{os.sep}{word}" if len(word) > 1 and word[0] == "-" else word
            for word in words[place + 1 :])  # fmt: skip
    return [*words[:place], *rest]


def _open_standard_streams() -> None:
    """Occupy descriptors 0 to 2 if the caller closed them: the next file opened would get one,
    and messages would go into it."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
