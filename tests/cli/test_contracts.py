"""What people and scripts rely on, row by row: codes, names of settings, sizes that are refused.

Each list stands here a second time on purpose: none of its rows goes, or comes, unnoticed.
"""

from __future__ import annotations

import errno
import signal

from analyzer.cli import bounds, candidates, compare, exits, memory, origins, outputs, paths, report
from analyzer.cli.budgets import figures
from analyzer.cli.caching import frozen, material, place, proof, store
from analyzer.cli.config import models, read, table
from analyzer.cli.git import repository
from analyzer.cli.parser import ALIASES, COMMANDS
from analyzer.findings import baseline, baseline_file
from analyzer.findings.fingerprint import IDENTITIES
from analyzer.ruleset import fields, folder, handbook, judgement, kinds, load
from analyzer.ruleset.pattern import check
from analyzer.ruleset.subjects.element_type import SINCE
from analyzer.ruleset.subjects.registry import SORTS
from analyzer.surplus import KINDS
from analyzer.targets.table import _CHOICES, COLUMNS, KEYS, MOST_BYTES, REQUIRED

KIB, MIB = 1024, 1024**2


def test_exit_codes_are_those_of_shells() -> None:
    assert (exits.CLEAN, exits.FINDINGS, exits.INCONCLUSIVE) == (0, 1, 2)
    assert (exits.INTERRUPTED, exits.BROKEN_PIPE) == (128 + signal.SIGINT, 128 + signal.SIGPIPE)


def test_commands_and_their_options_value_by_value() -> None:
    assert [*COMMANDS, *ALIASES] == [
        "check", "report", "inspect", "scale", "compare", "targets", "draw", "graph", "rules",
        "config", "explain", "completion", "cache", "version", "--version",
    ]  # fmt: skip
    assert sorted(candidates.VALUES) == sorted([
        "ARGUMENT", "FILE", "MODEL", "NEW", "OLD", "PATH", "A,…", "D,…", "GLOBS", "MACS", "N",
        "NAME=N", "NAME=SIZE", "NAME=SIZES", "NODE", "R,…", "REV", "WORDS", "D", "DIR",
        "FORMAT=PATH", "[FORMAT=]PATH", "FORMATS", "RULE", "RULES", "T[@VERSION]", "TOTAL=BOUND,…",
    ])  # fmt: skip
    assert compare.SUFFIXES == {".html": "html", ".pdf": "pdf", ".json": "json", ".md": "markdown"}
    assert (compare.LEVELS, compare.PAGES) == (("error", "warning", "info"), ("html", "pdf"))
    assert sorted(compare.WITH_DIGEST) == ["html", "json", "pdf"]
    assert report.TARGETS == (
        "ort_cpu", "ort_cuda", "ort_webgpu_js", "nnapi", "coreml_mlprogram", "qnn_htp", "tensorrt",
        "openvino", "tflite_onnx2tf_tf",
    )  # fmt: skip
    assert report.ABOUT_PAGES == (
        "models", "output", "format", "count", "provenance", "lang", "jobs", "open",
    )  # fmt: skip
    assert bounds._UNITS == {"weight-bytes": "bytes", "peak": "bytes", "file-bytes": "bytes",
                             "macs": "MACs", "flops": "FLOPs"}  # fmt: skip


def test_settings_by_where_they_may_stand() -> None:
    assert list(models.PER_MODEL) == [
        "fail_on", "select", "ignore", "preview", "weights", "allow_missing_data", "severity",
        "options", "targets", "budgets", "base", "shapes", "dims", "trip_counts", "limits",
    ]  # fmt: skip
    assert sorted(models.OF_THE_PROJECT) == [
        "baseline", "count", "exclude", "extend-exclude", "force-exclude", "models", "nested",
        "operators", "plugins", "rules", "suppress", "trust",
    ]  # fmt: skip
    assert models.FAIL_ON == ("error", "warning", "info", "never")
    assert read.COUNTS == ("macs", "flops")
    assert origins.SINGLE == (
        "fail_on", "count", "select", "preview", "weights", "allow_missing_data", "baseline",
        "targets", "base", "nested", "exclude", "force_exclude", "plugins", "trusted",
    )  # fmt: skip
    assert origins.TABLES == (
        "severity", "options", "budgets", "shapes", "dims", "trip_counts", "limits",
    )  # fmt: skip
    assert origins.FLAGS == {
        "shapes": "--shape", "dims": "--dim", "trip_counts": "--trip-count", "limits": "--limit",
        "targets": "--target",
    }  # fmt: skip
    assert sorted(origins.PATHS) == ["base", "baseline", "rules"]
    assert {name: (f.rule, f.option, f.unit) for name, f in figures.FIGURES.items()} == {
        "macs": ("compute-budget", "max-macs", "MACs"),
        "flops": ("flop-budget", "max-flops", "FLOPs"),
        "params": ("parameter-budget", "max-params", "parameters"),
        "weight-bytes": ("weight-budget", "max-weight-bytes", "bytes"),
        "peak": ("activation-budget", "max-activation-bytes", "bytes"),
    }
    assert figures.OTHER_NAMES == {
        "peak-activation-bytes": "peak", "activation-bytes": "peak", "parameters": "params",
        "weights": "weight-bytes",
    }  # fmt: skip


