"""Values of claims, of facts made for them, on both sides of every limit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.facts import Certainty, Conformance, Problem
from analyzer.findings.finding import Severity
from analyzer.report.claims import (
    advice,
    cost,
    deployment,
    growth,
    identity,
    kinds,
    limits,
    storage,
)
from analyzer.report.result import Result
from analyzer.report.view import growth as growth_view
from analyzer.report.view.deployment import HUGE
from analyzer.report.view.pace import Pace
from analyzer.ruleset.trusted import DOMAINS
from tests.each import each
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.facts import Facts


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


@cache
def small() -> Facts:
    """A convolution of 1,024 multiply-accumulates and 16 weights, and its activation."""
    return facts(
        "g (float[1,4,8,8] x) => (float[1,4,8,8] y) <float[4,4,1,1] w = {"
        + ", ".join("0" * 16)
        + "}> { c = Conv (x, w)  y = Relu (c) }"
    )


def known(certainty: Certainty = Certainty.EXACT, **changes: Any) -> Facts:
    return replace(small(), totals=replace(small().totals, certainty=certainty), **changes)


def values(claim: Any) -> dict[str, Any]:
    return dict(claim.values)


def loop(macs: int | None, counted: int, op_type: str = "Loop", composite: bool = True) -> Any:
    return some(op_type=op_type, composite=composite, macs=macs, counted=counted)


@each(
    ("by_kind", "nodes", "blocks", "family"),
    [
        ({}, (), (), "graph"),
        ({"standard": 51, "MatMul": 49}, (), (), "convolutional"),
        ({"standard": 26, "depthwise": 25, "MatMul": 49}, (), (), "convolutional"),
        ({"standard": 50, "MatMul": 50}, (), (), "mixed"),
        ({"standard": 49, "MatMul": 51}, (), (), "products"),
        ({"MatMul": 26, "Attention": 25, "standard": 49}, (), ("attention",), "transformer"),
        ({"MatMul": 51, "standard": 49}, (), ("mlp",), "products"),
        ({"LSTM": 51, "MatMul": 49}, (), (), "recurrent"),
        ({"LSTM": 50, "MatMul": 50}, (), (), "mixed"),
        ({"Det": 51, "standard": 49}, (), (), "mixed"),
        ({"standard": 100}, (loop(17, 3),), (), "mixed"),
        ({"standard": 100}, (loop(50, 1),), (), "convolutional"),
        ({"standard": 100}, (loop(51, 1, "Scan"),), (), "mixed"),
        ({"standard": 100}, (loop(51, 1, "If"),), (), "convolutional"),
        ({"standard": 100}, (loop(51, 1, composite=False),), (), "convolutional"),
        ({"standard": 100}, (loop(None, 9),), (), "convolutional"),
    ],
)
def test_a_family_is_what_does_more_than_half_of_the_work(
    by_kind: dict[str, int], nodes: tuple[Any, ...], blocks: tuple[str, ...], family: str
) -> None:
    found = some(totals=some(macs_by_kind=by_kind), nodes=nodes,
                 blocks=[some(kind=kind) for kind in blocks])  # fmt: skip
    assert identity.family(found) == family


def test_a_network_names_its_two_main_blocks_three_inputs_and_what_convolves_first() -> None:
    tensor = small().inputs[0]
    inputs = (replace(tensor, shape=(1, None)), replace(tensor, name="u", shape=None),
              replace(tensor, name="v", shape=()), replace(tensor, name="w"))  # fmt: skip
    blocks = tuple(some(kind=kind) for kind in ("a", "b", "b", "c", "c", "c"))
    dead = replace(small().nodes[0], id="dead", counted=0, executions_range=(0, 0))
    assert dead.conv is not None
    dead = replace(dead, conv=replace(dead.conv, strides=(3, 3)))
    found = values(identity.network(Result(known(inputs=inputs, blocks=blocks,
                                                 nodes=(dead, *small().nodes)))))  # fmt: skip
    assert (found["blocks"], found["block_counts"]) == (("c", "b"), (3, 2))
    assert found["inputs"] == ("x", "u", "v")
    assert found["shapes"] == ("1×?", None, "")
    assert (found["inputs_in_all"], found["first_strides"]) == (4, (1, 1))
    assert (found["first_convolution"], found["first_transposed"]) == ("pointwise", False)
    only = values(identity.network(Result(known(nodes=(dead,)))))
    assert only["first_strides"] == (3, 3)
    none = values(identity.network(Result(known(nodes=small().nodes[1:]))))
    assert (none["first_convolution"], none["first_kernel"], none["first_strides"],
            none["first_transposed"]) == (None, None, (), False)  # fmt: skip


def assumed(name: str, value: int, reason: str = "default") -> Any:
    return some(name=name, value=value, reason=reason, second=None)


def test_sizes_of_1_come_last_and_those_that_somebody_stated_apart() -> None:
    made = (assumed("batch", 1), assumed("n", 8), assumed("n", 8), assumed("m", 1, "--dim"),
            assumed("k", 5, "--shape"), assumed("h", 7, "same symbol"))  # fmt: skip
    found = some(assumptions=made)
    assert limits.sizes(found) == (("n", 8), ("h", 7), ("batch", 1))
    assert limits.sizes(found, stated=True) == (("k", 5), ("m", 1))
    told = values(limits.assumed_sizes(some(facts=found)))
    assert (told["count"], told["distinct"]) == (6, 5)
    assert told["dims"] == ("batch", "n", "m", "k", "h")
    many = some(facts=some(assumptions=tuple(assumed(f"n{n}", n) for n in range(7))))
    assert limits.assumed_sizes(many).values["sizes"] == (0, 1, 2, 3, 4, 5)


def test_a_misfit_names_two_sizes_that_are_not_1() -> None:
    def misfit(*made: Any, certainty: Certainty = Certainty.UNKNOWN) -> Any:
        result = some(facts=some(assumptions=made, totals=some(certainty=certainty)))
        claim = limits.misfit(result)
        return claim and dict(claim.values)

    sizes = [assumed(f"n{n}", n) for n in (1, 2, 3, 4)]
    assert misfit(*sizes) == {"dims": ("n2", "n3"), "sizes": (2, 3), "sizes_in_all": 3}
    assert misfit(sizes[0]) == {"dims": ("n1",), "sizes": (1,), "sizes_in_all": 1}
    assert misfit(*sizes, certainty=Certainty.ASSUMED) is None


def test_compute_names_the_sizes_that_it_rests_on() -> None:
    made = (assumed("batch", 1), assumed("n", 8), assumed("m", 9), assumed("k", 5, "--dim"))

    def told(certainty: Certainty, made: tuple[Any, ...] = made) -> Any:
        found = values(cost.compute(Result(known(assumptions=made, certainty=certainty))))
        assert found["open"] is bool(made)
        return found["dims"], found["sizes"], found["sizes_in_all"]

    assert told(Certainty.ASSUMED) == (("n", "m"), (8, 9), 3)
    assert told(Certainty.EXACT) == (("k",), (5,), 1)
    assert told(Certainty.UNKNOWN) == (("n", "m"), (8, 9), 2)
    assert told(Certainty.UNKNOWN, made[:1]) == (("batch",), (1,), 1)
    assert told(Certainty.EXACT, ()) == ((), (), 0)


def test_what_is_unknown_is_counted() -> None:
    conv, relu = small().nodes
    unknown = replace(conv.cost, macs=None)
    nodes = (conv, replace(conv, id="a", cost=unknown), replace(relu, id="b", cost=unknown),
             replace(relu, id="c", cost=unknown, params=3),
             replace(conv, id="d", cost=unknown, composite=True),
             replace(conv, id="e", cost=unknown, counted=0))  # fmt: skip
    result = Result(known(nodes=nodes, problems=()))
    told = values(limits.coverage(result))
    assert told["heavy"] == 2
    assert told["operators"] - told["known"] == values(limits.unknown(result))["operators"] > 0
    for certainty, complete in (
        (Certainty.EXACT, True),
        (Certainty.ASSUMED, True),
        (Certainty.LOWER_BOUND, False),
        (Certainty.UNKNOWN, False),
    ):
        memory = replace(small().memory, certainty=certainty)
        claim = limits.unknown(Result(known(memory=memory)))
        assert claim.values["peak_complete"] is complete


def test_a_second_of_sound_is_told_where_no_polynomial_is(monkeypatch: pytest.MonkeyPatch) -> None:
    second = some(steps=16000, of="samples", source="rate")

    def told(value: int = 8000, *, grows: bool = False, second: Any = second, **totals: Any) -> Any:
        monkeypatch.setattr(growth_view, "growth", lambda _: ("row",) if grows else ())
        sound = some(name="t", value=value, second=second)
        figures = some(**{"complete": True, "macs": 500, "certainty": Certainty.ASSUMED} | totals)
        made = (some(name="n", value=5, second=None), sound)
        claim = growth.in_runs(some(facts=some(assumptions=made, totals=figures)))
        return claim and dict(claim.values)

    assert told() == {"dim": "t", "size": 8000, "macs": 500, "rate": 1000, "per": 16000,
                      "of": "samples", "stated": True}  # fmt: skip
    assert told(second=some(steps=100, of="frames", source=""))["stated"] is False
    assert told(grows=True) is None
    assert told(0) is None
    assert told(second=None) is None
    assert told(complete=False) is None
    assert told(macs=0) is None
    assert told(certainty=Certainty.UNKNOWN) is None


def finding(node: str, rule: str, macs: int | None = None, params: int = 0, **about: Any) -> Any:
    saving = None if macs is None else some(macs=macs, params=params)
    made = {"severity": Severity.WARNING, "category": "cost", "message": f"{rule} at {node}"}
    return some(node=node, rule=rule, saving=saving, **made | about)


def test_each_operator_is_saved_once_by_the_rule_that_saves_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timed = {rule: Pace() for rule in ("R1", "R2", "R4")} | {"R3": Pace(left_out=("e",))}
    monkeypatch.setattr(cost, "paces", lambda *_: timed)
    places = [finding("a", "R1", 5, 1), finding("a", "R2", 7, 0), finding("a", "R3", 7, 2),
              finding("b", "R1", 3, 9), finding("c", "R4"), finding("d", "R1", 0, 0),
              finding("e", "R3", 9, 9)]  # fmt: skip
    result = some(rules=("rule",), findings=("finding",), places=places, devices=())
    assert cost.best_savings(result) == {
        "a": (7, 2, "R3"), "b": (3, 9, "R1"), "d": (0, 0, "R1"),
    }  # fmt: skip
    assert cost.possible_saving(result) == (10, 11)
    assert cost.left_out(result) == {"e"}
    plan = some(
        rules=(), findings=(), devices=(), facts=some(
            nodes=[some(id="a", saving=some(macs=4), saved_params=2), some(id="b", saving=None)],
            separable=some(candidates=("a", "b")),
        ),
    )  # fmt: skip
    assert cost.best_savings(plan) == {"a": (4, 2, "")}
    plan.rules, plan.places = ("rule",), ()
    assert cost.best_savings(plan) == {}
    plan.rules, plan.findings = (), ("finding",)
    assert cost.best_savings(plan) == {}


def test_a_share_is_of_a_single_number_or_of_what_is_known() -> None:
    cases = [(100, Certainty.EXACT), (None, Certainty.LOWER_BOUND), (None, Certainty.ASSUMED),
             (None, Certainty.UNKNOWN)]  # fmt: skip
    told = [cost.has_share(some(whole=whole, certainty=how)) for whole, how in cases]
    assert told == [True, True, False, False]


def test_the_peak_is_named_by_its_operator() -> None:
    memory = replace(small().memory, at_node="y")
    assert cost.peak(Result(known(memory=memory))).values["name"] == "y"
    named = (small().nodes[0], replace(small().nodes[1], name="act"))
    told = values(cost.peak(Result(known(memory=memory, nodes=named))))
    assert (told["name"], told["node"], told["bytes"]) == ("act", "y", (2048, 2048))
    assert storage.memory(Result(known(memory=memory, nodes=named))).values["name"] == "act"
    assert storage.memory(Result(known(memory=memory))).values["name"] == "y"
    none = known(memory=replace(memory, peak_bytes=None))
    assert cost.peak(Result(none)).values["bytes"] is None


def test_stored_tensors_are_told_by_type_and_by_use() -> None:
    stored = some(weight_bytes=9, stored_bytes=8, bytes_by_dtype={"int8": 3, "float32": 6, "x": 0},
                  shared=tuple(some(name=f"w{n}", uses=n, is_vector=n > 5) for n in range(9)),
                  weights=50, repeated=7)  # fmt: skip
    result = some(facts=some(parameters=stored))
    told = values(storage.weights(result))
    assert (told["dtypes"], told["dtype_bytes"]) == (("float32", "int8"), (6, 3))
    shared = storage.shared(result)
    assert shared is not None
    assert (shared.values["count"], shared.values["apart"]) == (9, 57)
    assert shared.values["names"] == tuple(f"w{n}" for n in range(8))
    assert shared.values["uses"] == tuple(range(8))
    for layers, alike, uses in (((5,), 3, 21), ((6,), 2, 15), ((6, 2), 0, 0), ((), 3, 21)):
        kernels = [some(name="k", uses=n, is_vector=False) for n in layers]
        stored.shared = (*kernels, *(some(name="", uses=n, is_vector=True) for n in (3, 6, 7, 8)))
        again = storage.shared(result)
        assert again is not None
        assert (again.values["alike"], again.values["alike_uses"]) == (alike, uses)
    stored.shared = ()
    assert storage.shared(result) is None


def vendor(*types: tuple[str, str]) -> Any:
    nodes = [some(domain=domain, op_type=op, composite=op == "Call") for domain, op in types]
    claim = deployment.vendor(some(facts=some(nodes=nodes)))
    return claim and dict(claim.values)


def test_operators_that_onnx_does_not_define_are_counted_by_type() -> None:
    assert vendor(("", "Conv"), ("ai.onnx.ml", "Scaler")) is None
    assert vendor(("com.acme", "Call")) is None
    found = vendor(("com.microsoft", "Gelu"), ("com.microsoft", "A"), ("com.microsoft", "A"))
    assert found == {"domains": ("com.microsoft",), "domains_in_all": 1, "types": ("A", "Gelu"),
                     "counts": (2, 1), "types_in_all": 2, "runtime": "ONNX Runtime",
                     "compiled": 0}  # fmt: skip
    many = vendor(*[(f"d{n}", f"Op{n}") for n in (3, 2, 1, 0)])
    assert (many["domains"], many["domains_in_all"]) == (("d0", "d1", "d2"), 4)
    assert (many["types"], many["types_in_all"]) == (("Op3", "Op2", "Op1"), 4)
    assert many["runtime"] == vendor(("com.microsoft", "A"), ("d", "B"))["runtime"] == ""
    every = vendor(*[(domain, deployment.COMPILED) for domain in DOMAINS])
    assert (every["runtime"], every["compiled"]) == ("ONNX Runtime", 1)


def test_what_is_in_the_way_on_most_targets_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def blocker(op: str, code: str = "operator", certain: bool = True) -> Any:
        return some(op_type=op, code=code, certain=certain)

    def edit(text: str, verdict: str = "split") -> Any:
        return some(text=text, verdict=verdict, partitions=2, supported=3, nodes=4, maybe=1,
                    kind="opset", opset=21, ir=None, reshapes={}, constants=(), removed=(),
                    sizes={})  # fmt: skip

    told, new = (
        some(op_type="Conv", reason=reason, count=6, certain=True) for reason in ("rank", "type")
    )
    fits = [
        some(target="t1", name="N", verdict="no", certain=True, macs_share=None,
             delegates=False, supported=2,
             blockers=[blocker("B"), blocker("A"), blocker("A")],
             edits=[edit("cast"), edit("fold", "whole")]),
        some(target="t2", name="N", verdict="maybe", certain=True, macs_share=0.0, delegates=True,
             blockers=[blocker("B"), blocker("C", certain=False)], edits=[edit("fold")]),
        some(target="t3", name="N (old)", verdict="whole", certain=True, macs_share=1.0,
             delegates=True, blockers=[blocker("B", "type")], edits=[], tested_from=7),
        some(target="t4", name="Web, GPU (new)", verdict="split", certain=True, macs_share=0.0,
             delegates=True, blockers=[], edits=[], sized=None, partitions=3, supported=2, nodes=5),
    ]  # fmt: skip
    result = some(facts=some(targets=fits, problems=[], conformance=Conformance(0, 3), nodes=(),
                             assumptions=(), model=some(outside=True)),
                  findings=(), places=(), rules=())  # fmt: skip
    monkeypatch.setattr(deployment, "is_told", lambda _: True)
    ways, edits, targets = (
        each(result) for each in (deployment.blockers, deployment.edits, deployment.targets)
    )
    assert ways is not None
    assert edits is not None
    assert targets is not None
    assert dict(ways.values) == {"count": 3, "operators": ("B", "A", "B"),
                                 "codes": ("operator", "operator", "type"),
                                 "targets": (2, 1, 1), "undecided": ("C",),
                                 "undecided_targets": (1,), "undecided_in_all": 1}  # fmt: skip
    assert dict(edits.values) == {
        "count": 2, "texts": ("fold", "cast"), "targets": (2, 1), "helped": ("t1", "t2", "t1"),
        "whole": (True, False, False), "parts": (1, 2, 1), "supported": (3, 3, 3),
        "operators": (4, 4, 4), "undecided": (1, 1, 1), "unhelped": ("t4",), "sized": (),
        "sized_operators": (), "sized_reasons": (), "sized_counts": (),
        "commands": ("", ""), "again": (0, 0), "arguments": (), "replaced": (), "replacing": (),
        "replaced_operators": (), "replaced_counts": (),
        "ids": ("t1", "t2", "t3", "t4"), "names": ("N", "N", "N (old)", "Web GPU"),
    }  # fmt: skip
    for first, sized, reasons in (
        ([], told, ("rank",)),
        ([told], told, ()),
        ([told], new, ("type",)),
    ):
        fits[3].sized, fits[3].blockers = sized, first
        after = deployment.edits(result)
        assert after is not None
        assert after.values["sized_reasons"] == reasons
    fits[3].blockers = []
    assert dict(targets.values) == {"count": 4, "whole": ("t3",), "split": ("t4",), "idle": ("t4",),
                                    "no": ("t1",), "maybe": ("t2",), "broken": False,
                                    "missing": False, "partly": ("t2",), "stuck": (),
                                    "macs": (0.0,), "parts": (3,), "supported": (2,),
                                    "operators": (5,), "gained": ("t1",),
                                    "gain_kinds": ("opset",), "gain_amounts": (21,),
                                    "gain_names": ("",),
                                    "ids": ("t1", "t2", "t3", "t4"), "untested": ("t3",),
                                    "undivided": ("t1",),
                                    "names": ("N", "N", "N (old)", "Web GPU"),
                                    "huge": False}  # fmt: skip
    for code, missing, broken in (
        ("external-missing", True, False), ("external-link", False, False),
        ("external-stream", False, True), ("external-key", False, True), ("loop", False, False),
        ("external-overlap", False, False),
    ):  # fmt: skip
        result.facts.problems = [Problem(code, "w", "")]
        (said,) = filter(None, [deployment.targets(result)])
        assert (said.values["missing"], said.values["broken"]) == (missing, broken), code
    result.facts.problems, result.facts.conformance = [], Conformance(1, 0)
    (said,) = filter(None, [deployment.targets(result)])
    assert said.values["broken"]
    result.findings = [some(rule=HUGE)]
    (said,) = filter(None, [deployment.targets(result)])
    assert said.values["huge"]
    many = [some(target="t", name="T", verdict="no", delegates=True,
                 blockers=[blocker(f"O{n}") for n in range(6)],
                 edits=[edit(f"e{n}") for n in range(6)])]  # fmt: skip
    result.facts.targets = many
    ways, edits = deployment.blockers(result), deployment.edits(result)
    assert ways is not None
    assert edits is not None
    assert (ways.values["count"], len(values(ways)["operators"])) == (6, 5)
    assert (edits.values["count"], len(values(edits)["texts"])) == (6, 5)
    monkeypatch.setattr(deployment, "is_told", lambda _: False)
    assert deployment.blockers(result) is deployment.edits(result) is None
    assert deployment.targets(some(facts=some(targets=()))) is None


QUANTISED = {"integer_macs": 75, "float_macs": 25, "float_share": 0.25, "float_layers": 1,
             "float_forms": 0, "unaligned": 0, "signed_forms": 0, "left_on_x86": 0,
             "islands": 0, "island_operators": 0, "island_types": ""}  # fmt: skip


def test_a_quantised_model_tells_its_share_in_integers(monkeypatch: pytest.MonkeyPatch) -> None:
    types = ("QuantizeLinear", "DequantizeLinear", "Conv", "Warp")
    nodes = [some(domain="", op_type=op) for op in types]

    def told(precisions: tuple[str, ...] = ("int8",), **changes: Any) -> Any:
        monkeypatch.setattr(kinds, "quantisation_of", lambda _: some(**QUANTISED | changes))
        totals = some(macs_by_precision=dict.fromkeys(precisions, 1))
        claim = kinds.quantised(some(facts=some(nodes=nodes, totals=totals)))
        return claim and dict(claim.values)

    found = told()
    assert (found["share"], found["conversions"]) == (0.75, 2)
    assert told(integer_macs=0) is None
    assert told(float_share=None) is None
    assert told(("int8", "int4")) is told(("int2",)) is None


@pytest.mark.parametrize(
    ("about", "kind"),
    [
        ({"errors": 1, "outcome": "inconclusive"}, "errors"),
        ({"outcome": "inconclusive", "misfits": 1}, "inconclusive"),
        ({"misfits": 1, "doubts": 1}, "misfit"),
        ({"misfits": 1, "doubts": 1, "category": "trust"}, "doubts"),
        ({"doubts": 1, "saved": 500}, "doubts"),
        ({"saved": 500, "unknown_nodes": 1}, "partial"),
        ({"saved": 99, "unknown_nodes": 1, "complete": False}, "partial"),
        ({"saved": 500, "speed": 0.99, "unknown_nodes": 1}, "partial"),
        ({"complete": False, "findings": 1}, "unbounded"),
        ({"findings": 1, "suppressed": 1}, "findings"),
        ({"suppressed": 1}, "silenced"),
        ({"accepted": 1}, "silenced"),
        ({}, "clean"),
        ({"judging": ()}, "unjudged"),
        ({"saved": 500, "certainty": Certainty.UNKNOWN}, "clean"),
    ],
)
def test_the_verdict_is_the_gravest_of_what_is_true(
    about: dict[str, Any], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {
        "errors": 0, "outcome": "findings", "misfits": 0, "doubts": 0, "saved": 0, "speed": None,
        "unknown_nodes": 0, "complete": True, "findings": 0, "suppressed": 0, "accepted": 0,
        "judging": ("rule",), "certainty": Certainty.EXACT, "category": "numerics",
    } | about  # fmt: skip
    asks = [some(rule=rule, training="none", slower=False, confidence="high", macs_share=None)
            for rule in ("USE", "LATER")]  # fmt: skip
    monkeypatch.setattr(advice, "_asked", lambda _: asks)
    monkeypatch.setattr(advice, "is_brief", lambda *_: False)
    monkeypatch.setattr(advice, "leads_of", lambda *_: ())
    monkeypatch.setattr(advice, "possible_saving", lambda _: (given["saved"], 0))
    monkeypatch.setattr(advice, "slower_elsewhere", lambda _: {})
    monkeypatch.setattr(advice, "is_saving", lambda *_: False)
    monkeypatch.setattr(advice, "is_slower", lambda _: given["speed"] == 0.99)
    monkeypatch.setattr(advice, "is_untrained", lambda _: False)
    monkeypatch.setattr(advice, "tally", lambda _: some(rules=9, looked=4))
    groups = [finding("a", "E", severity=Severity.ERROR)] * given["errors"]
    groups += [finding("a", rule, message=told, category=given["category"])
               for rule, told in (("LATER", "adds zeros"), ("USE", "opens a door"))
               for _ in range(given["doubts"])]  # fmt: skip
    groups += [finding("b", "OTHER")] * given["findings"]
    rules = [some(id="USE", stake="use", subject="node", selector=()),
             some(id="LATER", stake="use", subject="node", selector=()),
             some(id="OTHER", stake="cost", subject="problem", selector=())]  # fmt: skip
    breaches = [some(family="assumption", options="--dim n=8")] * given["misfits"]
    totals = some(certainty=given["certainty"], macs=1000, unknown_nodes=given["unknown_nodes"],
                  complete=given["complete"], whole=1000, macs_by_arithmetic={})  # fmt: skip
    result = some(
        facts=some(totals=totals, problems=(), breaches=breaches), groups=groups, places=groups,
        rules=rules, outcome=given["outcome"], findings=groups, suppressed=given["suppressed"],
        accepted=given["accepted"], judging=given["judging"], devices=(),
    )  # fmt: skip
    claim = advice.verdict(result)
    told = dict(claim.values)
    assert told["kind"] == kind
    assert told["error"] == (groups[0].message if given["errors"] else "")
    assert told["doubt"] == ("opens a door" if given["doubts"] else "")
    unknown = given["certainty"] is Certainty.UNKNOWN
    assert told["share"] == (None if unknown else given["saved"] / 1000)
    assert told["macs_after"] == (None if unknown else 1000 - given["saved"])


def test_what_passes_on_a_problem_is_no_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that picks problems of one kind has an error of its own."""
    monkeypatch.setattr(advice, "possible_saving", lambda _: (0, 0))
    monkeypatch.setattr(advice, "slower_elsewhere", lambda _: {})
    monkeypatch.setattr(advice, "is_saving", lambda *_: False)
    monkeypatch.setattr(advice, "is_slower", lambda _: False)
    monkeypatch.setattr(advice, "is_untrained", lambda _: True)
    monkeypatch.setattr(advice, "is_brief", lambda *_: False)
    monkeypatch.setattr(advice, "_asked", lambda _: ())
    monkeypatch.setattr(advice, "leads_of", lambda *_: ())
    monkeypatch.setattr(advice, "tally", lambda _: some(rules=9, looked=4))
    groups = [finding("a", rule, severity=Severity.ERROR, message="no file") for rule in ("P", "Q")]
    rules = [some(id="P", stake="", subject="problem", selector=()),
             some(id="Q", stake="", subject="problem", selector=("data",))]  # fmt: skip
    problems = [some(inconclusive=True, message="no file", where="a"),
                some(inconclusive=True, message="other", where="a"),
                some(inconclusive=False, message="note", where="a")]  # fmt: skip
    totals = some(certainty=Certainty.EXACT, macs=1000, unknown_nodes=0, complete=True, whole=1000,
                  macs_by_arithmetic={})  # fmt: skip
    result = some(facts=some(totals=totals, problems=problems, breaches=()), groups=groups,
                  places=groups, rules=rules, outcome="inconclusive", findings=groups, suppressed=0,
                  accepted=0, judging=("rule",), devices=())  # fmt: skip
    told = dict(advice.verdict(result).values)
    assert (told["errors"], told["inconclusive"], told["besides"]) == (1, 2, 1)
    result.groups = result.places = groups[:1]
    assert dict(advice.verdict(result).values)["kind"] == "inconclusive"


