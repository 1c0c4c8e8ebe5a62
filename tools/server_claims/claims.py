"""What the dispatch rules say, and which tries each sentence rests on. The verdict is computed from the outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.server_claims.scene import Outcome

NOBODY = "nobody"
R, P, A = "ROOM `agent`", "PUBLISHER `agent`", "PARTICIPANT `agent`"


@dataclass(frozen=True, slots=True)
class Claim:
    sentence: str
    predicts: Mapping[str, str]
    """Try -> the outcome that the sentence predicts."""
    logs: Mapping[str, str] = field(default_factory=dict[str, str])
    """Try -> a line of the server's log that the sentence predicts."""
    note: str = ""
    """What holds more exactly; for a refuted sentence, what holds instead."""
    also: Mapping[str, str] = field(default_factory=dict[str, str])
    """Try -> the outcome that the note speaks of."""

    def verdict(self, outcomes: Mapping[str, Outcome]) -> str:
        failed = [number for number, summary in self.predicts.items() if outcomes[number].summary != summary]
        failed += [number for number, line in self.logs.items() if line not in outcomes[number].logged]
        verdict = "refined" if self.note else "confirmed"
        if failed:
            verdict = f"refuted by {', '.join(dict.fromkeys(failed))}"
        stale = [number for number, summary in self.also.items() if outcomes[number].summary != summary]
        return f"{verdict}; the note is refuted by {', '.join(stale)}" if stale else verdict

    @property
    def tries(self) -> list[str]:
        return list(dict.fromkeys([*self.predicts, *self.logs]))


def _step(number: int, *workers: str) -> str:
    return "; ".join(f"step {number}: {worker}" for worker in workers)


def _all_nobody(*numbers: str) -> dict[str, str]:
    return dict.fromkeys(numbers, NOBODY)


