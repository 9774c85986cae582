"""Channels without work, where weights were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _
from analyzer.report.view.options.form import Terms, form
from analyzer.smaller.pruned import pruned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.view.options.form import SmallerForm


def forms(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    """Without dead output channels and unread input channels."""
    found = facts.once(pruned)
    if found is None or not found.macs:
        return
    yield form(
        facts,
        device,
        (
            "pruned",
            _("Remove {outputs} dead and {inputs} unread channels",
              outputs=units.count(found.outputs), inputs=units.count(found.inputs)),
            _("Cut them out of the weights, and out of the layers that make and read them; add "
              "what a dead channel's bias gave to the next bias"),
        ),
        Terms("medium", "low", _("last digits"), "high",
               _("at most: layers beside them shrink, too")),
        macs=facts.totals.macs - found.macs,
        weight_bytes=facts.parameters.kept_bytes - found.bytes,
    )  # fmt: skip