def test_trust_is_told_of_its_own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    row = some(category="trust", rules=5, speak=1, stated=0, blind=2)
    other = some(category="waste", rules=7, speak=0, stated=3, blind=0)
    monkeypatch.setattr(advice, "checked", lambda result: result.rows)
    monkeypatch.setattr(advice, "unseen", lambda _: ("MatMul",))
    monkeypatch.setattr(advice, "hidden_bytes", lambda _: 7)
    monkeypatch.setattr(advice, "odd", lambda evidence: ["layer"] * evidence)
    monkeypatch.setattr(advice, "quantised", lambda result: result.quantised)
    monkeypatch.setattr(advice, "tally", lambda result: some(idle=3, blind=result.blind))
    loops = [some(node="n", inputs=("a", "b", "c")), some(node="m", inputs=())]
    monkeypatch.setattr(advice, "open_loops", lambda facts: loops if facts else [])
    groups = [finding("a", "W"), finding("b", "T", category="trust", message="a door")]

    class Known(dict[str, Any]):
        evidence = 3

    nodes = Known({"n": some(name="loop"), "m": some(name="")})
    result = some(rows=(other, row), groups=groups, facts=nodes, blind=2, quantised=None)
    claim, passed = advice.trust(result), advice.passed(result)
    assert claim is not None
    assert passed is not None
    assert dict(claim.values) == {
        "rules": 5, "blind": 2, "unseen": ("MatMul",), "hidden_bytes": 7, "findings": 1,
        "first": "a door",
        "open_loops": 2, "loop": "loop", "inputs": ("a", "b"),
    }  # fmt: skip
    assert dict(passed.values) == {
        "categories": ("waste", "trust"), "rules": (7, 5), "speak": (0, 1), "stated": (3, 0),
        "unjudged": (0, 2), "odd": 3,
        "idle": 3, "blind": 2, "unseen": ("MatMul",), "integers": False,
    }  # fmt: skip
    for unaligned, on_x86, integers in ((0, 0, True), (1, 1, False), (0, 1, False)):
        result.quantised = some(values={"unaligned": unaligned, "left_on_x86": on_x86})
        passed, unstudied = advice.passed_of_quantised(result), advice.passed(result)
        assert passed is not None
        assert unstudied is not None
        assert passed.values == {**unstudied.values, "integers": integers}
    loops.pop(0)
    unnamed = advice.trust(result)
    assert unnamed is not None
    assert (unnamed.values["loop"], unnamed.values["inputs"]) == ("m", ())
    row.blind = result.blind = 0
    result.facts = Known()
    result.groups = groups[:1]
    claim, passed = advice.trust(result), advice.passed(result)
    assert claim is not None
    assert passed is not None
    assert (claim.values["unseen"], claim.values["first"], passed.values["unseen"]) == ((), "", ())
    result.rows = (other,)
    assert advice.trust(result) is None
    result.rows = ()
    assert advice.passed(result) is None


