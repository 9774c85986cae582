"""A result as plain dictionaries and lists: the JSON contract, whatever it is written to."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from analyzer.version import __version__

if TYPE_CHECKING:
    from analyzer.evidence import LayerEvidence
    from analyzer.facts import Block, Conv, Facts, Module, Node, Saving, Tensor
    from analyzer.findings.finding import Finding
    from analyzer.report.result import Batch, Result

SCHEMA = 1
"""Version of the contract; grows only when a name changes its meaning."""

Object = dict[str, Any]


def tool() -> Object:
    return {"name": "onnxlint", "version": __version__}


def of_result(result: Result) -> Object:
    """One model as one object, complete: nothing is shortened or left out."""
    facts = result.facts
    return {
        "schema": SCHEMA,
        "tool": tool(),
        "command": result.command,
        "rules_version": result.rules_version,
        "model": model(facts),
        "inputs": [tensor(t) for t in facts.inputs],
        "outputs": [tensor(t) for t in facts.outputs],
        "assumptions": assumptions(facts),
        "outcome": result.outcome,
        "totals": totals(facts),
        "parameters": _parameters(facts),
        "memory": _memory(facts),
        "architecture": _architecture(facts),
        "modules": None if facts.modules is None else _module(facts.modules),
        "separable": _separable(facts),
        "conversion": _conversion(result),
        "weights": _weights(facts),
        "nodes": [node(n) for n in facts.nodes],
        "blocks": [_block(b) for b in facts.blocks],
        "findings": [finding(f) for f in result.findings],
        "suppressed": result.suppressed,
        "accepted": result.accepted,
        "problems": [
            {"code": p.code, "where": p.where, "message": p.message, "inconclusive": p.inconclusive}
            for p in facts.problems
        ],
    }


def of_batch(batch: Batch) -> Object:
    """Many models; files that could not be read are listed apart with the reason."""
    return {
        "schema": SCHEMA,
        "tool": tool(),
        "outcome": batch.outcome,
        "models": [of_result(result) for result in batch.results],
        "failures": [{"path": f.path, "message": f.message} for f in batch.failures],
    }


def tensor(t: Tensor) -> Object:
    return {"name": t.name, "dtype": t.dtype, "shape": None if t.shape is None else list(t.shape)}


def node(n: Node) -> Object:
    """One operator: counts are per execution, ``total_macs`` over all of them."""
    return {
        "id": n.id,
        "scope": n.scope,
        "name": n.name,
        "op_type": n.op_type,
        "domain": n.domain,
        "inputs": list(n.inputs),
        "outputs": [tensor(t) for t in n.outputs],
        "tags": list(n.tags),
        "macs": n.macs,
        "flops": n.flops,
        "params": n.params,
        "executions": n.executions,
        "total_macs": n.total_macs,
        "certainty": n.cost.certainty.value,
        "reason": n.cost.reason,
        "formula": n.cost.formula,
        "substitution": n.cost.substitution,
        "source": n.cost.source,
        "precision": n.precision,
        "location": n.location,
        "read_bytes": n.read_bytes,
        "write_bytes": n.write_bytes,
        "intensity": n.intensity,
        "conv": None if n.conv is None else _conv(n.conv),
        "saving": None if n.saving is None else saving(n.saving),
    }


def finding(f: Finding) -> Object:
    return {
        "rule": f.rule,
        "name": f.name,
        "category": f.category,
        "severity": f.severity.value,
        "node": f.node,
        "message": f.message,
        "fix": f.fix,
        "fingerprint": f.fingerprint,
        "saving": None if f.saving is None else saving(f.saving),
    }


def saving(s: Saving) -> Object:
    return {
        "macs": s.macs,
        "params": s.params,
        "macs_now": s.macs_now,
        "macs_after": s.macs_after,
        "params_now": s.params_now,
        "params_after": s.params_after,
        "ratio": s.ratio,
        "theory_ratio": s.theory_ratio,
    }


def model(facts: Facts) -> Object:
    m = facts.model
    return {
        "path": m.path,
        "sha256": m.sha256,
        "bytes": m.bytes,
        "ir_version": m.ir_version,
        "opsets": dict(sorted(m.opsets.items())),
        "producer": m.producer,
        "graph_name": m.graph_name,
        "metadata": dict(sorted(m.metadata.items())),
    }


def assumptions(facts: Facts) -> list[Object]:
    return [
        {"input": a.input, "axis": a.axis, "dim": a.dim, "value": a.value, "reason": a.reason}
        for a in facts.assumptions
    ]


def totals(facts: Facts) -> Object:
    t = facts.totals
    return {
        "macs": t.macs,
        "flops": t.flops,
        "params": t.params,
        "weight_bytes": t.weight_bytes,
        "peak_activation_bytes": t.peak_activation_bytes,
        "complete": t.complete,
        "flops_complete": t.flops_complete,
        "unknown_nodes": t.unknown_nodes,
        "nodes": t.nodes,
        "weighted_layers": t.weighted_layers,
        "macs_by_kind": dict(sorted(t.macs_by_kind.items())),
        "params_by_kind": dict(sorted(t.params_by_kind.items())),
        "macs_by_precision": dict(sorted(t.macs_by_precision.items())),
        "certainty": t.certainty.value,
        "reason": t.reason,
    }


def _parameters(facts: Facts) -> Object:
    p = facts.parameters
    return {
        "weights": p.weights,
        "buffers": p.buffers,
        "quantization": p.quantization,
        "constants": p.constants,
        "bytes_by_dtype": dict(sorted(p.bytes_by_dtype.items())),
        "shared": [{"name": name, "uses": uses} for name, uses in p.shared],
    }


def _memory(facts: Facts) -> Object:
    m = facts.memory
    return {
        "peak_bytes": m.peak_bytes,
        "at_node": m.at_node,
        "alive": [tensor(t) | {"bytes": t.bytes} for t in m.alive],
        "certainty": m.certainty.value,
        "reason": m.reason,
    }


def _separable(facts: Facts) -> Object:
    s = facts.separable
    return {
        "macs_now": s.macs_now,
        "macs_after": s.macs_after,
        "params_now": s.params_now,
        "params_after": s.params_after,
        "candidates": list(s.candidates),
    }


def _conversion(result: Result) -> Object:
    """The whole model with the convolutions that findings flag in their separable form."""
    c = result.conversion
    return {
        "flagged": list(c.candidates),
        "macs_now": c.macs_now,
        "macs_after": c.macs_after,
        "params_now": c.params_now,
        "params_after": c.params_after,
    }


def _architecture(facts: Facts) -> Object | None:
    a = facts.architecture
    if a is None:
        return None
    return {
        "family": a.family,
        "detail": a.detail,
        "alpha": a.alpha,
        "resolution": list(a.resolution),
    }


def _module(m: Module) -> Object:
    return {
        "path": m.path,
        "name": m.name,
        "class": m.class_name,
        "macs": m.macs,
        "params": m.params,
        "nodes": m.nodes,
        "complete": m.complete,
        "children": [_module(child) for child in m.children],
    }


def _weights(facts: Facts) -> Object | None:
    """What was read from trained weights; ``None`` when they were not looked at."""
    if facts.evidence is None:
        return None
    layers = [_layer(layer) for layer in facts.evidence.layers.values()]
    return {"layers": layers, "unread": list(facts.evidence.unread)}


def _layer(layer: LayerEvidence) -> Object:
    v, f, k, s = layer.values, layer.filters, layer.kernel, layer.separability
    return {
        "node": layer.node,
        "values": {
            "dtype": v.dtype,
            "elements": v.elements,
            "nan": v.nan,
            "inf": v.inf,
            "zeros": v.zeros,
            "denormals": v.denormals,
            "min": _finite(v.min),
            "max": _finite(v.max),
            "constant": v.constant,
            "fp16_overflow": v.fp16_overflow,
            "fp16_underflow": v.fp16_underflow,
            "int8_snr": _finite(v.int8_snr),
            "int8_channel_snr": _finite(v.int8_channel_snr),
        },
        "filters": {
            "count": f.filters,
            "dead": list(f.dead),
            "unread": list(f.unread),
            "duplicates": [list(group) for group in f.duplicates],
            "proportional": [list(group) for group in f.proportional],
            "freed_params": f.freed_params,
            "freed_downstream": f.freed_downstream,
        },
        "kernel": k and {"declared": list(k.kernel), "effective": list(k.effective)},
        "separability": s
        and {
            "target": s.target,
            "order": s.order,
            "terms": s.terms,
            "energy": s.energy,
            "baseline": s.baseline,
            "macs": s.macs,
            "rank": s.rank,
            "first_term": s.first_term,
            "first_term_baseline": s.first_term_baseline,
            "sampled": s.sampled,
        },
    }


def _finite(value: float | None) -> float | None:
    """JSON has no infinity."""
    return value if value is not None and isfinite(value) else None


def _block(b: Block) -> Object:
    return {
        "kind": b.kind,
        "nodes": list(b.nodes),
        "macs": b.macs,
        "params": b.params,
        "detail": dict(sorted(b.detail.items())),
    }


def _conv(c: Conv) -> Object:
    return {
        "kind": c.kind,
        "transposed": c.transposed,
        "kernel": list(c.kernel_shape),
        "in_channels": c.in_channels,
        "out_channels": c.out_channels,
        "groups": c.groups,
        "channel_multiplier": c.channel_multiplier,
        "strides": list(c.strides),
        "dilations": list(c.dilations),
        "in_spatial": list(c.in_spatial),
        "out_spatial": list(c.out_spatial),
        "macs": c.macs,
        "params": c.params,
    }
