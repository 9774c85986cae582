"""All sorts of subjects; a new one is a file beside this and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.ruleset.subjects import (
    assumption,
    batch,
    block,
    breach,
    contents,
    deployment,
    element_type,
    imports,
    initializer,
    interface,
    merge,
    model,
    name,
    node,
    problem,
    surplus,
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
        *contents.SORTS,
        deployment.SORT,
        deployment.BLOCKERS,
    )
}
"""By the word in ``applies-to``, in the order in which people read them."""