def test_folders_of_tools_are_those_of_their_documentation() -> None:
    assert paths.TOOLS == (
        ".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".ipynb_checkpoints",
        ".mypy_cache", ".nox", ".pyenv", ".pytest_cache", ".ruff_cache", ".svn", ".tox", ".venv",
        "__pypackages__", "node_modules", "site-packages", "venv",
    )  # fmt: skip
    assert (paths.SHOWN, paths.MAX_DEPTH) == (5, 100)


def test_git_asks_nobody_runs_no_hook_and_loads_nothing() -> None:
    assert repository.FILES == ("100644", "100755", "100664")
    assert repository._OPTIONS == (
        "--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false",
        "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false",
    )  # fmt: skip
    assert repository._SETTINGS == {
        "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C",
    }  # fmt: skip
    assert repository._LOCAL == (
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR",
        "GIT_NAMESPACE", "GIT_EXTERNAL_DIFF", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS",
    )  # fmt: skip


def test_what_a_key_of_the_cache_leaves_out() -> None:
    """Everything else about a plan makes another key."""
    assert {name: sorted(left) for name, left in material.AFRESH.items()} == {
        "Config": ["baseline", "count", "fail_on", "path", "severity", "suppress"],
        "Settings": ["baseline", "severity", "suppressions", "today"],
    }
    assert {name: sorted(left) for name, left in material.ELSEWHERE.items()} == {
        "Config": ["exclude", "extend_exclude", "force_exclude", "lines", "models", "nested",
                   "rules"],
        "Plan": ["bases", "entries", "file", "operators", "rules"],
        "Settings": ["identify"],
        "Result": ["_kept", "facts", "rules"],
        "Rule": ["_later", "examples"],
        "Table": ["_rows"],
    }  # fmt: skip
    assert sorted(material._TEXTS) == ["Amount", "Arithmetic", "Expression", "Message"]
    ((_, left),) = frozen._LEFT.items()
    assert list(left) == ["graph", "find_structure", "find_batch_growth", "find_open_sizes",
                          "find_resized", "find_fixed", "contents"]  # fmt: skip
    assert {str, int, float, bool, type(None)} == frozen._ATOMS


def test_sizes_that_are_too_large() -> None:
    assert (store.MOST_BYTES, store.MOST_FILES, store.ENTRY_BYTES, store.UNPACKED_BYTES) == (
        256 * MIB, 20_000, 16 * MIB, 256 * MIB,
    )  # fmt: skip
    assert (place.SECRET_BYTES, place.LEAST_WORD, place._PRIVATE, place._OTHERS) == (
        32, 16, 0o700, 0o077,
    )  # fmt: skip
    assert (proof.REMEMBERED, proof.HASHED) == (MIB, 64 * MIB)
    assert (proof._FINE, proof._COARSE) == (50 * 10**6, 2 * 10**9)
    assert (read.MAX_BYTES, read.MAX_PYPROJECT) == (256 * KIB, 4 * MIB)
    assert (table.MOST, table.MOST_ERRORS) == (2**63 - 1, 50)
    assert memory.LEAST == 160 * MIB
    assert (folder.MAX_FILES, folder.MAX_BYTES, load.MAX_ERRORS) == (1000, 64 * KIB, 50)
    assert (MOST_BYTES, baseline_file.MAX_BYTES, baseline_file.SCHEMA) == (4 * MIB, 64 * MIB, 2)
    assert (baseline.MOST_BITS, baseline.LONGEST) == (3000, 400)


def test_remedies_for_what_a_file_system_refuses() -> None:
    space, ours = (
        "free some space or write elsewhere",
        "make the folder writable or write elsewhere",
    )
    assert {
        errno.ENOSPC: space, errno.EDQUOT: space,
        errno.EFBIG: "raise the limit on file sizes (ulimit -f) or write elsewhere",
        errno.EROFS: "write elsewhere", errno.EACCES: ours, errno.EPERM: ours,
        errno.EISDIR: "name a file in it", errno.ENOTDIR: "check the path",
        errno.ENAMETOOLONG: "choose a shorter name", errno.ELOOP: "check the path",
    } == outputs._REMEDIES  # fmt: skip


