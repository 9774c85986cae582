"""The examples inside rule files, run as tests: text → bytes → facts → the rule's findings.

They take the same way as any model, through ``load`` and ``analyze``, so a rule that
passes here works on files.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from analyzer.analyze import analyze, analyze_weights
from analyzer.dataclass import dataclass
from analyzer.errors import OnnxlintError, RuleError
from analyzer.lint import Settings, judge
from analyzer.model import load
from analyzer.model.guard import GuardFailure, Progress, guarded
from analyzer.resources import rules_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analyzer.facts import Facts
    from analyzer.findings.finding import Finding
    from analyzer.ruleset.rule import Example, Rule
    from analyzer.targets.table import Table


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What a rule said about one of its examples."""

    rule: Rule
    example: Example
    findings: tuple[Finding, ...]
    error: str
    """Why the example could not be judged; empty otherwise."""

    @property
    def passed(self) -> bool:
        """The rule matched or not, as the example expects."""
        return not self.error and bool(self.findings) == (self.example.expect == "match")

    def __str__(self) -> str:
        """``file:line: PASS name``, or ``FAIL`` and why."""
        where = f"{self.rule.source}:{self.example.line}: "
        if self.passed:
            return f"{where}PASS {self.example.name}"
        found = f"found {len(self.findings)} match(es)"
        return (
            f"{where}FAIL {self.example.name}: {self.error or found}, {self.example.expect} wanted"
        )


def test_rules(rules: Iterable[Rule]) -> tuple[ExampleResult, ...]:
    """Run every example of every rule; preview and deprecated rules too."""
    return tuple(run_example(rule, example) for rule in rules for example in rule.examples)


# Its name is the command's (`onnxlint rules test`), not a request to be collected.
test_rules.__test__ = False  # type: ignore[attr-defined]


def run_example(rule: Rule, example: Example) -> ExampleResult:
    """Judge one example by its own rule alone."""
    settings = Settings(select=(rule.id,), options={rule.id: example.options})
    try:
        with _folder(example.beside) as folder:
            facts = facts_of(
                example.model, example.name, weights=rule.reads_weights, append=example.append,
                folder=folder, targets=example.targets,
            )  # fmt: skip
            found = judge(facts, (rule,), settings).findings
    except (OnnxlintError, OSError) as error:
        return ExampleResult(rule, example, (), str(error))
    return ExampleResult(rule, example, found, "")


@contextmanager
def _folder(files: Mapping[str, bytes | str]) -> Iterator[Path | None]:
    """Where the external data of an example lies; ``None`` where it names none."""
    if not files:
        yield None
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            if isinstance(content, bytes):
                folder.joinpath(file).write_bytes(content)
        for file, content in files.items():
            if isinstance(content, str):
                folder.joinpath(file).hardlink_to(folder / Path(content).name)
        yield folder


def facts_of(
    text: str,
    name: str = "example",
    *,
    weights: bool = False,
    append: bytes = b"",
    folder: Path | None = None,
    targets: Sequence[str] = (),
) -> Facts:
    """Facts about a model in ONNX text syntax, with ``weights`` those about its values too.

    ``append`` follows it in its file, ``folder`` is where its external data lies, and ``targets``
    are asked whether they run it.

    Raises
    ------
    RuleError
        ``text`` is not in that syntax.
    ModelError
        The model it spells cannot be judged.
    ConfigError
        There is no such target.
    """
    data = guarded(partial(_encoded, text))
    if isinstance(data, GuardFailure):
        raise RuleError(f"not ONNX text: {data.detail[:300]}")
    look = analyze_weights if weights else analyze
    # External data of an example would lie beside its rule, and never does.
    tables: Sequence[Table] = ()
    if targets:
        from analyzer.targets.catalog import chosen

        tables = chosen(targets)
    return look(load(data + append, name=name, folder=folder or rules_dir()), targets=tables)


def _encoded(text: str, _: Progress) -> bytes:
    """Rules come from strangers, too, and onnx's parser is C++."""
    import onnx.parser

    data: bytes = onnx.parser.parse_model(text).SerializeToString()
    return data
