"""Tries on a real LiveKit server what the dispatch rules (LKA2) claim.

Run it from the project's directory, in an environment with `pip install livekit livekit-api livekit-agents`, and with
LKAGENT_LINT_NODE_MODULES naming the result of `npm install @livekit/agents @livekit/protocol`:

    python -m tools.server_claims            run all tries and print the document
    python -m tools.server_claims --only 3   only the tries whose number begins with 3
    python -m tools.server_claims --write    write docs/server-behaviour.md
    python -m tools.server_claims --check    exit with 1 if the outcomes differ from docs/server-behaviour.md

The server is taken from `LIVEKIT_SERVER_BIN`, else from the PATH, else built with the Go toolchain. It listens on
loopback only. Without a server, or without the packages, it says so and exits with 2.
"""
