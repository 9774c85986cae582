"""Where a file's numbers stop being believed, from both sides; and what a disk may answer."""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from analyzer.errors import ModelError
from analyzer.facts import Problem
from analyzer.graph.program import program_of
from analyzer.model import Limits, file, load
from analyzer.model.elements import inline, strings
from analyzer.model.file import FileBytes
from analyzer.model.notes import Span, size_problem
from tests.each import each
from tests.golden.text import parse

FEW, MORE = "the file stores far fewer", "the file stores far more"


def typed(kind: int, *dims: int) -> TensorProto:
    return TensorProto(data_type=kind, dims=dims)


@each(
    "tensor, stored, wrong",
    [
        # int2 packs four elements into one number of a byte
        (typed(TensorProto.FLOAT, 40), 10, ""), (typed(TensorProto.FLOAT, 41), 10, FEW),
        (typed(TensorProto.FLOAT, 10), 200, ""), (typed(TensorProto.FLOAT, 10), 201, MORE),
        (typed(TensorProto.STRING, 10), 201, ""), (typed(TensorProto.STRING, 41), 10, FEW),
        (typed(TensorProto.FLOAT, 0), 0, ""), (typed(TensorProto.FLOAT, 0), 1, MORE),
    ],
)  # fmt: skip
def test_numbers_fill_their_shape_within_what_a_byte_may_hold(
    tensor: TensorProto, stored: int, wrong: str
) -> None:
    elements = int(np.prod(tensor.dims))
    said = size_problem(tensor, [Span("float_data", 100, 100 + stored)])
    assert said == (f"its shape has {elements:,} elements and {wrong}" if wrong else "")


def test_the_last_raw_bytes_are_those_that_count() -> None:
    tensor = typed(TensorProto.FLOAT, 2, 3)
    spans = [Span("raw_data", 0, 12), Span("raw_data", 20, 44)]
    assert size_problem(tensor, spans) == ""
    wrong = "its shape needs 24 bytes and 12 are stored"
    assert size_problem(tensor, spans[::-1]) == wrong
    tensor.raw_data = bytes(12)
    assert size_problem(tensor, []) == wrong
    tensor.raw_data = bytes(24)
    assert size_problem(tensor, []) == ""


def test_elements_that_do_not_fit_are_none() -> None:
    fits = TensorProto(data_type=TensorProto.FLOAT, dims=[2], raw_data=np.ones(2, "f4").tobytes())
    found = inline(fits)
    assert found is not None
    assert found.tolist() == [1, 1]
    fits.dims[0] = 3
    assert inline(fits) is None
    assert inline(TensorProto(data_type=TensorProto.INT4, dims=[3], int32_data=[1])) is None


def test_problems_beyond_the_limit_are_counted_and_notes_go_first() -> None:
    a, b, c, d = (Problem(code, "", "", inconclusive=code in "bc") for code in "abcd")

    def more(text: str, *, inconclusive: bool) -> Problem:
        return Problem("more-problems", "", f"and {text}", inconclusive)

    every = (a, b, c, d)
    assert Limits(problems=4).listed(iter(every)) == every
    assert Limits(problems=3).listed(every) == (b, c, a, more("1 more problem", inconclusive=False))
    assert Limits(problems=2).listed(every) == (b, c, more("2 more problems", inconclusive=False))
    assert Limits(problems=1).listed(every) == (b, more("3 more problems", inconclusive=True))


@each(
    "raised, error, says",
    [
        (ValueError("mmap length is greater than file size"), ModelError,
         "the file changed while it was being read"),
        (OSError(errno.ENOMEM, "no memory"), MemoryError, "^$"),
        (OSError(errno.EIO, "Input/output error"), ModelError,
         "cannot be read: Input/output error"),
    ],
)  # fmt: skip
def test_why_a_part_of_a_file_is_not_mapped_is_told(
    raised: Exception, error: type[Exception], says: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise raised

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "_LARGE", 3)
        data = FileBytes(os.open(os.devnull, os.O_RDONLY), 4, "m.onnx")
        patch.setattr(mmap, "mmap", refuse)
        with pytest.raises(error, match=says):
            data.view(0, 4)


def test_a_part_of_a_file_begins_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data"
    path.write_bytes(bytes(range(256)) * 40)
    monkeypatch.setattr(file, "_LARGE", 3)
    data = FileBytes(os.open(path, os.O_RDONLY), 256 * 40, str(path))
    for start, stop in ((0, 3), (0, 4), (4090, 4100), (4096, 4101), (5000, 5002), (8192, 8200)):
        assert bytes(data.view(start, stop)) == path.read_bytes()[start:stop]


def test_short_strings_are_told_apart_up_to_where_the_last_is_cut_off() -> None:
    run = b"\x32\x02ab\x32\x00\x32\x01c"
    assert strings(run) == [b"ab", b"", b"c"]
    assert [strings(run[:end]) for end in (8, 7, 6, 5, 4, 3, 2, 1, 0)] == [
        [b"ab", b"", b""], [b"ab", b""], [b"ab", b""], [b"ab"], [b"ab"], [b"a"], [b""], [], []
    ]  # fmt: skip


def test_operands_of_all_operators_are_limited() -> None:
    text = "g (float[2] x) => (float[2] y) { a = Add (x, x) y = Sum (a, x, x) }"
    model = load(parse(text).SerializeToString())
    program = program_of(model, Limits(operands=5))
    assert program.operands == 5
    assert [op.extent for op in program.main.ops] == list(model.nodes)
    with pytest.raises(ModelError, match="too many inputs of operators"):
        program_of(model, Limits(operands=4))
