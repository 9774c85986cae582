"""What each atom says of a call: true, false or unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from analyzer.targets.atoms import _OUTLINED, _TESTS, holds, sees_outlines
from analyzer.targets.condition import parse_condition
from analyzer.targets.use import NO_SUCH, UNKNOWN, UNSET, TensorValue, Use
from tests.each import each
from tests.targets.calls import (
    BIG,
    EMPTY,
    LATER,
    LIST,
    MADE,
    MAP,
    NONE,
    OPEN,
    SCALAR,
    call,
    fixed,
)

Y, N, U = True, False, None
"""Yes, no, unknown."""
CASES: Mapping[str, list[tuple[Use, bool | None]]] = {
    "const(#0)": [(call(fixed(1)), Y), (call(MAP), N), (call(LATER), U),
                  (call(None), Y), (call(), Y)],
    "nonconst(#0)": [(call(fixed(1)), N), (call(MAP), Y), (call(LATER), U),
                     (call(None), N)],
    "present(#1)": [(call(MAP, NONE), Y), (call(MAP, None), N), (call(MAP), N)],
    "absent(#1)": [(call(MAP, NONE), N), (call(MAP, None), Y), (call(MAP), Y)],
    "inputfrom(#0)": [(call(MADE), Y), (call(MAP), N), (call(None), N)],
    "producer(#0)==Relu": [(call(MADE), Y), (call(MAP), N), (call(None), N)],
    "static(#0)": [(call(MAP), Y), (call(OPEN), N), (call(NONE), U), (call(None), Y),
                   (call(TensorValue(constant=True)), Y)],
    "static(*)": [(call(MAP, None, SCALAR), Y), (call(MAP, OPEN), N), (call(OPEN, NONE), N),
                  (call(MAP, NONE), U)],
    "static(out)": [(call(OPEN), Y), (call(MAP, out=(MAP, None)), Y),
                    (call(MAP, out=(MAP, OPEN)), N)],
    "ranked(#0)": [(call(OPEN), Y), (call(NONE), U), (call(LIST), Y), (call(None), Y)],
    "ranked(out)": [
        (call(NONE), Y), (call(MAP, out=(NONE,)), U),
        (call(MAP, parting=((0, (2, 3)),)), N),
        # what is made without a known rank is asked where that was lost
        (call(TensorValue(maker=0, maker_type="If"), out=(NONE,)), Y),
        (call(MADE, out=(NONE,)), U),
    ],
    "nonempty(#0)": [(call(MAP), Y), (call(EMPTY), N), (call(OPEN), Y), (call(NONE), U),
                     (call(None), Y)],
    "rank(#0)==2": [(call(OPEN), Y), (call(MAP), N), (call(NONE), U), (call(None), U)],
    "rank(#0) in 3..5": [(call(TensorValue("f32", (1,) * n)), 3 <= n <= 5) for n in range(8)],
    "rank(#0)<=2": [(call(OPEN), Y), (call(MAP), N), (call(SCALAR), Y)],
    "rank(#0)<2": [(call(OPEN), N), (call(SCALAR), Y)],
    "rank(#0)>=2": [(call(OPEN), Y), (call(SCALAR), N)],
    "rank(#0)>2": [(call(OPEN), N), (call(MAP), Y)],
    "rank(#0)!=2": [(call(OPEN), N), (call(MAP), Y)],
    "ranksum(#0,#1)<=6": [(call(MAP, OPEN), Y), (call(MAP, MAP), N), (call(MAP, NONE), U),
                          (call(MAP), U)],
    "size(#0)==256": [(call(MAP), Y), (call(EMPTY), N), (call(OPEN), U), (call(NONE), U)],
    "size(#0)==1": [(call(SCALAR), Y), (call(None), U)],
    "maxdim(#0)<=7": [(call(MAP), N), (call(OPEN), Y), (call(NONE), U), (call(None), U)],
    "maxdim(#0)==0": [(call(SCALAR), Y), (call(TensorValue("f32", (None,))), Y)],
    "dim(#0,1)==4": [(call(MAP), Y), (call(OPEN), N), (call(SCALAR), U), (call(NONE), U)],
    "dim(#0,-4)==1": [(call(MAP), Y), (call(OPEN), U)],
    "dim(#0,3)==8": [(call(MAP), Y), (call(TensorValue("f32", (1, 1, 8))), U)],
    "dim(#0,0)==1": [(call(OPEN), U), (call(None), U)],
    "inputs==1": [(call(MAP, None), Y), (call(MAP, MAP), N)],
    "outputs==1": [(call(out=(MAP, None)), Y), (call(out=(MAP, MAP)), N)],
    "opset>=13": [(call(opset=13), Y), (call(opset=12), N)],
    "dtype(#0)==f32": [(call(MAP), Y), (call(OPEN), N), (call(NONE), U), (call(None), U)],
    "dtype(#0) in {f16,i64}": [(call(SCALAR), Y), (call(OPEN), Y), (call(MAP), N)],
    "dtype(#0) same #1": [(call(MAP, EMPTY), Y), (call(MAP, OPEN), N), (call(MAP, NONE), U),
                          (call(NONE, MAP), U), (call(MAP), Y), (call(None, MAP), Y)],
    "value(#0)>0": [(call(fixed([1, 2])), Y), (call(fixed([0, 2])), N), (call(MAP), U),
                    (call(None), Y), (call(BIG), U), (call(fixed(["a"], object)), U),
                    (call(fixed([True], bool)), Y), (call(fixed([3], np.uint8)), Y)],
    "attr(mode)==fast": [(call(mode="fast"), Y), (call(mode="slow"), N), (call(), Y),
                         (call(op="Own", mode=3), N), (call(op="Own"), U)],
    "attr(mode)!=fast": [(call(mode="fast"), N), (call(mode="slow"), Y), (call(), Y)],
    "attr(group)==1": [(call(), Y), (call(group=2), N), (call(group=1.0), Y),
                       (call(group=(1,)), N)],
    "attr(group)<=2": [(call(group=2), Y), (call(group=3), N), (call(group="2"), U)],
    "attr(group)>1": [(call(group=2), Y), (call(group=1), N)],
    "attr(group) in {2,4}": [(call(group=2), Y), (call(group=4), Y), (call(group=3), N),
                             (call(group="4"), Y)],
    "attr(group) absent": [(call(), Y), (call(group=1), N)],
    "attr(pads)==1": [(call(), N), (call(op="Own"), U)],
    "attr(pads)!=1": [(call(), Y), (call(pads=(1, 1)), Y)],
    "attr(pads) in {1}": [(call(), N)],
    "attr(names) subset {a,b}": [(call(names=("a", "a")), Y), (call(names=("a", "c")), N),
                                 (call(names="a"), Y), (call(op="Own"), U)],
    "attr(pads) subset {a}": [(call(), Y)],
    "attr(to)==f16": [(call(op="Cast", to=10), Y), (call(op="Cast", to=1), N),
                      (call(op="Cast", opset=5, to="FLOAT16"), Y),
                      (call(op="Cast", opset=5, to="FLOAT"), N),
                      (call(op="Cast", opset=5, to="WHATEVER"), N)],
    "attr(to)==f32": [(call(op="Cast", opset=5, to="WHATEVER"), N),
                      (call(op="Cast", opset=5, to="FLOAT"), Y)],
    "attr(dtype)==i64": [(call(op="RandomNormal", dtype=7), Y), (call(op="RandomNormal"), N)],
    "attr(dtype)==99": [(call(dtype=99), Y)],
    "ones(strides)": [(call(), Y), (call(strides=(1, 1)), Y), (call(strides=(1, 2)), N),
                      (call(op="Own"), Y), (call(strides=1), U)],
    "zeros(pads)": [(call(), Y), (call(pads=(0, 0)), Y), (call(pads=(0, 1)), N),
                    (call(pads=0), U)],
    "equal(pads)": [(call(), Y), (call(pads=(2, 2)), Y), (call(pads=(2, 1)), N),
                    (call(pads=0), U)],
    "odd(kernel_shape)": [(call(kernel_shape=(3, 5)), Y), (call(kernel_shape=(3, 4)), N),
                          (call(kernel_shape=3), Y), (call(kernel_shape=2), N), (call(), U)],
    "len(kernel_shape)==2": [(call(kernel_shape=(3, 3)), Y), (call(kernel_shape=(3,)), N),
                             (call(MAP, MAP), Y), (call(MAP, OPEN), N), (call(MAP, NONE), U),
                             (call(MAP), U)],
    "len(pads)==2": [(call(MAP, MAP), U), (call(pads=(0, 0)), Y)],
    "lastaxis(axis)": [(call(MAP, op="Own"), Y), (call(MAP, axis=-1), Y), (call(MAP, axis=3), Y),
                       (call(MAP, axis=2), N), (call(NONE, axis=3), U), (call(axis=3), U),
                       (call(MAP, axis="3"), U), (call(MAP), Y),
                       (call(MAP, op="Softmax", opset=12), N)],
    "depthwise_or_dense": [
        (call(MAP, MAP), Y), (call(MAP, MAP, group=4), N),
        (call(MAP, TensorValue("f32", (4, 1, 3, 3)), group=4), Y), (call(MAP, NONE, group=4), U),
        (call(MAP, MAP, group="4"), U),
    ],
    "clip in {0..6,-1..1}": [
        (call(MAP, fixed(0), fixed(6), op="Clip"), Y),
        (call(MAP, fixed(-1), fixed([1]), op="Clip"), Y),
        (call(MAP, fixed(0), fixed(1), op="Clip"), N), (call(MAP, fixed(0), op="Clip"), N),
        (call(MAP, fixed(0), MAP, op="Clip"), N), (call(MAP, BIG, LATER, op="Clip"), U),
        (call(MAP, fixed([0, 0]), fixed(6), op="Clip"), U),
        (call(MAP, MAP, BIG, op="Clip"), N),
        (call(MAP, op="Clip", opset=6, min=0.0, max=6.0), Y),
        (call(MAP, op="Clip", opset=6, min=0.0, max=1.0), N),
        (call(MAP, op="Clip", opset=6), N), (call(MAP, op="Clip", opset=6, max=6.0), N),
        (call(MAP, op="Clip", opset=6, min="0", max=6.0), N),
        (call(MAP, op="Clip", opset=6, min=0.0, max="6"), N),
        (call(MAP, fixed(0), fixed(6), op="Clip", opset=10), N),
        (call(MAP, fixed(0), fixed(6), op="Clip", opset=11), Y),
    ],
    "clip differs": [
        (call(MAP, fixed(0), fixed(6), op="Clip"), Y),
        (call(MAP, fixed(6), fixed(6), op="Clip"), N),
        (call(MAP, fixed(6), op="Clip"), Y), (call(MAP, None, fixed(6), op="Clip"), Y),
        (call(MAP, fixed(6), MAP, op="Clip"), U), (call(MAP, MAP, fixed(6), op="Clip"), U),
        (call(MAP, op="Clip", opset=6, min=1.0, max=1.0), N),
        (call(MAP, op="Clip", opset=10, min=1.0, max=2.0), Y),
        (call(MAP, op="Clip", opset=10, min=1.0, max=1.0), N),
        (call(MAP, op="Clip", opset=11, min=1.0, max=1.0), Y),
    ],
    "parts equal": [
        (call(MAP, op="Split", opset=11, split=(2, 2)), Y),
        (call(MAP, op="Split", opset=12, split=(1, 3)), N),
        (call(MAP, op="Split", opset=13, split=(1, 3), out=(MAP, MAP, MAP)), N),
        (call(MAP, fixed([2, 2], np.int64), op="Split"), Y),
        (call(MAP, fixed([1, 3], np.int64), op="Split"), N),
        (call(MAP, LATER, op="Split"), U),
        (call(MAP, op="Split", axis=1, out=(MAP, MAP)), Y),
        (call(MAP, None, op="Split", axis=1, out=(MAP, MAP)), Y),
        (call(MAP, op="Split", opset=13, split=(1, 3), axis=1, out=(MAP, MAP)), Y),
        (call(MAP, op="Split", axis="a", out=(MAP, MAP)), N),
        (call(MAP, op="Split", axis=1, out=(MAP, MAP, MAP)), N),
        (call(MAP, op="Split", out=(MAP,)), Y), (call(MAP, op="Split", out=(MAP, MAP)), N),
        (call(OPEN, op="Split", out=(MAP, MAP)), U), (call(MAP, op="Split", out=()), U),
    ],
    "never": [(call(MAP), N)],
    "?on a Tuesday": [(call(MAP), U)],
    "rank(#0)==2 or static(#0)": [(call(OPEN), Y), (call(MAP), Y), (call(NONE), U),
                                  (call(TensorValue("f32", (None,))), N)],
    "rank(#0)==2 and static(#0)": [(call(OPEN), N), (call(EMPTY), Y), (call(NONE), U)],
}  # fmt: skip


@each("condition", CASES)
def test_an_atom_is_true_false_or_unknown(condition: str) -> None:
    (clause,) = parse_condition(condition)
    for index, (use, truth) in enumerate(CASES[condition]):
        assert holds(clause, use) is truth, f"case {index}"


def test_every_atom_is_asked_here() -> None:
    asked = {
        atom.kind
        for text in CASES
        for clause in parse_condition(text)
        for way in clause.alternatives
        for atom in way
    }
    assert asked == _TESTS.keys()


def test_an_attribute_is_what_is_stated_then_the_default_then_a_mark() -> None:
    assert call(group=3).attribute("group") == 3
    assert call().attribute("group") == 1
    assert call().attribute("pads") is UNSET
    assert call().attribute("nothing") is NO_SUCH
    assert call(op="Own").attribute("group") is UNKNOWN


def _resized(value: TensorValue | None) -> TensorValue | None:
    """Another tensor of the same outline."""
    if value is None or value.shape is None:
        return value
    shape = tuple(size + 3 if size else size for size in value.shape)
    return replace(value, shape=shape, content=None)


def test_conditions_on_outlines_hold_whatever_the_sizes_contents_and_attributes() -> None:
    seen = set()
    for text, cases in CASES.items():
        condition = parse_condition(text)
        kinds = {atom.kind for each in condition for way in each.alternatives for atom in way}
        assert sees_outlines(condition) is (kinds <= _OUTLINED)
        for use, truth in cases if kinds <= _OUTLINED else ():
            other = replace(
                use, attributes={"axis": 7}, inputs=tuple(map(_resized, use.inputs)),
                outputs=tuple(map(_resized, use.outputs)),
            )  # fmt: skip
            assert other.outline() == use.outline()
            assert holds(condition[0], other) is truth
            seen |= kinds
    assert seen == _OUTLINED & {atom.kind for text in CASES for each in parse_condition(text)
                                for way in each.alternatives for atom in way}  # fmt: skip
    assert not sees_outlines(parse_condition("static(#0); maxdim(#0)<=9"))
    assert set(_TESTS) >= _OUTLINED
