"""A text is to be spoken, and nobody has a voice.

## What it does

Reports `session.say(text)` without `audio=` in a project in which no session and no agent is given a TTS, and every
model that one is given is a realtime model that cannot speak a text.

## Why it is bad

A realtime model answers; it does not read a text aloud. The call raises "RuntimeError: trying to generate speech from
text without a TTS model or a RealtimeSession that supports say()" (Node: "trying to generate speech from text without
a TTS model"). In `on_enter` that is only logged, and the greeting is lost.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When a TTS is given or set anywhere in the project, or may be by `**`; when some model is not known, or is one that may
speak a text; when a session is made in a way that is not followed; when audio output is turned off anywhere.

## Evidence

livekit-agents 1.8.9, `voice/agent_activity.py` 1738-1748; run. @livekit/agents 1.9.0, `voice/agent_activity.js` 1119.
Of the plugins only those of Phonic and xAI had realtime models that support `say`.

## Fix safety

There is no fix: `generate_reply(instructions=...)` does not say the text word for word.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.facts.following import argument
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.things import Activation, Record, Sdk, SdkObject, Thing
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA415",
    "speech-without-tts",
    Severity.ERROR,
    "a text is to be spoken, and nobody has a voice",
    basis=Basis.REFUSAL,
)

_MUTE = ("openai", "google", "aws", "azure", "ultravox", "gemini")
"""The plugins whose realtime models cannot speak a text."""
_SILENT = frozenset(
    {"audio_enabled", "audio_output", "audioEnabled", "set_audio_enabled", "setAudioEnabled", "tts_node"}
)
"""Words by which somebody turns the audio off, or makes it himself."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    said = [each for each in subject.methods.of("AgentSession", "say") if _is_text(each)]
    if said and not subject.project.has_gaps and _has_no_voice(subject):
        for each in said:
            yield _finding(each)


def _is_text(found: WrittenCall) -> bool:
    call = found.call
    if len(call.args) > 1:
        given = call.args[1]
        return isinstance(given, v.Mapping) and not {"audio", "**", ""}.intersection(name for name, _ in given.entries)
    first = argument(call, 0, "text")
    return first is not None and first != v.OPAQUE and argument(call, None, "audio") is None


def _has_no_voice(subject: Subject) -> bool:
    made = mute = 0
    for activation in subject.methods.activations(lambda flow: True):
        flow = activation.flow
        if flow.own_name in ("tts_node", "ttsNode") or any(each.name.lstrip("_") == "tts" for each in flow.stores):
            return False
        for call in flow.calls:
            mute += any(name == "llm" for name, _ in (*call.keywords, *_entries(call)))
            if word_of(call) in _SILENT or not _gives_no_voice(list(call.keywords), activation):
                return False
            if not _gives_no_voice(_entries(call), activation):
                return False
            if word_of(call) in ("AgentSession", "LiveSession"):
                made += 1
                if not _is_plain(call.args, list(call.keywords), activation):
                    return False
    return bool(made and mute)


def _entries(call: Call) -> list[tuple[str, v.Expr]]:
    return [entry for each in call.args if isinstance(each, v.Mapping) for entry in each.entries]


def _gives_no_voice(entries: list[tuple[str, v.Expr]], activation: Activation) -> bool:
    for name, value in entries:
        if name == "tts" or name in _SILENT:
            return False
        if name == "llm" and not all(map(_is_mute, activation.value(value) or [None])):
            return False
    return True


def _is_mute(thing: Thing | None) -> bool:
    """A realtime model that cannot speak a text."""
    name = thing.kind if isinstance(thing, SdkObject) else thing.name if isinstance(thing, Sdk) else ""
    parts = name.split(".")
    return "RealtimeModel" in parts and len(parts) > 2 and parts[:2] == ["livekit", "plugins"] and parts[2] in _MUTE


def _is_plain(args: tuple[v.Expr, ...], keywords: list[tuple[str, v.Expr]], activation: Activation) -> bool:
    """All that a session is given is written out."""
    if any(name == "**" for name, _ in keywords) or any(isinstance(each, v.Spread) for each in args):
        return False
    given = [thing for each in args for thing in activation.value(each)] if activation.is_node else []
    return all(isinstance(each, Record) and not each.open_ended for each in given)


def _finding(found: WrittenCall) -> Diagnostic:
    in_node = words(found.place).spells_camel
    reply = "generateReply({ instructions })" if in_node else "generate_reply(instructions=...)"
    return META.at(
        found.place,
        "session.say() is called, and nobody is given a TTS",
        note=f"session.say() {'throws' if in_node else 'raises RuntimeError'} (trying to generate speech from text "
        "without a TTS model): no session or agent of the project is given a TTS, and its realtime model cannot speak "
        "a text",
        help=f"give the session a tts, or let the model speak by {reply}",
        label="nobody can speak this",
        subject=found.activation.name,
    )