def test_branches_with_layers_are_those_that_data_decide_about() -> None:
    def told(scope: str = "a.then_branch", times: tuple[int, int | None] = (0, 1), conv: Any = None,
             params: int = 1) -> bool:  # fmt: skip
        node = some(scope=scope, executions_range=times, conv=conv, params=params)
        return identity.is_branching(some(nodes=(some(scope="", executions_range=(1, 1)), node)))

    assert told()
    assert told("else_branch")
    assert told(times=(0, None))
    assert told(params=0, conv="conv")
    assert not told(params=0)
    assert not told("a.body")
    assert not told("then_branch.body")
    assert not told(times=(0, 0)), "it never runs"
    assert not told(times=(1, 1)), "it always runs"


def test_what_is_silenced_is_told_where_there_is_any() -> None:
    told = [advice.silenced(some(suppressed=s, accepted=a)) for s, a in ((0, 0), (1, 0), (0, 2))]
    assert told[0] is None
    assert [dict(each.values) for each in told[1:] if each] == [
        {"suppressed": 1, "accepted": 0}, {"suppressed": 0, "accepted": 2},
    ]  # fmt: skip


def test_conversions_are_told_with_the_peak_that_they_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(advice, "wanted", lambda result: result.conversion.flagged)

    def told(peak: int | None, flagged: tuple[str, ...], *live: int | None) -> Any:
        nodes = [some(id=f"n{n}", saving=some(live_bytes=size)) for n, size in enumerate(live)]
        nodes.append(some(id="x", saving=None))
        found = some(memory=some(peak_bytes=peak), nodes=nodes)
        result = some(facts=found, conversion=some(flagged=flagged))
        claim = advice.conversion_memory(result)
        return claim and dict(claim.values)

    assert told(100, ("n0", "n1"), 90, 150) == {"now": 100, "after": 150}
    assert told(100, ("n0",), 90, 150) == {"now": 100, "after": 100}
    assert told(100, ("n0", "n1"), 90, None) is None
    assert told(None, ("n0",), 90) is None
    assert told(100, ()) is None


