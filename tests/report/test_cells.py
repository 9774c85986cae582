"""Tables of a page say once what all cells of a column have in common, and lose nothing by it."""

from __future__ import annotations

from analyzer.report.cells import together

HEAD = (
    "<table class=sortable><caption>c</caption><colgroup><col class=w30><col class=w70></colgroup>"
    "<thead><tr><th scope=col>A<th scope=col class=n>B<tbody>"
)


def test_numbers_of_a_column_are_aligned_and_explained_by_the_table() -> None:
    rows = (
        "<tr><th scope=row>a<td class=n><a href=#y-3 data-eg>1.2 M</a>"
        '<tr><th scope=row>b<td class=n><a href=#y-f1 title="2 · 3">6</a>'
        "<tr><th scope=row>c<td class=n>–</table>"
    )
    assert together(HEAD + rows) == (
        '<table class="sortable a2" data-y="2:3"><caption>c</caption>'
        '<thead><tr><th class=w30>A<th class="n w70">B<tbody>'
        "<tr><th>a<td data-eg>1.2 M"
        '<tr><th>b<td data-y=f1 title="2 · 3">6'
        "<tr><th>c<td>–</table>"
    )


def test_a_number_without_a_note_and_one_beside_others_keep_the_links_of_their_column() -> None:
    for other in ("7", "<a href=#y-3>8</a>; about 9", "<a href=#y-3>8</a><br><a href=#y-4>9</a>"):
        rows = f"<tr><td>a<td><a href=#y-3>1</a><tr><td>b<td>{other}</table>"
        assert together(HEAD + rows).endswith(rows)


def test_a_table_whose_cells_span_others_stays_as_it_is() -> None:
    rows = "<tr><td colspan=2 class=n>a<tr><td class=n>b<td class=n>c</table>"
    assert together(HEAD + rows).endswith(rows)
