"""Numbers of variable length, as protobuf encodes them."""

from __future__ import annotations

import pytest

from analyzer.model.encoding import Malformed, encode_varint, varint


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**32, 2**63, 2**64 - 1])
def test_a_number_is_read_as_it_is_written(value: int) -> None:
    data = encode_varint(value)
    assert varint(data, 0, len(data)) == (value, len(data))
    assert varint(b"\xff" + data + b"\x01", 1, 2 + len(data)) == (value, 1 + len(data))


def test_a_number_of_ten_bytes_is_the_longest() -> None:
    assert varint(b"\xff" * 9 + b"\x01", 0, 10) == (2**64 - 1, 10)
    assert varint(b"\x80" * 9 + b"\x00", 0, 10) == (0, 10)  # padded, which parsers accept
    with pytest.raises(Malformed, match=r"^a number of more than 10 bytes$"):
        varint(b"\x80" * 10 + b"\x01", 0, 11)


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff" * 9])
def test_a_number_that_ends_early_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed, match=r"^it ends inside a number$"):
        varint(data, 0, len(data))
