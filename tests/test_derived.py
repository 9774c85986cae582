"""What is derived of facts is derived once, whatever else their model is called or asked."""

from __future__ import annotations

from dataclasses import replace

from analyzer import Facts
from analyzer.deployment import TargetFit
from analyzer.ruleset.subjects.deployment import Placements
from tests.golden.text import facts


def test_it_holds_for_a_model_by_another_path_and_without_its_targets() -> None:
    fit = object.__new__(TargetFit)
    seen = replace(facts("g (float[2] x) => (float[2] y) { y = Relu(x) }"), targets=(fit,))
    asked: list[str] = []

    def names(about: Facts) -> tuple[str, ...]:
        asked.append(about.model.path)
        return tuple(node.id for node in about.nodes)

    bare = seen.untargeted()
    renamed = bare.called("other.onnx")
    assert bare.once(names) is renamed.once(names) is seen.once(names)
    assert len(asked) == 1
    assert (bare.targets, bare.model) == ((), seen.model)
    assert replace(renamed, model=seen.model) == bare
    assert renamed.model.path == "other.onnx"
    assert bare.untargeted() is bare


def test_what_looks_at_targets_is_derived_for_each() -> None:
    seen = facts("g (float[2] x) => (float[2] y) { y = Relu(x) }")
    fit = object.__new__(TargetFit)
    object.__setattr__(fit, "blockers", ())
    asked = replace(seen, targets=(fit,))
    found = asked.once(Placements, about_targets=True)
    assert found.asked
    assert not asked.untargeted().once(Placements, about_targets=True).asked
    assert asked.once(Placements, about_targets=True) is found


def test_facts_that_differ_in_more_share_nothing() -> None:
    seen = facts("g (float[2] x) => (float[2] y) { y = Relu(x) }")

    def count(about: Facts) -> int:
        return len(about.nodes)

    assert (seen.once(count), replace(seen, nodes=()).once(count)) == (1, 0)
