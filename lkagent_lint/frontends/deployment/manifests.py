"""Compose files, pods of Kubernetes, and the scripts of package.json.

Sources: Compose specification, https://docs.docker.com/reference/compose-file/services/ (``command``, ``entrypoint``,
``stop_grace_period``, 10 s by default); Kubernetes, "Pod Lifecycle", "Termination of Pods" (30 s by default), and
"Define a Command and Arguments for a Container".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lkagent_lint.facts.deployment import ProcessCommand, ProcessFact, ProcessKind
from lkagent_lint.frontends.deployment.shell import commands_of, split, unwrapped
from lkagent_lint.sources.documents import (
    DocumentNode,
    MappingNode,
    ScalarNode,
    SequenceNode,
    json_documents,
    mappings,
    yaml_documents,
)
from lkagent_lint.text import Span

_DURATION = re.compile(r"(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m(?!s))?(?:(?P<s>\d+(?:\.\d+)?)s?)?")


def processes(text: str) -> Iterator[ProcessFact]:
    """What a YAML file starts: the services of a compose file, the containers of pods."""
    for document in yaml_documents(text) or ():
        if not isinstance(document, MappingNode):
            continue
        services = document.get("services")
        if isinstance(services, MappingNode):
            for key, service in services.entries:
                if isinstance(service, MappingNode):
                    yield _service(key, service)
        elif document.key("apiVersion") is not None:
            for pod in mappings(document):
                yield from _pod(pod)


def scripts(text: str) -> Iterator[ProcessFact]:
    """The scripts of a package.json, each by its name."""
    for document in json_documents(text) or ():
        given = document.get("scripts") if isinstance(document, MappingNode) else None
        if isinstance(given, MappingNode):
            for key, value in given.entries:
                if isinstance(value, ScalarNode):
                    yield ProcessFact(
                        kind=ProcessKind.SCRIPT,
                        name=key.text,
                        span=value.span,
                        commands=commands_of(value.text),
                        shell="sh",
                    )


def _service(key: ScalarNode, service: MappingNode) -> ProcessFact:
    """A service; what it takes over from others (``extends``) may say what is not said here."""
    entry, command = _get(service, "entrypoint"), _get(service, "command")
    is_open = service.key("extends") is not None
    commands, shell, span = _process(entry, command)
    grace = _get(service, "stop_grace_period")
    image, stage = _image(_get(service, "build"))
    return ProcessFact(
        kind=ProcessKind.COMPOSE,
        name=key.text,
        span=span or key.span,
        commands=commands,
        shell=shell,
        inherits=entry is None and command is None and not is_open,
        image=image,
        stage=stage,
        grace=_seconds(grace),
        says_grace=grace is not None or is_open,
        grace_span=None if grace is None else grace.span,
    )


def _pod(pod: MappingNode) -> Iterator[ProcessFact]:
    containers, grace = pod.get("containers"), pod.get("terminationGracePeriodSeconds")
    if not isinstance(containers, SequenceNode):
        if grace is not None:  # a patch of a pod says no more of it
            yield ProcessFact(kind=ProcessKind.POD, name="", span=grace.span, grace=_seconds(grace), says_grace=True)
        return
    for container in containers.items:
        if isinstance(container, MappingNode):
            name = container.get("name")
            commands, shell, span = _process(container.get("command"), container.get("args"))
            yield ProcessFact(
                kind=ProcessKind.POD,
                name=name.text if isinstance(name, ScalarNode) else "",
                span=span or container.span,
                commands=commands,
                shell=shell,
                grace=_seconds(grace),
                says_grace=grace is not None,
                grace_span=None if grace is None else grace.span,
                hook_seconds=_pre_stop(container),
            )


def _pre_stop(container: MappingNode) -> float:
    """How long the hook before SIGTERM surely takes: what it sleeps; 0 where nobody knows."""
    hook: DocumentNode | None = container
    for key in ("lifecycle", "preStop"):
        hook = hook.get(key) if isinstance(hook, MappingNode) else None
    if not isinstance(hook, MappingNode):
        return 0
    action, run = hook.get("sleep"), hook.get("exec")
    if isinstance(action, MappingNode):
        return _seconds(action.get("seconds")) or 0
    words = _words(run.get("command")) if isinstance(run, MappingNode) else ()
    commands, _ = unwrapped((ProcessCommand(words=words),) if words else ())
    slept = [each.words[1] for each in commands if len(each.words) == 2 and each.words[0].endswith("sleep")]
    return sum(float(each) for each in slept if each.isdecimal())


def _get(service: MappingNode, name: str) -> DocumentNode | None:
    """A value of a service, or of what it merges in (``<<: *defaults``)."""
    own = service.get(name)
    if own is not None:
        return own
    merged = service.get("<<")
    for each in merged.items if isinstance(merged, SequenceNode) else (merged,):
        if isinstance(each, MappingNode) and (found := each.get(name)) is not None:
            return found
    return None


def _process(
    entry: DocumentNode | None, command: DocumentNode | None
) -> tuple[tuple[ProcessCommand, ...], str, Span | None]:
    """An entry point with its arguments, the shell that runs them, and where they stand."""
    words = (*_words(entry), *_words(command))
    commands, shell = unwrapped((ProcessCommand(words=words),) if words else ())
    given = command if command is not None else entry
    return commands, shell, _place(given)


def _words(node: DocumentNode | None) -> tuple[str, ...]:
    if isinstance(node, ScalarNode):
        return tuple(word for each in split(node.text) for word in each.words)
    if isinstance(node, SequenceNode):
        return tuple(each.text if isinstance(each, ScalarNode) else "$" for each in node.items)
    return ()


def _place(node: DocumentNode | None) -> Span | None:
    """Of a list, from its first to its last word."""
    if isinstance(node, SequenceNode) and node.items:
        first, last = node.items[0].span, node.items[-1].span
        return Span(first.line, first.column, last.end_line, last.end_column)
    return None if node is None else node.span


def _image(build: DocumentNode | None) -> tuple[str | None, str]:
    """The file of an image that is built here, relative to the compose file, and its stage."""
    if isinstance(build, ScalarNode):
        return _joined(build.text, "Dockerfile"), ""
    if not isinstance(build, MappingNode):
        return None, ""
    context, file, target = build.get("context"), build.get("dockerfile"), build.get("target")
    return (
        _joined(
            context.text if isinstance(context, ScalarNode) else ".",
            file.text if isinstance(file, ScalarNode) else "Dockerfile",
        ),
        target.text if isinstance(target, ScalarNode) else "",
    )


def _joined(context: str, file: str) -> str | None:
    """None for a context that is no directory of this project, such as an address or a variable."""
    if "$" in context + file or "://" in context or context.startswith("/"):
        return None
    return f"{context.rstrip('/')}/{file}"


def _seconds(node: DocumentNode | None) -> float | None:
    if not isinstance(node, ScalarNode) or not node.text:
        return None
    match = _DURATION.fullmatch(node.text)
    if match is None:
        return None
    return int(match["h"] or 0) * 3600 + int(match["m"] or 0) * 60 + float(match["s"] or 0)
