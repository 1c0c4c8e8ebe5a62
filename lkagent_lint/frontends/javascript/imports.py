"""What a module imports and exports, in both module systems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.sdk_names import AskedBy, SdkName
from lkagent_lint.frontends.javascript.drafts import FileDraft
from lkagent_lint.frontends.javascript.expressions import value_of
from lkagent_lint.frontends.javascript.parse import text_of, unwrap

if TYPE_CHECKING:
    from tree_sitter import Node

    from lkagent_lint.frontends.javascript.parse import ParsedFile

_PACKAGES = ("@livekit/", "livekit-")


def imported(node: Node, draft: FileDraft) -> None:
    """``import`` in every form binds names of the module."""
    module = _specifier(node)
    if module is None:
        return
    draft.modules[module] = None
    for each in _descendants(node):
        if each.type == "import_specifier":
            name, alias = each.child_by_field_name("name"), each.child_by_field_name("alias")
            if name is not None:
                draft.module.bind(text_of(alias or name), v.External(module, text_of(name)))
        elif each.type == "namespace_import" and each.named_child_count:
            draft.module.bind(text_of(each.named_children[0]), v.External(module, "*"))
        elif each.type == "identifier" and each.parent is not None and each.parent.type == "import_clause":
            draft.module.bind(text_of(each), v.External(module, "default"))


def names_of_sdk(node: Node, source: ParsedFile) -> Iterator[SdkName]:
    """The names that an import asks a LiveKit package for. Types are gone at run time, so they are left out."""
    module = _specifier(node)
    if module is None or not module.startswith(_PACKAGES) or any(child.type == "type" for child in node.children):
        return
    for each in _descendants(node):
        name, alias = each.child_by_field_name("name"), each.child_by_field_name("alias")
        if each.type == "import_specifier" and name is not None and source.is_used(text_of(alias or name)):
            if not any(child.type == "type" for child in each.children):
                yield SdkName(module, text_of(name), AskedBy.FROM, source.span(name), False)


def names_of_namespaces(draft: FileDraft) -> Iterator[SdkName]:
    """What is called of a LiveKit package, or of a namespace that it exports: ``new voice.AgentSession()``."""
    for flow, member, span in draft.called:
        names: list[str] = []
        here: v.Expr = member
        while isinstance(here, v.Attribute):
            names.insert(0, here.name)
            here = here.base
        home = flow.lookup(here.name) if isinstance(here, v.Name) else None
        held = home.variables.get(here.name, []) if home is not None and isinstance(here, v.Name) else []
        match held:
            case [v.External(module, name)] if module.startswith(_PACKAGES) and name != "default":
                asked = names if name == "*" else [name, *names]
                yield SdkName(module, ".".join(asked), AskedBy.ATTRIBUTE, span, False)
            case _:
                pass


def exported(node: Node, draft: FileDraft) -> None:
    """``export { a as b }``, ``export … from``, ``export * from``; declarations and values are walked elsewhere."""
    module = _specifier(node)
    if module is not None:
        draft.modules[module] = None
    clauses = [child for child in node.named_children if child.type in ("export_clause", "namespace_export")]
    for clause in clauses:
        if clause.type == "namespace_export":
            if module is not None and clause.named_child_count:
                draft.module.bind(text_of(clause.named_children[0]), v.External(module, "*"))
            continue
        for each in clause.named_children:
            name, alias = each.child_by_field_name("name"), each.child_by_field_name("alias")
            if name is not None:
                local = text_of(name)
                held: v.Expr = v.Name(local) if module is None else v.External(module, local)
                if module is not None or (alias is not None and text_of(alias) != local):
                    draft.module.bind(text_of(alias or name), held)
    if module is not None and not clauses and any(child.type == "*" for child in node.children):
        draft.stars.append(module)


def exported_by_assignment(target: str, value: v.Expr, draft: FileDraft) -> None:
    """``module.exports = {...}`` and ``exports.name = ...``."""
    if target == "module.exports":
        draft.module.bind("default", value)
        for key, each in value.entries if isinstance(value, v.Mapping) else ():
            if key != "**" and each != v.Name(key):
                draft.module.bind(key, each)
    elif target.startswith(("exports.", "module.exports.")):
        name = target.rpartition(".")[2]
        if value != v.Name(name):
            draft.module.bind(name, value)


def _specifier(node: Node) -> str | None:
    """The module that an import or a re-export names."""
    source = node.child_by_field_name("source")
    value = None if source is None else value_of(unwrap(source))
    return value.value if isinstance(value, v.Text) else None


def _descendants(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        yield child
        yield from _descendants(child)
