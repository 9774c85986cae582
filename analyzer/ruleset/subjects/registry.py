"""All sorts of subjects; a new one is a file beside this and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.ruleset.subjects import (
    annotation,
    assumption,
    batch,
    block,
    breach,
    deployment,
    element_type,
    extension,
    file,
    imports,
    initializer,
    interface,
    merge,
    model,
    name,
    node,
    override,
    problem,
    region,
    repetition,
    sighting,
    string,
    surplus,
    switch,
    tensor,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.ruleset.subjects.subject import Sort

SORTS: Mapping[str, Sort] = {
    sort.name: sort
    for sort in (
        model.SORT,
        node.SORT,
        block.SORT,
        tensor.SORT,
        initializer.SORT,
        surplus.SORT,
        merge.SORT,
        batch.SORT,
        problem.SORT,
        breach.SORT,
        assumption.SORT,
        imports.SORT,
        interface.SORT,
        element_type.SORT,
        name.SORT,
        name.HIDDEN,
        string.SORT,
        sighting.SORT,
        region.SORT,
        file.SORT,
        extension.SORT,
        override.SORT,
        switch.SORT,
        repetition.SORT,
        annotation.SORT,
        deployment.SORT,
        deployment.BLOCKERS,
    )
}
"""By the word in ``applies-to``, in the order in which people read them."""