def test_most_by_branches_is_the_least_and_what_each_of_them_can_take_more() -> None:
    def node(macs: tuple[int, int | None], flops: tuple[int, int | None], **about: Any) -> Any:
        return some(**{"scope": "", "composite": True} | about, macs_range=macs, flops_range=flops)

    nodes = [node((2, 9), (4, 20)), node((1, 4), (5, None)), node((0, None), (0, 8)),
             node((1, 7), (1, 9), scope="then"), node((1, 7), (1, 9), composite=False)]  # fmt: skip
    known = some(totals=some(macs_range=(10, None), flops_range=(30, None)), nodes=nodes)
    assert cost._branches(known) == (10 + 7 + 3, 30 + 16)
    known.nodes = nodes[2:]
    assert cost._branches(known) is None
    known.totals.macs_range = (10, 12)
    assert cost._branches(known) is None


@each(
    ("used", "uncounted"),
    [("x, second", 6), ("x, first", 0)],
)
def test_parameters_of_the_branch_that_compute_leaves_out_are_named(
    used: str, uncounted: int
) -> None:
    """Of a branch that no data choose; weights that the other one uses, too, are not among them."""
    found = facts(
        "g (float[4,3] x) => (float[4,2] y) "
        "<float[3,2] first = {1, 2, 3, 4, 5, 6}, float[3,2] second = {1, 2, 3, 4, 5, 6}, "
        "bool yes = {1}> { y = If (yes) <"
        "then_branch = t () => (float[4,2] a) { a = MatMul (x, first) }, "
        f"else_branch = e () => (float[4,2] b) {{ b = MatMul ({used}) }}> }}"
    )
    assert values(cost.parameters(Result(found, ())))["uncounted"] == uncounted


