"""What the rules say of @livekit/agents."""

from __future__ import annotations

import textwrap
from functools import partial

import pytest

from tests.sdk.harness import Output, Sdk, claim

node_claim = partial(claim, node=True)

_JOB = """\
import * as agents from '@livekit/agents';
import {{ run, said }} from './stage.mjs';

const {{ voice }} = agents;

await run(async (ctx) => {{
  const session = new voice.AgentSession({{}});
  const agent = new voice.Agent({{ instructions: 'x' }});
{body}
}});
"""


def _job(sdk: Sdk, body: str) -> Output:
    """What this says within a job's context, over a room that connects to nothing."""
    return sdk.run(_JOB.format(body=textwrap.indent(textwrap.dedent(body), "  ")))


def _options(sdk: Sdk, options: str, read: str) -> Output:
    """What worker options hold that are made so."""
    return sdk.run(
        f"""
        import {{ ServerOptions }} from '@livekit/agents';
        import {{ JobType }} from '@livekit/protocol';

        const options = new ServerOptions({{ agent: 'agent.mjs', {options} }});
        console.log('READ', JSON.stringify(options.{read}), JobType.JT_ROOM, JobType.JT_PUBLISHER);
        process.exit(0);
        """
    )


@node_claim("LKA101", "Node since @livekit/agents 1.0.3", since="1.0.3")
def test_start_connects(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        await session.start({ agent, room: ctx.room });
        console.log('STARTED');
        await ctx.connect();
        console.log('AGAIN');
        """,
    )
    seen.says("CONNECT autoSubscribe=true", "CONNECTED", "STARTED", "AGAIN")
    assert seen.text.count("CONNECTED") == 1


@node_claim("LKA107", "@livekit/agents 1.7.0, `job.ts` 330 (since 1.0.3)", since="1.0.3")
def test_options_of_a_second_connect_are_dropped(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        await session.start({ agent, room: ctx.room });
        await ctx.connect(undefined, agents.AutoSubscribe.SUBSCRIBE_NONE);
        console.log('AGAIN');
        """,
    )
    seen.says("CONNECT autoSubscribe=true", "AGAIN")
    seen.never_says("autoSubscribe=false")


@node_claim("LKA104", "(Node: `Error: room is not connected`)")
def test_a_wait_outside_the_room_throws(sdk: Sdk) -> None:
    seen = _job(sdk, "await ctx.waitForParticipant();")
    seen.says("Error: room is not connected")


@node_claim("LKA106", '`generateReply` then throws "AgentSession is not running"')
def test_a_start_that_nobody_awaits_has_not_started(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        session.start({ agent, room: ctx.room });
        session.generateReply({ userInput: 'hello' });
        """,
    )
    seen.says("AgentSession is not running")


@node_claim("LKA108", '("AgentSession is not running")')
def test_a_session_that_has_not_started_throws(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        for (const call of [() => session.say('hello'), () => session.generateReply({}), () => session.interrupt()]) {
          try {
            await call();
          } catch (error) {
            said(error);
          }
        }
        """,
    )
    seen.says(*["AgentSession is not running"] * 3)


@node_claim("LKA109", "`ctx.room.localParticipant`, `ctx.agent`, `ctx.room.name` and `ctx.room.metadata` are undefined")
def test_the_room_is_undefined_before_it_is_joined(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        "console.log('READ', ctx.room.localParticipant, ctx.agent, ctx.room.name, ctx.room.metadata, "
        "ctx.job.room?.name);",
    )
    seen.says("READ undefined undefined undefined undefined room")


@node_claim("LKA109", 'In Node only the player raises ("Local participant not available")')
def test_background_audio_cannot_start_before_the_room_is_joined(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        try {
          await new voice.BackgroundAudioPlayer({}).start({ room: ctx.room });
        } catch (error) {
          console.log('RAISED', error.message);
        }
        """,
    )
    seen.says("RAISED Local participant not available")


@node_claim("LKA116", "Without `room=` the session neither joins the room nor hears or speaks in it", since="1.0.3")
def test_a_session_without_a_room_joins_nothing(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        await session.start({ agent });
        console.log('STARTED', ctx.room.isConnected);
        """,
    )
    seen.says("STARTED false")
    seen.never_says("CONNECT")


@node_claim("LKA117", "The room is joined twice under one identity", since="1.0.3")
def test_overlapping_connect_and_start_join_twice(sdk: Sdk) -> None:
    seen = _job(sdk, "await Promise.all([ctx.connect(), session.start({ agent, room: ctx.room })]);")
    assert seen.text.count("CONNECT ") == 2


@node_claim("LKA307", "Node drops what it does not know, and nothing says so")
@pytest.mark.parametrize(("options", "read"), [("agent_name: 'x'", "agentName"), ("idleProcesses: 3", "idleProcesses")])
def test_unknown_options_are_dropped(sdk: Sdk, options: str, read: str) -> None:
    seen = _options(sdk, options, read)
    seen.says("READ")
    seen.never_says("READ 3", 'READ "x"', "Error")


