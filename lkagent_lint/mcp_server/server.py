"""The server: its tools and resources, as clients see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from mcp.server.mcpserver import Context, ListRoots, MCPServer, Resolve
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.types import ListRootsResult, ToolAnnotations
from pydantic import Field

from lkagent_lint import __version__, rulebook
from lkagent_lint.config import ConfigError
from lkagent_lint.mcp_server import answers
from lkagent_lint.mcp_server.answers import ClientQuestion, RefusedError
from lkagent_lint.mcp_server.pages import BUDGET, LEAST, MOST, CursorError
from lkagent_lint.mcp_server.workspace import OutsideError, workspace_of
from lkagent_lint.writing import WriteError

_INSTRUCTIONS = """\
Checks LiveKit agents (Python and Node): the job's lifecycle, dispatches, and names that the SDK does not have.
Ask `sdk` before you write a name of the SDK that you are not sure of. Run `check` after you have edited files, or with
`text` before you save one. `explain` tells what a rule is about, `why` why it speaks at a line or does not.
"""

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)


def client_roots(ctx: Context) -> ListRoots | ListRootsResult:
    """Asks a client that has roots for them; one that has none names nothing."""
    capabilities = ctx.client_capabilities
    return ListRootsResult(roots=[]) if capabilities is None or capabilities.roots is None else ListRoots()


NamedRoots = Annotated[ListRootsResult, Resolve(client_roots)]
Paths = Annotated[list[str] | None, Field(description="Files and directories; every root if none are given.")]
Budget = Annotated[int, Field(ge=LEAST, le=MOST, description="The most tokens of the answer, about.")]
Cursor = Annotated[str | None, Field(description="From the end of an answer that goes on.")]
SdkLanguage = Literal["python", "node"]


class _Tools:
    """The tools for clients of one server. ``directory`` stands in for the roots of a client that names none."""

    def __init__(self, directory: str) -> None:
        self._directory = directory

    def check(
        self,
        roots: NamedRoots,
        paths: Paths = None,
        text: Annotated[str | None, Field(description="Text to check instead; it is not written.")] = None,
        name: Annotated[str | None, Field(description="The file that the text would be saved as.")] = None,
        budget: Budget = BUDGET,
        cursor: Cursor = None,
    ) -> str:
        """Find mistakes of LiveKit agents: by file, each with its place, code, what to do, and the diff of a fix."""
        return self._said(roots, budget, cursor, lambda asking: answers.checked(asking, paths or [], text, name))

    def explain(
        self,
        roots: NamedRoots,
        rule: Annotated[str, Field(description="LKA101, or its name.")],
        budget: Budget = BUDGET,
        cursor: Cursor = None,
    ) -> str:
        """The page of a rule: what it finds, why that is bad, an example, and when it stays silent."""
        return self._said(roots, budget, cursor, lambda asking: answers.explained(asking, rule))

    def why(
        self,
        roots: NamedRoots,
        file: str,
        line: Annotated[int, Field(ge=1)],
        rule: Annotated[str | None, Field(description="A rule's code or name, if one is in question.")] = None,
        budget: Budget = BUDGET,
        cursor: Cursor = None,
    ) -> str:
        """How names, releases and states were resolved at a line, and which of a rule's conditions hold there."""
        return self._said(roots, budget, cursor, lambda asking: answers.reasons(asking, file, line, rule))

    def graph(
        self,
        roots: NamedRoots,
        paths: Paths = None,
        everything: Annotated[bool, Field(description="Also where agents' names stand as words.")] = False,
        budget: Budget = BUDGET,
        cursor: Cursor = None,
    ) -> str:
        """Who dispatches whom: workers, dispatches, and whether each worker would ever get a job."""
        return self._said(
            roots, budget, cursor, lambda asking: answers.drawn(asking, paths or [], everything=everything)
        )

    def fix(
        self,
        roots: NamedRoots,
        paths: Paths = None,
        unsafe: Annotated[bool, Field(description="Also fixes that may change more than the finding.")] = False,
        apply: Annotated[bool, Field(description="Write the files. Without it nothing is written.")] = False,
        budget: Budget = BUDGET,
        cursor: Cursor = None,
    ) -> str:
        """What mends the findings, as a unified diff; the files are written only with apply=true."""
        return self._said(
            roots, budget, cursor, lambda asking: answers.mended(asking, paths or [], unsafe=unsafe, apply=apply)
        )

    def sdk(
        self,
        roots: NamedRoots,
        name: Annotated[
            str, Field(description="As in code: AgentSession, session.say, AgentSession.start(room=), an event.")
        ],
        path: Annotated[str, Field(description="A file or directory, whose project pins the release.")] = "",
        language: Annotated[SdkLanguage | None, Field(description="Whose SDK, if the project has both.")] = None,
        budget: Budget = BUDGET,
    ) -> str:
        """Whether the LiveKit SDK has a name, keyword, event or attribute in the release that this project pins, since
        when, and what took its place.
        """
        return self._said(roots, budget, None, lambda asking: answers.offered(asking, name, path, language))

    def _said(
        self, roots: ListRootsResult, budget: int, cursor: str | None, answer: Callable[[ClientQuestion], str]
    ) -> str:
        try:
            workspace = workspace_of((str(each.uri) for each in roots.roots), self._directory)
            answers.exists(workspace)
            return answer(ClientQuestion(workspace, budget, cursor))
        except (RefusedError, OutsideError, CursorError, ConfigError, WriteError) as error:
            raise ToolError(str(error)) from None


def server_for(directory: str) -> MCPServer:
    """The server, for a working directory (absolute path)."""
    server = MCPServer("lkagent-lint", instructions=_INSTRUCTIONS, version=__version__, log_level="WARNING")
    tools = _Tools(directory)
    for tool in (tools.check, tools.explain, tools.why, tools.graph, tools.sdk):
        server.add_tool(tool, annotations=_READS, structured_output=False)
    server.add_tool(tools.fix, annotations=_WRITES, structured_output=False)

    @server.resource("lkagent-lint://rules", name="rules", mime_type="text/plain")
    def rules() -> str:  # pyright: ignore[reportUnusedFunction]
        """Every rule with its summary."""
        return answers.index()

    @server.resource("lkagent-lint://rules/{rule}", name="rule", mime_type="text/markdown")
    def rule(rule: str) -> str:  # pyright: ignore[reportUnusedFunction]
        """The page of a rule, by its code or name."""
        try:
            return rulebook.markdown(rulebook.page(answers.rule_of(rule)))
        except RefusedError as error:
            raise ResourceNotFoundError(str(error)) from None

    return server
