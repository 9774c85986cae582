"""What is taken from an image of the caller's, or divides it, pixel by pixel, is no parameter."""

from __future__ import annotations

from tests.each import each
from tests.golden.test_parameters import parameters

CASES: list[tuple[str, str, tuple[int, ...], bool]] = [
    ("1,3,8,8", "Sub (x, m)", (3, 8, 8), True), ("1,3,8,8", "Sub (x, m)", (1, 3, 8, 8), True),
    ("1,3,8,8", "Sub (x, m)", (8, 8), True), ("1,3,8,8", "Sub (m, x)", (3, 8, 8), True),
    ("1,3,8,8", "Div (x, m)", (3, 8, 8), True), ("1,3,4,8,8", "Sub (x, m)", (3, 4, 8, 8), True),
    # a product or a sum may be learned
    ("1,3,8,8", "Mul (x, m)", (3, 8, 8), False), ("1,3,8,8", "Add (x, m)", (3, 8, 8), False),
    # a number for each row, column or channel is none for each pixel
    ("1,3,8,8", "Sub (x, m)", (3, 8, 1), False), ("1,3,8,8", "Sub (x, m)", (3, 1, 8), False),
    ("1,3,8,8", "Sub (x, m)", (8,), False), ("1,3,8,8", "Sub (x, m)", (3, 1, 1), False),
    # images are batches of planes or volumes
    ("3,8,8", "Sub (x, m)", (3, 8, 8), False),
    ("1,1,3,4,8,8", "Sub (x, m)", (3, 4, 8, 8), False),
    # samples that the image is compared with
    ("1,3,8,8", "Sub (x, m)", (5, 3, 8, 8), False),
]  # fmt: skip


@each(("image", "made", "shape", "apart"), CASES)
def test_a_number_for_each_pixel_is_the_image_s(
    image: str, made: str, shape: tuple[int, ...], apart: bool
) -> None:
    rank = image.count(",") + 1
    kernel = (2, 3, *(1,) * (rank - 2))
    body = "z = Abs (y)" if rank not in (4, 5) else "z = Conv (y, w)"
    weights = {"m": shape} if rank not in (4, 5) else {"m": shape, "w": kernel}
    found = parameters(
        f"g (float[{image}] x) => (float[] z) {{ y = {made}  {body} }}", 17, **weights
    )
    size = 1
    for side in shape:
        size *= side
    assert found.positions == (size if apart else 0)
    assert found.weights == (0 if apart else size) + (6 if "w" in weights else 0)


def test_what_an_operator_has_made_of_the_image_is_no_image() -> None:
    for before, apart in (
        ("c = Cast <to = 1> (x)  y = Sub (c, m)", True),
        ("c = Transpose <perm = [0,1,3,2]> (x)  y = Sub (c, m)", True),
        ("c = Mul (x, s)  y = Sub (c, m)", True),
        ("c = Mul (x, x)  y = Sub (c, m)", True),
        ("c = Softmax (x)  y = Sub (c, m)", False),
        ("c = Conv (x, w)  y = Sub (c, m)", False),
    ):
        found = parameters(
            "g (float[1,3,8,8] x) => (float[] z) { " + before + "  z = Conv (y, w) }", 17,
            m=(3, 8, 8), s=(1,), w=(3, 3, 1, 1),
        )  # fmt: skip
        assert (found.positions == 192) is apart, before
