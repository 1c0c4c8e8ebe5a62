"""Bytes or a reason: no kind of file, and no encoding, may raise or block."""

from __future__ import annotations

import codecs
import errno
import os
import socket
from pathlib import Path

import pytest

from lkagent_lint.sources.reading import Overlays, Undecodable, Unreadable, decode, decode_loosely, read


def reason(path: Path, limit: int = 1000) -> str:
    result = read(str(path), limit)
    assert isinstance(result, Unreadable)
    assert result.path == str(path)
    return result.reason


def refusal(data: bytes) -> str:
    result = decode(data)
    assert isinstance(result, Undecodable), result
    return result.reason


def test_a_file_at_the_limit_is_read_and_one_above_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x" * 1000)
    assert read(str(path), 1000) == b"x" * 1000
    assert reason(path, 999) == "it is larger than 999 bytes (1,000)"


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    assert read(str(tmp_path / "a.py")) == b""


def test_a_sparse_file_of_10_gb_is_refused_by_its_size(tmp_path: Path) -> None:
    with open(tmp_path / "a.py", "wb") as file:
        file.truncate(10_000_000_000)
    assert reason(tmp_path / "a.py", 2_000_000) == "it is larger than 2,000,000 bytes (10,000,000,000)"


def test_a_file_whose_size_is_not_known_beforehand_is_bounded_too() -> None:
    path = "/proc/self/maps"
    if not os.path.exists(path):
        pytest.skip("needs procfs")
    assert isinstance(read(path), bytes)
    assert isinstance(read(path, 10), Unreadable)


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    assert reason(tmp_path) == "it is a directory"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert reason(tmp_path / "a.py") == "it is not a regular file"


def test_devices_and_sockets_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.path.exists("/dev/zero"):
        assert reason(Path("/dev/zero")) == "it is not a regular file"
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("a.py")
        assert reason(tmp_path / "a.py") == "it is not a regular file"


def test_links_are_followed_and_broken_ones_are_reasons(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_bytes(b"x = 1\n")
    (tmp_path / "link.py").symlink_to("real.py")
    (tmp_path / "dangling.py").symlink_to("nowhere.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    assert read(str(tmp_path / "link.py")) == b"x = 1\n"
    assert reason(tmp_path / "dangling.py").startswith("it cannot be read: ")
    assert reason(tmp_path / "loop.py").startswith("it cannot be read: ")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ESTALE, errno.EMFILE])
def test_any_failure_of_the_file_system_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    (tmp_path / "a.py").touch()

    def fail(path: str, flags: int) -> int:
        raise OSError(code, os.strerror(code), path)

    monkeypatch.setattr(os, "open", fail)
    assert reason(tmp_path / "a.py") == f"it cannot be read: {os.strerror(code)}"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_fifo_that_takes_a_files_place_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file.py").touch()
    os.mkfifo(tmp_path / "a.py")
    before = os.stat(tmp_path / "file.py")

    def stat_of_the_past(path: str) -> os.stat_result:
        return before

    monkeypatch.setattr(os, "stat", stat_of_the_past)
    assert reason(tmp_path / "a.py") == "it is not a regular file"


@pytest.mark.parametrize("path", ["/tmp/a\0.py", "/tmp/\ud800.py", "/tmp/" + "a" * 5000, "/tmp/" + "a/" * 5000])
def test_names_that_cannot_be_opened_are_reasons(path: str) -> None:
    assert isinstance(read(path), Unreadable)