CLAIMS: dict[str, list[Claim]] = {
    "LKA201": [
        Claim("A name turns automatic dispatch off, whatever the job type.", _all_nobody("2a", "2b", "2c")),
        Claim(
            "Any one dispatch of that name reaches the agent: a token, create_dispatch, agents in room creation.",
            {"3a": _step(2, R), "6a": _step(2, R), "6b": _step(3, R), "7a": _step(2, R)},
        ),
        Claim(
            "Neither side logs an error.",
            _all_nobody("2a", "2b", "2c"),
            {"2a": "no answer: JT_ROOM an empty name", "2c": "no answer: JT_PARTICIPANT an empty name"},
            note="No error, but a line at info level, which names the empty name and not the agent.",
        ),
        Claim(
            "Without a name the agent is dispatched to every new room.",
            {"1a": _step(2, "unnamed ROOM"), "1b": _step(2, "unnamed ROOM")},
            note="To every room that is created while the worker is up (11a) and whose creation lists no agents (8c).",
            also=_all_nobody("11a", "8c"),
        ),
    ],
    "LKA202": [
        Claim(
            "Job types must match on both sides: a token's dispatch does not reach a JT_ROOM worker.",
            _all_nobody("3a"),
            note="A dispatch has no job type. On a fresh room a token reaches workers of every type.",
            also={
                "3a": _step(2, R),
                "5d": f"step 2: {A}, for ana; step 3: {A}, for ben",
            },
        ),
        Claim(
            "The server offers every dispatch to all job types.",
            {"5a": f"step 2: {P}, for ana; step 3: {P}, for ben", "15c": f"step 3: {A}, for ana; step 3: {R}"},
            {"3a": "no worker: JT_PARTICIPANT `agent`"},
            note="Hence the line about JT_PARTICIPANT in the log beside a JT_ROOM worker that got its job: no fault.",
        ),
        Claim(
            "A token's configuration counts only if that join creates the room.",
            {"3a": _step(2, R), **_all_nobody("4a", "4b")},
            note="So it is for JT_PUBLISHER and JT_PARTICIPANT workers too (5b, 5c, 5e, 5f): this half is not about "
            "JT_ROOM. A room that was deleted is fresh again (4c).",
            also={**_all_nobody("5b", "5c", "5e", "5f"), "4c": _step(4, R)},
        ),
        Claim(
            "A JT_ROOM job is offered once, when the room is created; a worker that is not up then never gets it.",
            _all_nobody("11a", "11b", "11d", "13a"),
            note="This half is about JT_ROOM: JT_PARTICIPANT and JT_PUBLISHER workers that register late are offered "
            "whoever joins or publishes from then on (11e, 11g). It holds for automatic dispatch as well (11a).",
            also={"11e": f"step 3: {A}, for ben", "11g": f"step 3: {P}, for ben"},
        ),
        Claim(
            "Otherwise the dispatch is dropped silently.",
            _all_nobody("4a", "4b", "11b", "13a"),
            {"11b": "no worker: JT_ROOM `agent`"},
            note="The join succeeds. A missing worker leaves a line at info level in the server's log; a room that "
            "exists leaves none.",
        ),
        Claim(
            "Cure: create_dispatch.",
            {"6b": _step(3, R), "11h": _step(3, R)},
            note="It works on a room that exists and repairs a missed token; but the worker must be up at that moment "
            "too (11c), and on a fresh room unnamed workers are started as well (6h).",
            also={"11c": NOBODY, "6h": _step(3, R, "unnamed ROOM")},
        ),
        Claim(
            "Cure: agents in room creation.",
            {"7a": _step(2, R)},
            note="Under the token's own conditions: the call must create the room (7b, 7c) and the worker must be up "
            "(11d).",
            also=_all_nobody("7b", "7c", "11d"),
        ),
        Claim(
            "If rooms are always created by the join that carries the token, the pairing works.", {"3a": _step(2, R)}
        ),
    ],
    "LKA203": [
        Claim(
            "The server accepts the dispatch, finds no worker of that name, and nobody is told.",
            {**_all_nobody("8c", "9a", "9b", "9c"), "9e": _step(2, "unnamed ROOM")},
        ),
        Claim("Names are compared exactly, case included.", _all_nobody("9a", "9b", "9c", "9d")),
        Claim(
            "The only trace is a line of the server's log at info level.",
            _all_nobody("9a"),
            {"9a": "no worker: JT_ROOM `Agent`", "9c": "no worker: JT_ROOM `my_agent`"},
        ),
        Claim(
            "This dispatch reaches nobody.",
            {**_all_nobody("9a"), "11c": NOBODY},
            note="For good with JT_ROOM. The dispatch stays in the room, so a JT_PARTICIPANT worker that registers the "
            "name later is offered the next participant (11f).",
            also={"11f": f"step 3: {A}, for ana"},
        ),
    ],
    "LKA204": [
        Claim(
            "A JT_PARTICIPANT worker that only room-level dispatches name gets no job.",
            _all_nobody("6f", "6g", "7e"),
            note="It gets one job for each participant, from create_dispatch (those who are there and those who come) "
            "and from CreateRoom. What can be said: it is started for each participant, not once for the room, and not "
            "before somebody joins (6f).",
            also={
                "6f": f"step 3: {A}, for ana",
                "6g": f"step 3: {A}, for ana; step 4: {A}, for ben",
                "7e": f"step 3: {A}, for ana",
            },
        ),
        Claim(
            "A token's dispatch reaches a JT_PARTICIPANT worker.",
            {"5d": f"step 2: {A}, for ana; step 3: {A}, for ben"},
            note="Only if that join creates the room (5e, 5f), and then for every participant of the room, not for the "
            "token's own alone.",
            also=_all_nobody("5e", "5f"),
        ),
    ],
    "LKA205": [
        Claim(
            "Where a room lists agents explicitly, automatic dispatch is off in it.",
            {"8a": _step(3, R), "8b": _step(3, R), **_all_nobody("8c", "8e", "8f")},
            note="Even if nobody of the listed name is there (8c). An empty list is no list (1e), and a listed empty "
            "name stands for the unnamed workers (8d).",
            also={"1e": _step(2, "unnamed ROOM"), "8d": _step(3, R, "unnamed ROOM")},
        ),
        Claim(
            "One room source without agents is enough to serve the unnamed worker.",
            {"8g": _step(2, "unnamed ROOM")},
        ),
        Claim(
            "create_dispatch of another name starves the unnamed worker too.",
            {"6h": _step(3, R), "6i": _step(4, R)},
            note="It does not: the room that it creates lists no agents, so the unnamed worker is started as well. "
            "Only tokens and room creation count. create_dispatch with an empty name serves a starved worker (12c).",
            also={
                "6h": _step(3, R, "unnamed ROOM"),
                "6i": f"step 3: unnamed ROOM; step 4: {R}",
                "12c": _step(3, "unnamed ROOM"),
            },
        ),
    ],
    "LKA206": [
        Claim(
            "A token's configuration is ignored where the room was created without agents before.",
            _all_nobody("4a", "4b", "5b", "5e"),
            note="Whatever the worker's job type. Agents in a second CreateRoom are ignored as well (7b).",
            also=_all_nobody("7b"),
        ),
        Claim(
            "After create_dispatch a token's configuration still counts.",
            {"10c": f"step 2: {R}; step 3: {R}"},
            note="It is ignored: create_dispatch creates the room too.",
            also={"10c": _step(2, R)},
        ),
        Claim(
            "Where the room was created with the agents, nothing is lost.",
            {"10e": _step(2, R)},
        ),
        Claim(
            "A room that was deleted in between is fresh again.",
            {"4c": _step(4, R)},
        ),
    ],
    "LKA207": [
        Claim("create_dispatch twice starts the agent twice.", {"10a": f"step 2: {R}; step 3: {R}"}),
        Claim(
            "A token and create_dispatch for one room start the agent twice.",
            {"10b": f"step 2: {R}; step 3: {R}"},
            note="Only in this order. If create_dispatch comes first, the token is ignored and the agent is started "
            "once (10c).",
            also={"10c": _step(2, R)},
        ),
        Claim("CreateRoom with agents and create_dispatch start it twice.", {"10d": f"step 2: {R}; step 3: {R}"}),
        Claim("The same name twice in one list starts it twice.", {"10g": f"step 2: {R} ×2"}),
        Claim(
            "Two tokens, CreateRoom and a token, or CreateRoom twice start it twice.",
            dict.fromkeys(["10e", "10f", "10i"], f"step 2: {R} ×2"),
            note="Once: only what creates the room counts. These are no duplicates.",
            also=dict.fromkeys(["10e", "10f", "10i"], _step(2, R)),
        ),
        Claim(
            "A JT_PARTICIPANT worker gets two jobs for each participant.",
            {"10h": f"step 2: {A}, for ana; step 3: {A}, for ana; step 4: {A}, for ben ×2"},
        ),
    ],
    "LKA210": [
        Claim("A dispatch with an empty name reaches no named worker.", _all_nobody("12d")),
        Claim(
            "An explicit empty name beside an unnamed worker is legal.",
            {"12c": _step(3, "unnamed ROOM")},
            note="In a room with automatic dispatch it starts the worker a second time (12a, 12b).",
            also={"12a": "step 2: unnamed ROOM ×2", "12b": "step 2: unnamed ROOM; step 3: unnamed ROOM"},
        ),
    ],
    "LKA211": [
        Claim(
            "Of two workers under one name, or of two unnamed ones, one gets the job.",
            {"15a": _step(3, R), "15b": _step(3, "unnamed ROOM")},
            note="Two workers of different job types under one name each get theirs (15c).",
            also={"15c": f"step 3: {A}, for ana; step 3: {R}"},
        ),
    ],
}