@each(
    ("graph", "given"),
    [
        ("g (float[1,80] x, float[80,4] w) => (float[1,4] y) { y = MatMul (x, w) }", ("w", "x")),
        # Half is not most.
        ("g (float[800] x) => (float[800] y) { y = Relu (x) }", ()),
        ("g (float[800] x, float z) => (float[800] y) { y = Mul (x, z) }", ("x", "z")),
        # 1 KiB is told, less is not.
        ("g (float[255] x, float z) => (float[255] y) { y = Mul (x, z) }", ("x", "z")),
        ("g (float[254] x, float z) => (float[254] y) { y = Mul (x, z) }", ()),
    ],
)
def test_inputs_that_are_most_of_the_peak_are_named(graph: str, given: tuple[str, ...]) -> None:
    found = facts(graph)
    sizes = {tensor.name: tensor.bytes or 0 for tensor in found.inputs}
    said = values(cost.peak(Result(found, ())))
    assert (said["given"], said["given_bytes"]) == (given, sum(sizes[name] for name in given))
    assert {"given": given}.items() <= values(storage.memory(Result(found, ()))).items()


def test_inputs_of_a_peak_in_integer_kernels_are_those_of_that_peak() -> None:
    """As written 4,000 B exist at once, 2,000 of which callers give; in integer kernels 3,000."""
    found = facts("g (float[500] x) => (float[500] y) { y = Relu (x) }")
    memory = replace(found.memory, fused_bytes=3000, fused_alive=found.inputs)
    assert values(cost.peak(Result(found, ())))["given"] == ()
    fused = Result(replace(found, memory=memory), ())
    assert values(cost.peak(fused))["given"] == ("x",)
    assert values(storage.memory(fused))["given"] == ()
