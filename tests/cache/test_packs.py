"""The store: what is written is found, what is damaged is not, and nothing that can lie in its place hurts."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from lkagent_lint.cache import FactsCache
from lkagent_lint.cache.directory import Directory
from lkagent_lint.cache.packs import Packs

GENERATION = b"g" * 32
FACTS = {bytes([number]) * 32: b"facts %d" % number * 20 for number in range(5)}


def cache_in(directory: Path, generation: bytes = GENERATION) -> FactsCache:
    return FactsCache(str(directory), generation)


def save(directory: Path, facts: dict[bytes, bytes] = FACTS, generation: bytes = GENERATION) -> None:
    cache = cache_in(directory, generation)
    for key, value in facts.items():
        cache.put(key, value)
    cache.save()


def kept(directory: Path, generation: bytes = GENERATION) -> dict[bytes, bytes]:
    cache = cache_in(directory, generation)
    return {key: bytes(value) for key in FACTS if (value := cache.get(key)) is not None}


def packs(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.facts"))


def test_what_is_saved_is_found(tmp_path: Path) -> None:
    save(tmp_path / "cache")
    assert kept(tmp_path / "cache") == FACTS
    assert {each.name for each in (tmp_path / "cache").iterdir()} == {
        "CACHEDIR.TAG",
        ".gitignore",
        packs(tmp_path / "cache")[0].name,
    }
    assert (tmp_path / "cache" / ".gitignore").read_text() == "*\n"
    assert (tmp_path / "cache" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_nothing_is_written_before_there_is_something_to_keep(tmp_path: Path) -> None:
    assert kept(tmp_path / "cache") == {}
    cache_in(tmp_path / "cache").save()
    assert not (tmp_path / "cache").exists()


def test_another_version_of_the_front_ends_finds_nothing(tmp_path: Path) -> None:
    save(tmp_path)
    assert kept(tmp_path, b"h" * 32) == {}
    save(tmp_path, generation=b"h" * 32)
    assert kept(tmp_path) == kept(tmp_path, b"h" * 32) == FACTS


def test_keys_tell_apart_all_that_facts_follow_from(tmp_path: Path) -> None:
    cache, other = cache_in(tmp_path), cache_in(tmp_path, b"h" * 32)
    keys = {
        cache.key("python", "", b"x = 1"),
        cache.key("python", "", b"x = 2"),
        cache.key("text", "", b"x = 1"),
        cache.key("text", "a.json", b"x = 1"),
        cache.key("text", "a.jso", b"nx = 1"),
        other.key("python", "", b"x = 1"),
    }
    assert len(keys) == 6


def test_every_damage_to_a_pack_is_noticed(tmp_path: Path) -> None:
    save(tmp_path)
    (pack,) = packs(tmp_path)
    whole = pack.read_bytes()
    for index in range(0, len(whole), 7):
        pack.write_bytes(whole[:index] + bytes([whole[index] ^ 0x55]) + whole[index + 1 :])
        assert kept(tmp_path).items() <= FACTS.items()
    for length in range(0, len(whole), 11):
        pack.write_bytes(whole[:length])
        assert kept(tmp_path) == {}
        assert not pack.exists()  # it is made again
    pack.write_bytes(whole)
    assert kept(tmp_path) == FACTS


def make_old(path: Path, days: int) -> None:
    then = time.time() - days * 86_400
    os.utime(path, (then, then))


def make_huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 5_000_000_000)


def spoil(path: Path, how: str) -> None:
    """Put something else in a pack's place."""
    match how:
        case "directory":
            path.mkdir()
        case "link":
            path.symlink_to("/etc/passwd")
        case "loop":
            path.symlink_to(path.name)
        case "fifo":
            os.mkfifo(path)
        case "huge":
            make_huge(path)
        case _:
            path.write_bytes({"empty": b"", "garbage": b"\x93" * 100_000, "endless": b"lkapack1\xff\xff\xff\xff"}[how])


@pytest.mark.parametrize("how", ["empty", "garbage", "endless", "directory", "link", "loop", "fifo", "huge"])
@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
def test_what_stands_in_a_packs_place_is_ignored(tmp_path: Path, how: str) -> None:
    save(tmp_path, {key: FACTS[key] for key in list(FACTS)[:2]})
    spoil(tmp_path / f"{GENERATION.hex()[:16]}-0000000000000000.facts", how)
    assert len(kept(tmp_path)) == 2
    save(tmp_path)
    assert kept(tmp_path) == FACTS


def test_packs_are_merged_and_what_is_in_use_is_kept(tmp_path: Path) -> None:
    for number in range(40):
        save(tmp_path, {bytes([number]) * 32: b"%d" % number})
    assert len(packs(tmp_path)) <= 9
    cache = cache_in(tmp_path)
    assert [bytes(cache.get(bytes([number]) * 32) or b"") for number in range(40)] == [b"%d" % n for n in range(40)]


def test_what_nobody_asks_for_is_forgotten_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lkagent_lint.cache.packs._SPARE_BYTES", 100)
    for number in range(40):
        save(tmp_path, {bytes([number]) * 32: b"x" * 50})
    assert sum(pack.stat().st_size for pack in packs(tmp_path)) < 9 * 120 + 200


def test_other_versions_and_unfinished_files_are_pruned_by_age(tmp_path: Path) -> None:
    save(tmp_path, generation=b"h" * 32)
    (old,) = packs(tmp_path)
    unfinished = tmp_path / "x.facts.1.tmp"
    unfinished.write_bytes(b"")
    save(tmp_path)
    assert old.exists()
    assert unfinished.exists()
    for path in (old, unfinished):
        make_old(path, 20)
    save(tmp_path, {b"new" + bytes(29): b"facts"})
    assert not old.exists()
    assert not unfinished.exists()
    assert kept(tmp_path) == FACTS


def test_a_pack_in_use_does_not_grow_old(tmp_path: Path) -> None:
    save(tmp_path)
    (pack,) = packs(tmp_path)
    make_old(pack, 10)
    assert kept(tmp_path) == FACTS
    assert time.time() - pack.stat().st_mtime < 60


def test_a_clock_that_was_set_back_forgets_nothing(tmp_path: Path) -> None:
    save(tmp_path, generation=b"h" * 32)
    (pack,) = packs(tmp_path)
    make_old(pack, -1000)
    save(tmp_path)
    assert kept(tmp_path, b"h" * 32) == FACTS


def test_a_pack_that_disappears_while_it_is_read_is_no_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path)
    names = Directory.names

    def outdated(self: Directory) -> list[str]:
        return [*names(self), f"{GENERATION.hex()[:16]}-gone.facts"]

    monkeypatch.setattr(Directory, "names", outdated)
    assert kept(tmp_path) == FACTS


def test_equal_entries_make_one_pack(tmp_path: Path) -> None:
    store = Packs(Directory(str(tmp_path)), "0" * 16)
    assert store.write(FACTS) == store.write(FACTS)
    assert len(packs(tmp_path)) == 1
