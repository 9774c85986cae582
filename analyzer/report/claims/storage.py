"""What the file stores, what its weights say, and what moves while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators import find
from analyzer.report.claims.identity import is_branching
from analyzer.report.claims.record import Claim
from analyzer.report.view import layers
from analyzer.report.view import memory as device
from analyzer.report.view.unseen import hidden_bytes, unseen
from analyzer.report.view.weights import below_shares, odd

if TYPE_CHECKING:
    from analyzer.evidence import WeightEvidence
    from analyzer.facts import Facts
    from analyzer.report.result import Result

SHARED = 8
ALIKE = 4
"""Uses of one bias or scale from which on it says that the network was not trained: more than the
two of an LSTM in halves, and more than there are layers whose weights are shared, too."""


def weights(result: Result) -> Claim:
    """Bytes of weights and buffers in memory, and whether the file has them."""
    stored = result.facts.parameters
    sizes = {dtype: n for dtype, n in sorted(stored.bytes_by_dtype.items()) if n}
    return Claim(
        "memory.weights",
        {
            "bytes": stored.weight_bytes,
            "stored_bytes": stored.stored_bytes,
            "dtypes": tuple(sizes),
            "dtype_bytes": tuple(sizes.values()),
        },
        ("parameters.bytes_by_dtype", "parameters.stored_bytes"),
    )


def shared(result: Result) -> Claim | None:
    """Weights that more than one operator uses."""
    stored = result.facts.parameters
    found = stored.shared
    if not found:
        return None
    copies = sum(tensor.uses for tensor in found if not tensor.is_vector)
    alike = [t for t in found if t.is_vector and t.uses >= max(ALIKE, copies + 1)]
    return Claim(
        "memory.shared",
        {
            "count": len(found),
            "names": tuple(tensor.name for tensor in found[:SHARED]),
            "uses": tuple(tensor.uses for tensor in found[:SHARED]),
            "apart": stored.weights + stored.repeated,
            "alike": len(alike),
            "alike_uses": sum(tensor.uses for tensor in alike),
        },
        ("parameters.shared", "parameters.weights", "parameters.repeated"),
    )


def memory(result: Result) -> Claim:
    """The peak of activations, in words that say how it was found."""
    found = result.facts.memory
    name = next((n.name for n in result.facts.nodes if n.id == found.at_node), "")
    inputs = device.given(result.facts)
    return Claim(
        "memory.peak",
        {
            "bytes": found.peak_bytes,
            "certainty": found.certainty.value,
            "name": name or found.at_node,
            "reason": found.reason,
            "fused_bytes": found.fused_bytes,
            "folded_bytes": found.folded_bytes,
            "given": tuple(tensor.name for tensor in inputs),
            "given_bytes": sum(tensor.bytes or 0 for tensor in inputs),
            "in_place_bytes": max((s.in_place_bytes for s in found.timeline), default=None),
        },
        ("memory", "inputs"),
    )


def read(result: Result) -> Claim | None:
    """Layers and tensors whose values were read."""
    evidence = result.facts.evidence
    if evidence is None:
        return None
    return Claim(
        "weights.read",
        {
            "layers": len(evidence.layers),
            "unread": len(evidence.unread),
            "whole": _whole(result.facts, evidence),
            "unseen": unseen(result.facts),
            "tensors": len(evidence.tensors),
            "branching": is_branching(result.facts),
            "hidden_bytes": hidden_bytes(result.facts),
        },
        ("weights", "nodes"),
    )


def _whole(facts: Facts, evidence: WeightEvidence) -> int:
    """Weighted layers whose tensors were read and nothing by channels, such as recurrent ones,
    which multiply more than once."""
    seen = {*evidence.layers, *evidence.unread}
    return sum(
        node.params > 0 and node.counted > 0 and not node.composite and node.id not in seen
        and (record := find(node.domain, node.op_type)) is not None and record.is_weighted
        for node in facts.nodes
    )  # fmt: skip


def peculiar(result: Result) -> Claim | None:
    """Layers with values that do no work, or harm, and tensors with such that nobody can mean.

    Where no layer could be read, nothing is said of it.
    """
    evidence = result.facts.evidence
    if evidence is None:
        return None
    harmful = sum(tensor.harmful for tensor in evidence.tensors)
    if evidence.unread and not (evidence.layers or harmful):
        return None
    return Claim(
        "weights.peculiar",
        {
            "layers": len(odd(evidence)),
            "tensors": harmful,
            "partial": bool(evidence.unread or evidence.unread_tensors or evidence.beyond)
            or hidden_bytes(result.facts) != 0,
        },
        ("weights", "problems"),
    )


def small(result: Result) -> Claim | None:
    """Layers with values that do no work, too few for any rule to report, and from which shares on
    rules do."""
    evidence = result.facts.evidence
    if evidence is None:
        return None
    layers = odd(evidence)
    set_ = {*result.set_rules}
    rules = [rule for rule in result.judging if not {rule.id, rule.name} & set_]
    found = [below for layer in layers if (below := below_shares(layer, rules))]
    if not found:
        return None
    shares = {rule: share for below in found for rule, share in below.items()}
    return Claim(
        "weights.small",
        {
            "layers": len(found),
            "of": len(layers),
            "rules": tuple(sorted(shares)),
            "shares": tuple(shares[rule] for rule in sorted(shares)),
        },
        ("weights",),
    )


def intensity(result: Result) -> Claim | None:
    """What share of the multiply-accumulates an example device waits for memory in."""
    example = device.example(result.facts)
    limited, known = device.below_ridge(layers.layer_shapes(result.facts.nodes), example)
    if not known:
        return None
    return Claim(
        "memory.intensity",
        {
            "device": example.name,
            "flops": example.flops,
            "type": example.type,
            "bandwidth": example.bandwidth,
            "share": limited / known,
        },
        ("nodes",),
    )
