"""The Python front end: libcst visitors that turn one file into facts.

libcst is imported here and nowhere else but in fixes, and only when a file is extracted.
"""

from __future__ import annotations

import msgspec

from lkagent_lint.facts.file import FileFacts, Problem


def extract(data: bytes, words: frozenset[str] = frozenset()) -> FileFacts:
    """The facts of one Python file's bytes. A definition that holds one of ``words`` is read, whatever else is in it.

    A file that cannot be parsed gives facts that hold the problem and nothing else. Call it with a deep stack
    (``stack.run_deep``): libcst and the walk recurse with the nesting of the source.
    """
    from lkagent_lint.frontends.python import fields
    from lkagent_lint.frontends.python.dispatches import find_dispatches
    from lkagent_lint.frontends.python.drafts import FileDraft
    from lkagent_lint.frontends.python.names import members_asked_for, sdk_names
    from lkagent_lint.frontends.python.parse import TOO_DEEP, parse
    from lkagent_lint.frontends.python.positions import Positions
    from lkagent_lint.frontends.python.walker import Walker
    from lkagent_lint.frontends.python.words import LEGACY_MODULES, LEGACY_NAMES
    from lkagent_lint.frontends.python.workers import find_servers, find_starts, find_workers

    parsed = parse(data, words)
    if isinstance(parsed, Problem):
        return FileFacts(problems=(parsed,))
    draft = FileDraft()
    try:
        parsed.module.visit(Walker(draft))
        draft.module.graph.goto(1)
        positions = Positions(parsed.module, draft.wanted())
    except RecursionError:
        return FileFacts(problems=(TOO_DEEP,))
    legacy = any(
        module.startswith(LEGACY_MODULES) or module.rpartition(".")[2] in LEGACY_NAMES
        for module in draft.modules
        if module.startswith("livekit.")
    )
    facts = FileFacts(
        modules=tuple(draft.modules),
        stars=tuple(draft.stars),
        classes=draft.classes,
        flows={name: flow.freeze(positions) for name, flow in draft.flows.items()},
        inert=parsed.inert,
        legacy=legacy,
        sdk_names=() if parsed.host is None else sdk_names(parsed.text, parsed.host),
        asked_for=members_asked_for(parsed.text),
    )
    return msgspec.structs.replace(
        facts,
        workers=tuple(find_workers(facts)),
        servers=tuple(find_servers(facts)),
        starts=tuple(find_starts(facts)),
        dispatches=tuple(find_dispatches(facts)),
        sip_rules=tuple(fields.sip_rules(facts)),
        room_sources=tuple(fields.room_sources(facts)),
        dropped=tuple(fields.dropped(facts)),
    )
