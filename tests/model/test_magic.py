"""First bytes of files, as their formats give them or as Python's own modules write them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import sqlite3
import struct
import zipfile

import numpy as np
import pytest

from analyzer.model.magic import is_zip_end, looks_like
from tests.each import each


def zipped(comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", "x")
        archive.comment = comment
    return file.getvalue()


def saved() -> bytes:
    file = io.BytesIO()
    np.save(file, np.ones(3))
    return file.getvalue()


def database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (x)")
    return connection.serialize()


def windows(offset: int) -> bytes:
    """A DOS header (Microsoft, "PE Format"): at 0x3c is where the PE header begins."""
    return b"MZ" + b"\x01" * 58 + struct.pack("<I", offset)


HEADS: list[tuple[bytes, str]] = [
    (b"\x7fELF\x02\x01\x01\x00", "an ELF program"), (b"\x7fELF\x01", "an ELF program"),
    (windows(0x80), "a Windows program"), (windows(0x1F8), "a Windows program"),
    (b"MZ\x90\x00\x03", "a Windows program"), (b"MZ" + bytes(30), "a Windows program"),
    # Mach-O, 32 and 64 bits, of either order; x86 is processor 7, ARM 12, PowerPC 18
    *((struct.pack(">II", magic, 7), "a Mach-O program") for magic in (0xFEEDFACE, 0xFEEDFACF)),
    *((struct.pack("<II", magic, kind), "a Mach-O program")
      for magic in (0xFEEDFACE, 0xFEEDFACF) for kind in (7, 12, 18)),
    # one magic for a bundle of few programs and for a class, of versions 45 (Java 1.1) and later
    (struct.pack(">II", 0xCAFEBABE, 2), "a Mach-O program"),
    (struct.pack(">IHH", 0xCAFEBABE, 3, 45), "a Java class"),
    (struct.pack(">IHH", 0xCAFEBABE, 0, 65), "a Java class"),
    (b"dex\n035\x00", "an Android program"),
    (b"\x00asm" + struct.pack("<I", 1), "a WebAssembly module"),
    (b"#!/bin/sh\n", "a script"), (b"#! /usr/bin/env python3\n", "a script"),
    (b"#!/usr/local/bin/perl\n", "a script"),
    (b"<?php echo 1;", "a web page or script"), (b"<!DOCTYPE html>", "a web page or script"),
    (b"<HTML lang=en>", "a web page or script"), (b"<script>", "a web page or script"),
    (zipped(), "a zip archive"), (gzip.compress(b"x"), "gzip-compressed data"),
    (bz2.compress(b"x"), "bzip2-compressed data"), (lzma.compress(b"x"), "xz-compressed data"),
    (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7z archive"), (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
    (bytes.fromhex("28b52ffd0458") + bytes(12), "zstd-compressed data"),  # RFC 8878
    *((pickle.dumps({"a": [1]}, protocol=n), "a Python pickle") for n in (2, 3, 4, 5)),
    (b"cos\nsystem\n(S'ls'\ntR.", "a Python pickle"),
    (b"cbuiltins\neval\n", "a Python pickle"),
    (b"%PDF-1.7\n", "a PDF document"), (b"%PDF-2.0\n", "a PDF document"),
    (bytes.fromhex("d0cf11e0a1b11ae1"), "an Office document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a JPEG picture"),
    (b"\xff\xd8\xff\xe1\x2a\x10Exif\x00", "a JPEG picture"),
    (database(), "a SQLite database"),
    (b"-----BEGIN RSA PRIVATE KEY-----", "a key or certificate"),
    (saved(), "a NumPy array"), (b"\x89HDF\r\n\x1a\n\x00", "an HDF5 file"),
]  # fmt: skip


@each(("head", "what"), HEADS)
def test_a_file_is_told_by_how_it_begins(head: bytes, what: str) -> None:
    assert looks_like(head) == what


@each("head", [
    b"", b"\x7fELF\x03", b"MZ", windows(0x3F)[:60] + b"\x3f\x00\xff\xff",
    struct.pack("<II", 0xFEEDFACE, 8), struct.pack(">II", 0xCAFEBABE, 6),
    struct.pack(">IHH", 0xCAFEBABE, 4, 45), struct.pack(">IHH", 0xCAFEBABE, 0, 0x51),
    b"dex\n135\x00", b"\x00asm\x02\x00\x00\x00", b"#!/home/me/sh", b"<htmlx>",
    b"PK\x03\x04\x40\x00",
    b"\x1f\x8b\x08\x20", b"BZh01AY&SY", b"%PDF-3.0", b"\xff\xd8\xff\xe0\x00\x10JPEG",
    b"\x80\x06\x95", b"\x93NUMPY\x04\x00", np.ones(8, np.float32).tobytes(),
])  # fmt: skip
def test_what_begins_almost_so_is_nothing_that_is_known(head: bytes) -> None:
    assert looks_like(head) is None


@pytest.mark.parametrize(("tail", "is_end"), [
    (zipped(), True), (zipped(b"a comment"), True), (zipped()[:-1], False),
    (zipped() + b"x", False), (zipped(b"a comment")[:-1], False), (bytes(22), False),
    (b"PK\x05\x06" + bytes(18), True), (b"PK\x05\x06" + bytes(17), False),
    (bytes(9) + b"PK\x05\x06" + bytes(16) + b"\x02\x01" + bytes(258), True),
])  # fmt: skip
def test_a_zip_archive_is_told_by_how_it_ends(tail: bytes, is_end: bool) -> None:
    """PKWARE's APPNOTE, 4.3.16: 22 bytes, the last two the length of the comment behind them."""
    assert is_zip_end(tail) == is_end
