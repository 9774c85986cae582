"""What the file says of itself: versions, producer, metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.compare.headlines.scene import headline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.compare.headlines.scene import Scene
    from analyzer.compare.record import Headline

NAMED = 4
"""Keys of metadata told by name."""


def versions(scene: Scene) -> Iterator[Headline]:
    """Operator sets and version of the format."""
    old, new = scene.old.facts.model, scene.new.facts.model
    before = {domain or "ai.onnx": version for domain, version in old.opsets.items()}
    after = {domain or "ai.onnx": version for domain, version in new.opsets.items()}
    used = {node.domain or "ai.onnx" for side in (scene.old, scene.new)
            for node in side.facts.nodes}  # fmt: skip
    idle = []
    for domain in dict.fromkeys((*before, *after)):
        if before.get(domain) != after.get(domain):
            if domain in used:
                yield headline(
                    "opset", domain=domain, old=before.get(domain), new=after.get(domain)
                )
            else:
                idle.append(domain)
    if idle:
        yield headline("imports", count=len(idle), domains=", ".join(idle[:NAMED]))
    if old.ir_version != new.ir_version:
        yield headline("ir", old=old.ir_version, new=new.ir_version)


def describe(scene: Scene) -> Iterator[Headline]:
    """Producer and metadata."""
    old, new = scene.old.facts.model, scene.new.facts.model
    if old.producer != new.producer:
        yield headline("producer", old=old.producer, new=new.producer)
    keys = [key for key in sorted({*old.metadata, *new.metadata})
            if old.metadata.get(key) != new.metadata.get(key)]  # fmt: skip
    if keys:
        yield headline(
            "metadata", count=len(keys), keys=", ".join(key[:40] for key in keys[:NAMED])
        )