def test_an_overlay_stands_in_for_a_file_and_obeys_the_limit(tmp_path: Path) -> None:
    on_disk, only_open = str(tmp_path / "a.py"), str(tmp_path / "b.py")
    (tmp_path / "a.py").write_bytes(b"disk")
    overlays = Overlays({on_disk: b"buffer", only_open: b"new"})
    assert overlays.read(on_disk) == b"buffer"
    assert overlays.read(only_open) == b"new"
    assert overlays.read(on_disk, 5) == Unreadable(on_disk, "it is larger than 5 bytes (6)")
    assert Overlays().read(on_disk) == b"disk"
    assert on_disk in overlays
    assert on_disk not in Overlays()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (codecs.BOM_UTF8, ""),
        (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n"),
        (codecs.BOM_UTF8 + b"# coding: utf-8\n", "# coding: utf-8\n"),
        ("é = '🎧'\r\nb\rc\x0c\n".encode(), "é = '🎧'\r\nb\rc\x0c\n"),
        (b"# coding: latin-1\n\xe9", "# coding: latin-1\n\xe9"),
        (b"#!x\n# vim: set fileencoding=cp1252 :\n\x80", "#!x\n# vim: set fileencoding=cp1252 :\n€"),
        (b"\r# coding: latin-1\r\xe9", "\r# coding: latin-1\r\xe9"),
        (b"# -*- coding: shift_jis -*-\n\x82\xa0", "# -*- coding: shift_jis -*-\nあ"),
        (b"# coding: utf-8-sig\nx", "# coding: utf-8-sig\nx"),
        (b"x = 1\n# coding: rot13\n", "x = 1\n# coding: rot13\n"),
        (b"\n\n# coding: rot13\n", "\n\n# coding: rot13\n"),
        (b"'# coding: rot13'\n", "'# coding: rot13'\n"),
    ],
)  # fmt: skip
def test_source_is_decoded_as_python_does(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_wide_encodings_with_a_mark_are_named(codec: str) -> None:
    mark = "" if codec in ("utf-16", "utf-32") else "\ufeff"  # those two write their own
    data = f"{mark}x = 1\n".encode(codec)
    assert refusal(data) == f"it is {codec[:6].upper()}, not UTF-8 text"


@pytest.mark.parametrize(
    "codec",
    [
        *("rot13", "hex", "zlib", "bz2", "base64", "quopri", "uu"),
        *("utf-7", "utf7", "U7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"),
        *("utf-16", "utf_16_le", "utf-32", "cp037", "cp500"),
        *("no-such-codec", "..", "a.b", "__init__", "aliases"),
    ],
)
def test_codecs_that_are_not_source_text_are_refused(codec: str) -> None:
    data = f"# coding: {codec}\nx = 1\n".encode()
    assert refusal(data) == f'its encoding cookie names "{codec}", which is no text encoding'


def test_a_cookie_of_any_length_is_refused_in_few_words() -> None:
    assert len(refusal(b"# coding: " + b"a" * 1_000_000)) < 120


def test_a_cookie_may_not_contradict_the_mark() -> None:
    assert "contradicts" in refusal(codecs.BOM_UTF8 + b"# coding: latin-1\n")


@pytest.mark.parametrize(("data", "offset"), [(b"x = 1\0", 5), (b"# a\0comment", 3), (codecs.BOM_UTF8 + b"\0", 3)])
def test_a_null_byte_is_named_with_its_offset(data: bytes, offset: int) -> None:
    assert refusal(data) == f"it holds a null byte (byte offset {offset})"


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"x = '\xe9'", 5),
        (codecs.BOM_UTF8 + b"a\xff", 4),
        (b"# coding: utf8\n\xff", 15),
        (b"'\xed\xa0\x80'", 1),
    ],
)
def test_invalid_utf_8_is_named_with_its_offset(data: bytes, offset: int) -> None:
    assert refusal(data) == f"it is not valid utf-8 text (byte offset {offset})"


def test_bytes_that_the_cookies_encoding_lacks_are_named() -> None:
    assert refusal(b"# coding: ascii\n\xe9") == "it is not valid ascii text (byte offset 16)"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_other_text_is_decoded_by_its_mark(codec: str) -> None:
    assert decode_loosely("é\r\n".encode(codec)) == "é\r\n"


def test_other_text_always_decodes() -> None:
    assert decode_loosely(b"\xe9") == "é"
    assert decode_loosely(codecs.BOM_UTF16_LE + b"a").strip("\ufffd") == ""