@node_claim(
    "LKA308", "`new ServerOptions({ workerType: JobType.JT_PUBLISHER })` has the `serverType` JT_ROOM", since="1.2.0"
)
def test_a_worker_type_is_dropped(sdk: Sdk) -> None:
    seen = _options(sdk, "workerType: JobType.JT_PUBLISHER", "serverType")
    seen.says("READ 0 0 1")


@node_claim("LKA309", "Unable to load agent: Missing or invalid default export", since="1.5.0")
@pytest.mark.parametrize(("exported", "said"), [("{ entry }", True), ("defineAgent({ entry })", False)])
def test_the_jobs_process_refuses_a_plain_object(sdk: Sdk, exported: str, said: bool) -> None:
    """The process is the SDK's own; one that takes the file waits for a message and is ended."""
    seen = sdk.run(
        f"""
        import {{ fork }} from 'node:child_process';
        import {{ writeFileSync }} from 'node:fs';

        writeFileSync('plain.mjs', `
          import {{ defineAgent }} from '@livekit/agents';
          const entry = async (ctx) => {{ await ctx.connect(); }};
          export default {exported};
        `);
        const main = 'node_modules/@livekit/agents/dist/ipc/job_proc_lazy_main.js';
        const child = fork(main, [process.cwd() + '/plain.mjs']);
        child.on('exit', (code) => {{
          console.log('EXIT', code);
          process.exit(0);
        }});
        setTimeout(() => {{
          console.log('WAITS');
          child.kill('SIGKILL');
        }}, 8000);
        """
    )
    if said:
        seen.says("Unable to load agent: Missing or invalid default export", "EXIT 1")
    else:
        seen.says("WAITS")
        seen.never_says("Unable to load agent")


@node_claim("LKA311", "`initializeProcessTimeout: 60` gives a process 60 milliseconds to initialise")
def test_timeouts_are_taken_as_they_are(sdk: Sdk) -> None:
    _options(sdk, "initializeProcessTimeout: 60", "initializeProcessTimeout").says("READ 60 ")
    _options(sdk, "", "initializeProcessTimeout").says("READ 10000 ")


_OFFER = """\
import {{ JobType }} from '@livekit/protocol';
import {{ initializeLogger }} from '@livekit/agents';
import {{ offer }} from './stage.mjs';

initializeLogger({{ pretty: false, level: 'info' }});
await offer({{ {options} }});
"""


@node_claim("LKA306", "in Node nothing is sent at all, and the server waits until it gives up")
def test_nothing_is_sent_for_a_request_without_an_answer(sdk: Sdk) -> None:
    seen = sdk.run(_OFFER.format(options="requestFunc: async (request) => {}"))
    seen.says("REGISTERED JT_ROOM", "no answer was given inside the jobRequestFunc, automatically rejecting the job")
    seen.says("WAITED")
    seen.never_says("ANSWER")


@node_claim("LKA306", "on paths that raise, which is an answer")
def test_a_request_function_that_throws_rejects(sdk: Sdk) -> None:
    seen = sdk.run(_OFFER.format(options="requestFunc: async (request) => { throw new Error('no'); }"))
    seen.says("ANSWER available=false")


@node_claim("LKA308", "the worker is a JT_ROOM worker", since="1.2.0")
def test_a_worker_type_does_not_reach_the_server(sdk: Sdk) -> None:
    sdk.run(_OFFER.format(options="workerType: JobType.JT_PUBLISHER")).says("REGISTERED JT_ROOM")
    sdk.run(_OFFER.format(options="serverType: JobType.JT_PUBLISHER")).says("REGISTERED JT_PUBLISHER")


@node_claim("LKA308", '"invalid int 32: string" is logged')
def test_a_text_cannot_be_sent_as_a_job_type(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import { JobType, WorkerMessage } from '@livekit/protocol';

        for (const type of ['JT_ROOM', JobType.JT_PUBLISHER]) {
          try {
            const message = new WorkerMessage({ message: { case: 'register', value: { type } } });
            console.log('SENT', message.toBinary().length > 0);
          } catch (error) {
            console.log(String(error));
          }
        }
        process.exit(0);
        """
    )
    seen.says("Error: invalid int 32: string", "SENT true")


@node_claim("LKA310", "(`accept` takes name and identity by position)")
def test_accept_takes_name_and_identity_by_position(sdk: Sdk) -> None:
    seen = sdk.run(_OFFER.format(options="requestFunc: async (request) => { await request.accept('Desk', 'desk'); }"))
    seen.says("ANSWER available=true", "identity=desk")


@node_claim("LKA503", '"TypeError: cli.ServerOptions is not a constructor"')
def test_what_a_namespace_does_not_have_is_undefined(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import { cli } from '@livekit/agents';

        console.log('READ', cli.ServerOptions);
        try {
          new cli.ServerOptions({ agent: 'agent.mjs' });
        } catch (error) {
          console.log(String(error));
        }
        process.exit(0);
        """
    )
    seen.says("READ undefined", "TypeError: cli.ServerOptions is not a constructor")


