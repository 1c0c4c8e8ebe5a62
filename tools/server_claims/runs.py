"""Plays tries, a few at once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable

from tools.server_claims.scene import Outcome, played
from tools.server_claims.server import Binary
from tools.server_claims.tries import Try

AT_ONCE = 3


async def outcomes_of(binary: Binary, tries: Iterable[Try], *, real: bool) -> dict[str, Outcome]:
    """What each try showed, by its number. Raises RuntimeError for one that could not be played."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def outcome(each: Try) -> Outcome:
        async with gate:
            try:
                seen = await played(binary, each.play, real=real)
            except Exception as problem:
                raise RuntimeError(f"try {each.number} could not be played: {problem!r}") from problem
        print(f"{each.number}{' with an SDK' if real else ''}: {seen.summary}", file=sys.stderr)
        return seen

    listed = list(tries)
    return dict(zip((each.number for each in listed), await asyncio.gather(*map(outcome, listed)), strict=True))
