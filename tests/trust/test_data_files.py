"""Files with external data: what is said of their checksums, and when they are read for it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from onnx import TensorProto

from analyzer.analyze import analyze_weights
from analyzer.contents import DataFile
from analyzer.model import load
from tests.trust.build import contents, model

BYTES = bytes(16)
DIGEST = hashlib.sha1(BYTES).hexdigest()
LARGE = (1 << 20) + 1


def external(checksum: str | None, location: str = "w.bin") -> TensorProto:
    tensor = TensorProto(name=location, data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("length", "16"), ("checksum", checksum)):
        if value is not None:
            tensor.external_data.add(key=key, value=value)
    return tensor


@pytest.mark.parametrize(
    ("checksum", "told"),
    [
        (None, ""),
        (DIGEST, "matches"),
        (DIGEST.upper(), "matches"),
        (f"sha1:{DIGEST}", "matches"),
        ("0" * 40, "differs"),
        (DIGEST[:-1], "malformed"),
        (f"{DIGEST}0", "malformed"),
        (f"md5:{DIGEST}", "malformed"),
    ],
)
def test_a_checksum_is_that_of_the_whole_file(
    tmp_path: Path, checksum: str | None, told: str
) -> None:
    (tmp_path / "w.bin").write_bytes(BYTES)
    found = contents(model(initializers=(external(checksum),)), tmp_path).get(DataFile)
    assert found == (DataFile("w.bin", "w.bin", 16, 1, told),)


def test_tensors_of_one_file_must_agree_about_it(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(BYTES)
    tensors = external(DIGEST), external("0" * 40)
    found = contents(model(initializers=tensors), tmp_path).get(DataFile)
    assert [each.checksum for each in found] == ["differs"]


def test_a_large_file_is_digested_only_where_weights_are_looked_at(tmp_path: Path) -> None:
    for size, told in ((LARGE - 1, "differs"), (LARGE, "")):
        with open(tmp_path / "w.bin", "wb") as file:
            file.truncate(size)
        made = model(initializers=(external("0" * 40),))
        (found,) = contents(made, tmp_path).get(DataFile)
        assert (found.bytes, found.checksum) == (size, told)
    digest = hashlib.sha1(bytes(LARGE)).hexdigest()
    facts = analyze_weights(load(model(initializers=(external(digest),)), folder=tmp_path))
    assert facts.contents is not None
    assert [each.checksum for each in facts.contents.get(DataFile)] == ["matches"]


def test_other_names_of_a_file_are_counted(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(BYTES)
    os.link(tmp_path / "w.bin", tmp_path / "other.bin")
    (found,) = contents(model(initializers=(external(None),)), tmp_path).get(DataFile)
    assert found.links == 2