def test_identities_of_a_finding_from_strict_to_lenient() -> None:
    assert IDENTITIES == (
        ("name", "kind", "near", "far"), ("kind", "near", "far"), ("name", "kind", "near"),
        ("kind", "near"), ("name", "kind"), ("kind",), (),
    )  # fmt: skip


def test_words_of_rule_files() -> None:
    assert (load.STATUSES, load.FIX_SAFETIES) == (
        ("preview", "stable", "deprecated"), ("display", "unsafe", "interface", "safe"),
    )  # fmt: skip
    assert (load.GROUPS, load.TOTALS, load.OPTION_KINDS) == (
        ("message", "rule"), ("sum", "max"), ("integer", "number", "flag", "text"),
    )  # fmt: skip
    assert load.SAVINGS == ("nothing", "macs", "params", "traffic", "stored")
    assert (judgement.LEVELS, judgement.RISKS) == (
        ("low", "medium", "high"), ("none", "low", "medium", "high"),
    )  # fmt: skip
    assert (judgement.TRAININGS, judgement.STAKES, judgement.TOOLS) == (
        ("none", "fine-tune", "train"), ("cost", "use", "sharing"),
        ("none", "onnxslim", "onnxruntime"),
    )  # fmt: skip
    assert list(fields.COMMON) == ["model", "totals", "parameters", "memory", "separable",
                                   "ceiling", "conformance"]  # fmt: skip
    assert list(fields.LAYER) == ["weights", "filters", "kernel", "separability", "low_rank",
                                  "core", "integers"]  # fmt: skip
    assert sorted(fields.EVIDENCE) == [
        "audit", "core", "filters", "integers", "kernel", "low_rank", "separability", "stored",
        "weights",
    ]  # fmt: skip
    assert sorted(check.WORDS) == [
        "False", "None", "True", "and", "else", "false", "if", "in", "is", "known", "none", "not",
        "or", "true", "unknown",
    ]  # fmt: skip
    assert handbook.UNITS == {
        "bytes": "bytes", "macs": "MACs", "flops": "FLOPs", "params": "parameters", "snr": "dB",
        "share": "share of 1", "ratio": "share of 1", "energy": "share of 1",
        "elements": "elements",
    }  # fmt: skip
    assert kinds._SCALARS == {
        "int": "number", "float": "number", "int | float": "number", "Signed": "number",
        "Dim": "number", "str": "text", "Digest": "text", "Certainty": "text", "ConvKind": "text",
        "bool": "flag", "Any": "any",
    }  # fmt: skip


def test_ir_versions_that_brought_element_types() -> None:
    """onnx.proto, enum ``Version``."""
    assert SINCE == {
        "bfloat16": 4, "float8e4m3fn": 9, "float8e4m3fnuz": 9, "float8e5m2": 9,
        "float8e5m2fnuz": 9, "int4": 10, "uint4": 10, "float4e2m1": 11, "float8e8m0": 12,
        "int2": 13, "uint2": 13, "float6e2m3": 14, "float6e3m2": 14,
    }  # fmt: skip


def test_keys_of_a_target() -> None:
    assert list(KEYS) == [
        "id", "name", "version", "date", "source", "commit", "licence", "kind", "group", "host",
        "opset_floor", "opset_ceiling", "ir_ceiling", "dynamic_shapes", "functions", "bodies",
        "half_as_float", "match", "condition", "trust", "completeness",
    ]  # fmt: skip
    assert COLUMNS == ("domain", "op", "since", "until", "dtypes", "condition", "note")
    assert REQUIRED == ("id", "name", "version", "date", "source", "licence", "kind", "match",
                        "trust")  # fmt: skip
    assert sorted(_CHOICES) == ["bodies", "functions", "half_as_float", "host", "kind", "match"]


def test_kinds_of_surplus_and_sorts_of_subjects() -> None:
    assert KINDS == (
        "dead", "never-run", "foldable", "computed-shape", "duplicate", "identity", "dropout",
        "cast", "transpose", "reshape", "selection", "arithmetic", "resampling", "constant-result",
        "constant-if", "constant-loop", "constant-where", "baked-batch", "baked-size",
        "unread-input", "idle-input", "unused-function",
    )  # fmt: skip
    assert list(SORTS) == [
        "model", "node", "block", "tensor", "initializer", "surplus", "merge", "batch", "problem",
        "breach", "assumption", "import", "interface", "type", "name", "hidden", "string",
        "sighting", "region", "file", "extension", "override", "switch", "repetition",
        "annotation", "deployment", "blocker",
    ]  # fmt: skip
