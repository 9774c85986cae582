"""Numbers that other documents define, and amounts that this project promises."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from onnx import TensorProto

from analyzer.cli.git import lfs
from analyzer.findings.finding import Severity
from analyzer.findings.order import RANK
from analyzer.model import child, elements, messages, sniff, wire
from analyzer.report import pdf, webface
from analyzer.report.view import growth, joint
from analyzer.report.view.options import scaled
from analyzer.ruleset.pattern import constants
from analyzer.targets import lowering, restamp
from analyzer.trust import regions
from tests.each import each

KIB, MIB = 1 << 10, 1 << 20


def test_numbers_of_other_documents() -> None:
    assert child._PR_SET_PDEATHSIG == 1  # linux/prctl.h
    assert datetime(1980, 1, 1, tzinfo=UTC) == pdf.UNDATED  # where the time of ZIP files begins
    assert lfs.MOST + 1 == 1024  # "Pointer files must be less than 1024 bytes", git-lfs spec.md
    assert joint.SAFE == 2**53  # Number.MAX_SAFE_INTEGER + 1, ECMA-262
    assert growth.MEGAPIXEL == 10**6
    # An end of central directory of 22 bytes, and a comment of less than 64 KiB: APPNOTE 4.3.16.
    assert regions._TAIL == 22 + 2**16
    # OpenType names: copyright, licence and its address; family, full and PostScript names.
    assert (webface.KEPT_NAMES, webface.OWN_NAMES) == ((0, 13, 14), (1, 4, 6))
    # What ASCII calls control characters, without those of ordinary text and of terminals.
    controls = {n for n in range(32) if chr(n) not in "\t\n\v\f\r\x1b"}
    assert set(sniff._CONTROL) == controls
    # IR version 4 lets initializers be no inputs; ONNX-ML 8 brought functions to models.
    assert (lowering.FIRST_OVERRIDABLE, restamp._FUNCTIONS) == (4, 8)


def test_types_of_elements_smaller_than_a_byte_have_the_bits_of_their_names() -> None:
    assert elements._SUB_BYTE == {
        "int4": 4, "uint4": 4, "float4e2m1": 1 + 2 + 1, "int2": 2, "uint2": 2,
        "float6e2m3": 1 + 2 + 3, "float6e3m2": 1 + 3 + 2,
    }  # fmt: skip


def test_one_step_of_a_number_near_one_is_that_of_its_type() -> None:
    # IEEE 754: 10 and 23 bits behind the point; bfloat16 has the 7 of its first half.
    assert dict(constants.ROUNDING) == {"float16": 2.0**-10, "bfloat16": 2.0**-7}
    assert constants.FLOAT32 == 2.0**-23


def test_fields_are_encoded_as_protobuf_says() -> None:
    kinds = FieldDescriptor
    varint, fixed64, delimited, fixed32 = 0, 1, 2, 5  # protobuf.dev/programming-guides/encoding
    assert {
        kinds.TYPE_DOUBLE: fixed64, kinds.TYPE_FLOAT: fixed32, kinds.TYPE_INT64: varint,
        kinds.TYPE_UINT64: varint, kinds.TYPE_INT32: varint, kinds.TYPE_FIXED64: fixed64,
        kinds.TYPE_FIXED32: fixed32, kinds.TYPE_BOOL: varint, kinds.TYPE_STRING: delimited,
        kinds.TYPE_MESSAGE: delimited, kinds.TYPE_BYTES: delimited, kinds.TYPE_UINT32: varint,
        kinds.TYPE_ENUM: varint, kinds.TYPE_SFIXED32: fixed32, kinds.TYPE_SFIXED64: fixed64,
        kinds.TYPE_SINT32: varint, kinds.TYPE_SINT64: varint,
    } == messages._WIRE  # fmt: skip
    number = TensorProto.DESCRIPTOR.fields_by_name["string_data"].number
    assert number << 3 | delimited == wire._STRING_DATA


def test_pictures_have_one_three_or_four_colours_in_batches_of_planes() -> None:
    assert sorted(growth.COLOURS) == [1, 3, 4]
    assert (sorted(scaled.COLOURS), scaled.IMAGE_RANK) == ([3, 4], 4)


def test_an_error_is_graver_than_a_warning_and_that_than_a_remark() -> None:
    assert sorted(RANK, key=RANK.__getitem__) == [Severity.ERROR, Severity.WARNING, Severity.INFO]
    assert sorted(RANK.values()) == [0, 1, 2]


AMOUNTS: dict[str, dict[str, Any]] = {
    # how much is taken of what strangers send
    "cli.config.scan": {"MAX_PARTS": 32},
    "compare.reading": {"CHILD_BYTES": 1 << 30},
    "findings.baseline_file": {"MAX_LINE": 64 * KIB, "MAX_DIGITS": 1000},
    "model.guard": {"_MESSAGE_BYTES": 4096},
    "model.outside": {"SLACK": 64 * KIB},
    "report.drawing.layout": {"PASSAGES": 20_000, "RELAXED": 48},
    "report.drawing.signs": {"FAR": 2, "FEW": 150, "MOST": 6, "ROUNDS": 3},
    "report.explain": {"SPELLED": 20_000},
    "ruleset.allowance": {"MODEL_STEPS": 10**6, "MODEL_STEPS_EACH": 40},
    "ruleset.arithmetic": {"MAX_OPERANDS": 10},
    "ruleset.calls": {"MAX_PATTERN": 500, "MAX_PROGRAM": 1000, "_MEMORY": MIB, "_BITS": 1 << 14},
    "ruleset.example_keys": {"MAX_BESIDE": MIB},
    "ruleset.option_values": {"MOST_COUNT": 10**40},
    "ruleset.pattern.check": {"MAX_WRONG": 8},
    "ruleset.pattern.match": {"_WIDE": 16, "_NEAR": 4},
    "ruleset.pattern.parse": {"MAX_STATEMENTS": 32, "_DIGITS": 40},
    "ruleset.pattern_keys": {"MAX_PATTERNS": 32},
    "ruleset.trees": {"MAX_NUMBER": 10**30},
    "ruleset.whitelist": {"MAX_QUANTIFIERS": 3},
    "targets.functions": {"MOST_ROUNDS": 6},
    "trust.encoded": {"_LONG": 512},
    "trust.regions": {"_LOOK": MIB},
    "trust.repetitions": {"_COPIES": 64},
    "trust.texts": {"_LONG": MIB, "_LONGS": 16 * MIB},
    "cli.scale": {"COMBINATIONS": 5000},
    "report.drawing.boxes": {"ENDS": 6},
    "report.drawing.draw": {
        "FAN": {"blocks": 4, "modules": 4, "operators": 16},
        "MOST": {"blocks": 60, "modules": 60, "operators": 1500},
    },
    # how much is shown of what there may be much of
    "cli.pages.many": {"NAMED": 3},
    "compare.headlines.file": {"NAMED": 4},
    "naming": {"_LONGEST": 500},
    "report.brief": {"WORST": 5},
    "report.claims.advice": {"MOST_NAMED": 2},
    "report.claims.deployment": {"VENDORS": 3, "BLOCKERS": 5, "EDITS": 5},
    "report.claims.limits": {"REASONS": 3},
    "report.compare.content": {"HEADLINES": 12, "LONGEST": 240},
    "report.explained.sums": {"SUMMANDS": 6},
    "report.index.entry": {"REASONS": 3},
    "report.index.html": {"DECADES": 3},
    "report.page": {"MOST_METADATA": 20},
    "report.sarif": {"MOST_LOCATIONS": 1000},
    "report.settings": {"MOST_ITEMS": 2, "MOST_COLUMNS": 44},
    "report.targets": {"MOST_REASONS": 12},
    "report.view.actions": {"MOST_REMEDIES": 3},
    "report.view.charts": {"TILES": 60, "DOTS": 160, "CORNERS": 60},
    "report.view.memory": {"ALIVE": 10},
    "report.view.weights": {"WORST": 5, "EQUAL": 16},
    "report.view.whatif": {"MOST_REMADE": 4},
    "ruleset.sandbox": {"_LISTED": 8},
    "sanitise.visible": {"LIMIT": 120},
    "targets.edits": {"MOST_EDITS": 3, "MUCH": 0.5, "CLEARLY": 0.1},
    "targets.fit": {"MOST_BLOCKERS": 1000},
    "targets.stating": {"MOST_OPSETS": 3, "FURTHEST": 12},
    "trust.sightings": {"SMALLEST": 8, "EXCERPT": 80},
    # from which amount on something is worth a word
    "report.cards": {"LITTLE": KIB},
    "report.view.conversion": {"FEW_CHANNELS": 8, "TINY_MAP": 16},
    "report.view.options.forest": {"LEAST_TREES": 20},
    "report.view.options.form": {"BUSY": 10**7},
    "report.view.options.transformer": {"SLOWER": {4: "1.4", 8: "20"}},
    "report.view.skyline": {"LEAST_STEPS": 3, "TELLING_BYTES": 4096, "TELLING_SHARE": 0.5},
    "report.view.tile_names": {"KEPT": 4, "BARE": 6, "ALIKE": 3},
    "report.view.elided": {"FEWEST": 4, "WORDS": 4, "LETTERS": 15, "FREED": 36, "HALF": 0.5},
}


@each("module", AMOUNTS)
def test_amounts_are_those_agreed_on(module: str) -> None:
    found = import_module(f"analyzer.{module}")
    assert {name: getattr(found, name) for name in AMOUNTS[module]} == AMOUNTS[module]
