"""The one door through which a check looks at the disk, so that whatever it saw can be looked at again.

A report follows from its request, from the linter itself, and from the answers to the questions that are asked here.
Where every answer is what it was, so is the report.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

Question = tuple[str, tuple[str | int, ...]]
"""The name of a question, and what it was asked about."""

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")

CACHE = ".lkagent_lint_cache"
"""The name of the directory that the linter itself leaves. Nothing of it shows in an answer."""


class Sight:
    """The questions that were asked, in their order, and a digest of each answer."""

    def __init__(self) -> None:
        self.answers: dict[Question, bytes] = {}
        self.is_steady = True
        """False where a question had two answers, or where something else than the disk had a say in the result."""

    def note(self, question: Question, answer: bytes) -> None:
        if self.answers.setdefault(question, answer) != answer:
            self.is_steady = False


def is_inside(path: str, directory: str) -> bool:
    """Whether a path is a directory or stands below it, as both are written (absolute). The disk is not asked."""
    return path == directory or path.startswith(os.path.join(directory, ""))


_sight: ContextVar[Sight | None] = ContextVar("_sight", default=None)
_fence: ContextVar[tuple[str, ...]] = ContextVar("_fence", default=())
_NOWHERE = os.path.join(os.devnull, "outside")
"""A path at which there is never anything: what is asked instead of one beyond the fence."""
_questions: dict[str, Callable[..., object]] = {}


def question(ask: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
    """Makes a function a question to the disk.

    It is asked by position, about strings and numbers. Its answer is bytes, or has a ``repr`` that says all of it; an
    OSError is an answer too. Nothing else may show in the answer: not the overlays, and not the settings.
    """
    name = f"{ask.__module__}.{ask.__qualname__}"
    _questions[name] = ask

    @wraps(ask)
    def asked(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
        sight = _sight.get()
        if sight is None:
            return ask(*_before_the_fence(args), **kwargs)  # type: ignore[arg-type]
        assert not kwargs, name
        about: tuple[str | int, ...] = args  # type: ignore[assignment]
        try:
            answer = ask(*_before_the_fence(args), **kwargs)  # type: ignore[arg-type]
        except OSError as error:
            sight.note((name, about), _digest_of_error(error))
            raise
        except BaseException:
            sight.is_steady = False
            raise
        sight.note((name, about), _digest(answer))
        return answer

    return asked


@contextmanager
def seeing() -> Generator[Sight]:
    """Note what this thread asks, and what the answers are."""
    sight = Sight()
    token = _sight.set(sight)
    try:
        yield sight
    finally:
        _sight.reset(token)


@contextmanager
def fenced(directories: Iterable[str]) -> Generator[None]:
    """What lies outside of some directories (absolute paths) is not looked at meanwhile, by whatever name or link: it
    is as if it were not there.
    """
    token = _fence.set(tuple(os.path.realpath(each) for each in directories))
    try:
        yield
    finally:
        _fence.reset(token)


def is_fence(directory: str) -> bool:
    """Whether a directory is one of those above which nothing is looked at."""
    fence = _fence.get()
    return bool(fence) and os.path.realpath(directory) in fence


def _before_the_fence(args: tuple[object, ...]) -> tuple[object, ...]:
    fence = _fence.get()
    if not fence:
        return args
    return tuple(_NOWHERE if isinstance(each, str) and not _is_within(each, fence) else each for each in args)


def _is_within(path: str, fence: tuple[str, ...]) -> bool:
    try:
        real = os.path.realpath(path)
    except ValueError:  # no path at all, which the question itself says
        return True
    return any(is_inside(real, each) for each in fence)


def spoil() -> None:
    """What is going on in this thread follows from more than the disk: a process that died, an error of our own."""
    sight = _sight.get()
    if sight is not None:
        sight.is_steady = False


def still_says(answers: Iterable[tuple[Question, bytes]]) -> bool:
    """Whether each question has the answer that it had. Its module must have been imported."""
    return all(_answered(question) == answer for question, answer in answers)


def _answered(question: Question) -> bytes | None:
    name, about = question
    ask = _questions.get(name)
    if ask is None:
        return None
    try:
        return _digest(ask(*_before_the_fence(about)))
    except OSError as error:
        return _digest_of_error(error)
    except Exception:  # settings that cannot be used any more; whether they still matter, the check itself finds out
        return None


def _digest(answer: object) -> bytes:
    if isinstance(answer, bytes):
        return hashlib.sha256(answer).digest()
    return hashlib.sha256(f"{type(answer).__name__}\0{answer!r}".encode("utf-8", "surrogatepass")).digest()


def _digest_of_error(error: OSError) -> bytes:
    return _digest((type(error).__name__, error.errno))


@question
def names(directory: str) -> tuple[str, ...]:
    """The base names in a directory, sorted. Raises OSError."""
    return tuple(sorted(name for name in os.listdir(directory) if name != CACHE))


exists = question(os.path.exists)
lexists = question(os.path.lexists)
isdir = question(os.path.isdir)
isfile = question(os.path.isfile)
realpath = question(os.path.realpath)
samefile = question(os.path.samefile)