@node_claim("LKA408", "\"TypeError: Cannot read properties of undefined (reading 'id')\" without an agent")
@pytest.mark.parametrize("given", ["ctx", "ctx.room, agent", "agent", "{ room: ctx.room }"])
def test_a_session_does_not_start_without_an_agent(sdk: Sdk, given: str) -> None:
    seen = _job(sdk, f"await session.start({given});\nconsole.log('STARTED');")
    seen.says("TypeError: Cannot read properties of undefined (reading 'id')")
    seen.never_says("STARTED", "CONNECTED")


@node_claim("LKA408", "with a class \"(reading 'toolsets')\", when the room has been joined already")
def test_a_session_does_not_start_with_a_class(sdk: Sdk) -> None:
    seen = _job(sdk, "await session.start({ agent: voice.Agent, room: ctx.room });\nconsole.log('STARTED');")
    seen.says("CONNECTED", "TypeError: Cannot read properties of undefined (reading 'toolsets')")
    seen.never_says("STARTED")


@node_claim("LKA403", '"error while running shutdown callback" is logged, with "TypeError: callback is not a function"')
def test_a_promise_is_no_shutdown_callback(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import { context } from './stage.mjs';
        import { runShutdownCallbacks } from './node_modules/@livekit/agents/dist/job_lifecycle.js';

        const ctx = context();
        const over = async () => console.log('OVER');
        ctx.addShutdownCallback(over());
        console.log('REGISTERED');
        await runShutdownCallbacks(ctx.shutdownCallbacks, {
          error: (held, text) => console.log(`${text}: ${held.error}`),
        });
        process.exit(0);
        """
    )
    seen.says("OVER", "REGISTERED", "error while running shutdown callback: TypeError: callback is not a function")


@node_claim("LKA122", '("AgentSession is not running"); run')
def test_a_closed_session_does_not_speak(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        const speak = () => {
          for (const call of [() => session.say('x'), () => session.generateReply({})]) {
            try {
              call();
            } catch (error) {
              said(error);
            }
          }
        };
        session.on(voice.AgentSessionEventTypes.Close, () => {
          console.log('CLOSED');
          speak();
        });
        await session.start({ agent });
        await session.close();
        console.log('BEHIND');
        speak();
        """,
    )
    seen.says("CLOSED", *["AgentSession is not running"] * 2, "BEHIND", *["AgentSession is not running"] * 2)


@node_claim("LKA123", "`voice/agent_session.js` 510; run")
def test_a_second_start_does_nothing(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        await session.start({ agent });
        await session.start({ agent: new voice.Agent({ instructions: 'two' }) });
        console.log('AGENT', session.currentAgent.instructions);
        """,
    )
    seen.says("AGENT x")


@node_claim("LKA315", '("Voice agent userData is not set"); run')
def test_userdata_that_was_not_given_throws(sdk: Sdk) -> None:
    _job(sdk, "console.log(ctx.proc.userData.vad); session.userData;").says(
        "undefined", "Voice agent userData is not set"
    )


@node_claim("LKA415", '(Node: "trying to generate speech from text without a TTS model")')
def test_nobody_speaks_a_text_without_a_voice(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        await session.start({ agent, room: ctx.room });
        session.say('Welcome.');
        """,
    )
    seen.says("trying to generate speech from text without a TTS model")


@node_claim("LKA417", "`llm/chat_context.js` 888-900; run")
def test_the_context_of_an_agent_is_read_only(sdk: Sdk) -> None:
    _job(sdk, "agent.chatCtx.addMessage({ role: 'system', content: 'x' });").says("modify the chat context")


@node_claim("LKA419", "numeric enumerations; run")
def test_the_kind_of_a_track_is_a_number(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import { ConnectionState, TrackKind, TrackSource } from '@livekit/rtc-node';

        const { KIND_AUDIO } = TrackKind;
        for (const each of [KIND_AUDIO, TrackSource.SOURCE_CAMERA, ConnectionState.CONN_CONNECTED]) {
          console.log(typeof each);
        }
        process.exit(0);
        """
    )
    seen.says(*["number"] * 3)


@node_claim("LKA213", "cannot encode field livekit.RoomAgentDispatch.metadata to JSON")
def test_metadata_that_is_an_object_cannot_be_sent(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import { RoomAgentDispatch } from '@livekit/protocol';

        const dispatch = new RoomAgentDispatch({ agentName: 'a', metadata: { line: 1 } });
        try {
          dispatch.toJson();
        } catch (error) {
          console.log('RAISED', error.message);
        }
        process.exit(0);
        """
    )
    seen.says("RAISED cannot encode field livekit.RoomAgentDispatch.metadata to JSON")


@node_claim("LKA412", "Node drops a key that it does not read, so the option does nothing", since="1.0.3")
def test_a_key_that_is_not_read_is_dropped(sdk: Sdk) -> None:
    """Neither object keeps it under any name, and nothing is said."""
    seen = _job(
        sdk,
        """
        const held = (object) => Object.values(object).some((each) => each === marked || each?.mood === marked);
        const marked = { marked: true };
        const made = new voice.AgentSession({ mood: marked });
        const other = new voice.Agent({ instructions: 'x', mood: marked });
        console.log('KEPT', held(other), made.mood, other.mood);
        """,
    )
    seen.says("KEPT false undefined undefined")
