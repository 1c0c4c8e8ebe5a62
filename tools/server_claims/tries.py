"""The tries. A number groups what belongs together, a letter tells the variants apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.server_claims.scene import PARTICIPANT, PUBLISHER, ROOM, Play, Scene


@dataclass(frozen=True, slots=True)
class Try:
    number: str
    play: Play

    @property
    def group(self) -> int:
        return int(self.number[:-1])


GROUPS = {
    1: "Automatic dispatch",
    2: "A named worker that nothing dispatches",
    3: "A token on a fresh room, JT_ROOM worker",
    4: "A token on an existing room, JT_ROOM worker",
    5: "A token, JT_PUBLISHER and JT_PARTICIPANT workers",
    6: "create_dispatch",
    7: "CreateRoom with agents",
    8: "An explicit list of agents beside an unnamed worker",
    9: "Names that are not equal",
    10: "The same agent dispatched twice",
    11: "The worker registers late",
    12: "create_dispatch with an empty name",
    13: "A JT_ROOM worker, named by a token, that registers after the join",
    15: "Two workers",
}

TRIES: list[Try] = []
REAL = ["1a", "1c", "2a", "3a", "4a", "4b", "5a", "6c", "7a", "8a", "10b", "11b", "5d", "6f", "6g"]
"""Tried once more with workers of the SDKs."""
LONG = 75
"""Seconds; longer than the minute for which the server remembers which workers there are."""


def a_try(number: str) -> Callable[[Play], Play]:
    def kept(play: Play) -> Play:
        TRIES.append(Try(number, play))
        return play

    return kept


# 1: automatic dispatch


@a_try("1a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM)
    await scene.join("ana")
    await scene.join("ben")


@a_try("1b")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM)
    await scene.create_room()
    await scene.join("ana")


@a_try("1c")
async def _(scene: Scene) -> None:
    await scene.worker(PUBLISHER)
    await scene.join("ben")
    await scene.publish("ana")


@a_try("1d")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT)
    await scene.join("ana")
    await scene.join("ben")


@a_try("1e")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM)
    await scene.join("ana", [])


# 2: a name turns automatic dispatch off


@a_try("2a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.join("ana")
    await scene.join("ben")


@a_try("2b")
async def _(scene: Scene) -> None:
    await scene.worker(PUBLISHER, "agent")
    await scene.publish("ana")


@a_try("2c")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT, "agent")
    await scene.join("ana")
    await scene.join("ben")


# 3, 4: a token, JT_ROOM


@a_try("3a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.join("ana", ["agent"])
    await scene.join("ben")


@a_try("4a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_room()
    await scene.join("ana", ["agent"])


@a_try("4b")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.join("ben")
    await scene.join("ana", ["agent"])


@a_try("4c")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_room()
    await scene.delete_room()
    await scene.join("ana", ["agent"])


# 5: a token, the other types


@a_try("5a")
async def _(scene: Scene) -> None:
    await scene.worker(PUBLISHER, "agent")
    await scene.publish("ana", ["agent"])
    await scene.publish("ben")


@a_try("5b")
async def _(scene: Scene) -> None:
    await scene.worker(PUBLISHER, "agent")
    await scene.create_room()
    await scene.publish("ana", ["agent"])


@a_try("5c")
async def _(scene: Scene) -> None:
    await scene.worker(PUBLISHER, "agent")
    await scene.join("ben")
    await scene.publish("ana", ["agent"])


@a_try("5d")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT, "agent")
    await scene.join("ana", ["agent"])
    await scene.join("ben")


@a_try("5e")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT, "agent")
    await scene.create_room()
    await scene.join("ana", ["agent"])


@a_try("5f")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT, "agent")
    await scene.join("ben")
    await scene.join("ana", ["agent"])


# 6: create_dispatch


@a_try("6a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_dispatch("agent")
    await scene.join("ana")


@a_try("6b")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_room()
    await scene.create_dispatch("agent")


@a_try("6c")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.join("ana")
    await scene.create_dispatch("agent")


@a_try("6d")
async def _(scene: Scene) -> None:
    await scene.worker(PUBLISHER, "agent")
    await scene.create_dispatch("agent")
    await scene.publish("ana")


@a_try("6e")
async def _(scene: Scene) -> None:
    await scene.worker(PUBLISHER, "agent")
    await scene.publish("ana")
    await scene.create_dispatch("agent")
    await scene.publish("ben")


@a_try("6f")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT, "agent")
    await scene.create_dispatch("agent")
    await scene.join("ana")


@a_try("6g")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT, "agent")
    await scene.join("ana")
    await scene.create_dispatch("agent")
    await scene.join("ben")


@a_try("6h")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.worker(ROOM)
    await scene.create_dispatch("agent")


@a_try("6i")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.worker(ROOM)
    await scene.join("ana")
    await scene.create_dispatch("agent")


# 7: CreateRoom with agents


@a_try("7a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_room(["agent"])
    await scene.join("ana")


@a_try("7b")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_room()
    await scene.create_room(["agent"])


@a_try("7c")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.join("ana")
    await scene.create_room(["agent"])


@a_try("7d")
async def _(scene: Scene) -> None:
    await scene.worker(PUBLISHER, "agent")
    await scene.create_room(["agent"])
    await scene.publish("ana")


@a_try("7e")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT, "agent")
    await scene.create_room(["agent"])
    await scene.join("ana")


# 8: explicit agents beside an unnamed worker


@a_try("8a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.worker(ROOM)
    await scene.join("ana", ["agent"])
    await scene.join("ben")


@a_try("8b")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.worker(ROOM)
    await scene.create_room(["agent"])
    await scene.join("ana")


@a_try("8c")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM)
    await scene.join("ana", ["agent"])


@a_try("8d")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.worker(ROOM)
    await scene.join("ana", ["agent", ""])


@a_try("8e")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT)
    await scene.join("ana", ["agent"])
    await scene.join("ben")


@a_try("8f")
async def _(scene: Scene) -> None:
    await scene.worker(PUBLISHER)
    await scene.publish("ana", ["agent"])


@a_try("8g")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM)
    await scene.join("ben")
    await scene.join("ana", ["agent"])


# 9: names


@a_try("9a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_dispatch("Agent")


@a_try("9b")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.join("ana", ["Agent"])


@a_try("9c")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "my-agent")
    await scene.create_room(["my_agent"])


@a_try("9d")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT, "agent")
    await scene.join("ana", ["agent "])


@a_try("9e")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM)
    await scene.join("ana")
    await scene.create_dispatch("agent")


# 10: twice


@a_try("10a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_dispatch("agent")
    await scene.create_dispatch("agent")


@a_try("10b")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.join("ana", ["agent"])
    await scene.create_dispatch("agent")


@a_try("10c")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_dispatch("agent")
    await scene.join("ana", ["agent"])


@a_try("10d")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_room(["agent"])
    await scene.create_dispatch("agent")


@a_try("10e")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_room(["agent"])
    await scene.join("ana", ["agent"])


@a_try("10f")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.join("ana", ["agent"])
    await scene.join("ben", ["agent"])


@a_try("10g")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.join("ana", ["agent", "agent"])


@a_try("10h")
async def _(scene: Scene) -> None:
    await scene.worker(PARTICIPANT, "agent")
    await scene.join("ana", ["agent"])
    await scene.create_dispatch("agent")
    await scene.join("ben")


@a_try("10i")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_room(["agent"])
    await scene.create_room(["agent"])


# 11: late


@a_try("11a")
async def _(scene: Scene) -> None:
    await scene.join("ana")
    await scene.worker(ROOM)
    await scene.join("ben")


@a_try("11b")
async def _(scene: Scene) -> None:
    await scene.join("ana", ["agent"])
    await scene.worker(ROOM, "agent")
    await scene.join("ben")


@a_try("11c")
async def _(scene: Scene) -> None:
    await scene.create_dispatch("agent")
    await scene.worker(ROOM, "agent")
    await scene.join("ana")


@a_try("11d")
async def _(scene: Scene) -> None:
    scene.watch = LONG
    await scene.create_room(["agent"])
    await scene.worker(ROOM, "agent")


@a_try("11e")
async def _(scene: Scene) -> None:
    await scene.join("ana", ["agent"])
    await scene.worker(PARTICIPANT, "agent")
    await scene.join("ben")


@a_try("11f")
async def _(scene: Scene) -> None:
    await scene.create_dispatch("agent")
    await scene.worker(PARTICIPANT, "agent")
    await scene.join("ana")


@a_try("11g")
async def _(scene: Scene) -> None:
    await scene.join("ana", ["agent"])
    await scene.worker(PUBLISHER, "agent")
    await scene.publish("ben")


@a_try("11h")
async def _(scene: Scene) -> None:
    await scene.join("ana", ["agent"])
    await scene.worker(ROOM, "agent")
    await scene.create_dispatch("agent")


# 12: an empty name


@a_try("12a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM)
    await scene.create_dispatch("")


@a_try("12b")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM)
    await scene.join("ana")
    await scene.create_dispatch("")


@a_try("12c")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM)
    await scene.join("ana", ["agent"])
    await scene.create_dispatch("")


@a_try("12d")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.create_dispatch("")


# 13: a token names a JT_ROOM worker that is not there yet


@a_try("13a")
async def _(scene: Scene) -> None:
    await scene.join("ana", ["agent"])
    await scene.worker(ROOM, "agent")
    await scene.join("ben", ["agent"])


# 14 is SIP, which needs more than a server.

# 15: two workers


@a_try("15a")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.worker(ROOM, "agent")
    await scene.create_dispatch("agent")


@a_try("15b")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM)
    await scene.worker(ROOM)
    await scene.join("ana")


@a_try("15c")
async def _(scene: Scene) -> None:
    await scene.worker(ROOM, "agent")
    await scene.worker(PARTICIPANT, "agent")
    await scene.join("ana", ["agent"])
