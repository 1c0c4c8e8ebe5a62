"""Which object of the room an expression is: a track, a publication, a participant, the room."""

from __future__ import annotations

from functools import cached_property

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Flow, Parameter
from lkagent_lint.facts.scopes import owner_of, qualified
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Closure, SdkMethod, SdkObject, only
from lkagent_lint.questions.listeners import Listeners
from lkagent_lint.sources.sdk.vocabulary import Role, snake

_PUBLICATIONS = ("TrackPublication", "RemoteTrackPublication", "LocalTrackPublication")
_PARTICIPANTS = ("Participant", "RemoteParticipant", "LocalParticipant")
_TRACKS = (
    *(
        "Track",
        "RemoteTrack",
        "LocalTrack",
        "RemoteAudioTrack",
        "RemoteVideoTrack",
        "LocalAudioTrack",
        "LocalVideoTrack",
    ),
    *("AudioTrack", "VideoTrack"),
)
_CLASSES = {
    **dict.fromkeys(_TRACKS, "Track"),
    **dict.fromkeys(_PUBLICATIONS, "TrackPublication"),
    **dict.fromkeys(_PARTICIPANTS, "Participant"),
    "Room": "Room",
}
_PASSED = {
    "track_subscribed": ("Track", "TrackPublication", "Participant"),
    "track_unsubscribed": ("Track", "TrackPublication", "Participant"),
    "track_published": ("TrackPublication", "Participant"),
    "track_unpublished": ("TrackPublication", "Participant"),
    "local_track_published": ("TrackPublication",),
    "participant_connected": ("Participant",),
    "participant_disconnected": ("Participant",),
}
"""What the room's events pass, in both languages (``rtc/room.py``, ``room.ts``)."""
_WAITS = (SdkMethod("JobContext", "wait_for_participant"),)


class RoomObjects:
    """Answers for one project."""

    def __init__(self, project: Project, listeners: Listeners) -> None:
        self._project = project
        self._listeners = listeners

    def class_of(self, value: v.Expr, activation: Activation) -> str:
        """``Track``, ``TrackPublication``, ``Participant`` or ``Room``; empty where it is not known to be any."""
        found = activation.value(value)
        if found == only(SdkObject("Room")):
            return "Room"
        if found == only(SdkObject("LocalParticipant")):
            return "Participant"
        match value:
            case v.Name(name):
                return self._named(name, activation)
            case v.Attribute(base, "track"):
                return "Track" if self.class_of(base, activation) == "TrackPublication" else ""
            case v.Result(number):
                waits = activation.targets(activation.flow.calls[number])
                return "Participant" if waits == only(_WAITS[0]) else ""
            case _:
                return ""

    def _named(self, name: str, activation: Activation) -> str:
        flow = owner_of(activation.facts, activation.flow, name)
        if flow is None:
            return ""
        values = flow.variables.get(name, ())
        parameters = [each for each in flow.parameters if each.name == name]
        if not parameters:
            return self.class_of(values[0], activation.around(flow)) if len(values) == 1 else ""
        return "" if values else self._parameter(parameters[0], flow, activation)

    def _parameter(self, parameter: Parameter, flow: Flow, activation: Activation) -> str:
        if parameter.annotation is not None:
            return _CLASSES.get(self._annotated(parameter.annotation, flow, activation), "")
        kinds = self._handlers.get((activation.path, flow.name), ())
        own = [each.name for each in flow.parameters if each.kind == "positional"][1 if flow.owner else 0 :]
        at = own.index(parameter.name) if parameter.name in own else len(kinds)
        return kinds[at] if at < len(kinds) else ""

    def _annotated(self, annotation: v.Expr, flow: Flow, activation: Activation) -> str:
        """The class of the room's package that an annotation means; empty for all others."""
        if activation.is_node:
            name = annotation.name if isinstance(annotation, (v.Name, v.Attribute)) else ""
            return name if "@livekit/rtc-node" in activation.facts.modules else ""
        dotted = qualified(activation.facts, flow, annotation)
        return dotted.rpartition(".")[2] if dotted.startswith("livekit.rtc.") else ""

    @cached_property
    def _handlers(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """What functions are passed that listen to the room and to nothing else."""
        found: dict[tuple[str, str], set[tuple[str, ...]]] = {}
        for handed in self._listeners.handed(Role.LISTENER):
            passed = _PASSED.get(snake(handed.event), ()) if handed.kind == "Room" else ()
            for each in handed.things:
                if isinstance(each, Closure):
                    found.setdefault((each.path, each.flow), set()).add(passed)
        return {function: next(iter(kinds)) for function, kinds in found.items() if len(kinds) == 1}
