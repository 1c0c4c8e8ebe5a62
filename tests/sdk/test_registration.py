"""What LKA301 to LKA312 say of livekit-agents."""

from __future__ import annotations

import pytest
from packaging.version import Version

from tests.sdk.harness import Sdk, claim

_ANSWERS = """
import asyncio, stage
from livekit.agents import AgentServer

server = AgentServer()

async def answer(request):
    {body}

@server.rtc_session(on_request=answer)
async def entry(ctx): ...

stage.run(stage.offer(server, "other"))
"""


@claim("LKA301", "TypeError: object NoneType can't be used in 'await' expression")
def test_a_plain_entry_runs_and_then_ends_the_job(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer, JobExecutorType

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)

        @server.rtc_session()
        def entry(ctx):
            print("BODY", flush=True)

        stage.run(stage.serve(server))
        """
    )
    seen.says("BODY", "unhandled exception while running the job task", "TypeError: ", "NoneType")
    seen.never_says("STILL RUNNING")


@claim("LKA301", "can't be used in 'await' expression")
@pytest.mark.parametrize(("prefix", "returned"), [("", "generator"), ("async ", "async_generator")])
def test_nothing_in_a_generator_runs(sdk: Sdk, prefix: str, returned: str) -> None:
    seen = sdk.run(
        f"""
        import stage
        from livekit.agents import AgentServer, JobExecutorType

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)

        @server.rtc_session()
        {prefix}def entry(ctx):
            print("BODY", flush=True)
            yield 1

        stage.run(stage.serve(server))
        """
    )
    seen.says(f"TypeError: object {returned} can't be used in 'await' expression")
    seen.never_says("BODY")


@claim("LKA302", "Can't pickle local object 'main.<locals>.entrypoint'")
def test_a_nested_entry_cannot_be_sent_to_a_process(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        def main():
            server = AgentServer()

            @server.rtc_session()
            async def entrypoint(ctx):
                print("BODY", flush=True)

            stage.run(stage.serve(server, seconds=12))

        if __name__ == "__main__":
            main()
        """
    )
    seen.says("main.<locals>.entrypoint")
    if sdk.version >= Version("1.8.9"):  # older ones go on trying
        seen.says("no process became available after 3 attempts")
    seen.never_says("BODY")


@claim("LKA302", "Can't pickle")
def test_a_lambda_cannot_be_sent_to_a_process(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        async def run(ctx):
            print("BODY", flush=True)

        server = AgentServer()
        server.rtc_session(lambda ctx: run(ctx))

        if __name__ == "__main__":
            stage.run(stage.serve(server, seconds=12))
        """
    )
    seen.says("Can't pickle", "<lambda>")
    seen.never_says("BODY")


@claim("LKA302", "Can't get attribute 'entry' on <module '__mp_main__'")
def test_an_entry_under_the_guard_is_not_there_in_a_process(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        server = AgentServer()

        if __name__ == "__main__":
            @server.rtc_session()
            async def entry(ctx):
                print("BODY", flush=True)

            stage.run(stage.serve(server, seconds=12))
        """
    )
    seen.says("Can't get attribute 'entry' on <module '__mp_main__'")
    seen.never_says("BODY")


@claim("LKA302", "A `functools.partial` of a function at module level can be sent, and so can a static method")
@pytest.mark.parametrize("entry", ["partial(run, 'en')", "Desk.entry"])
def test_partials_and_static_methods_can_be_sent(sdk: Sdk, entry: str) -> None:
    seen = sdk.run(
        f"""
        import stage
        from functools import partial
        from livekit.agents import AgentServer

        async def run(language, ctx):
            print("BODY", flush=True)
            ctx.shutdown("done")

        class Desk:
            @staticmethod
            async def entry(ctx):
                await run("en", ctx)

        server = AgentServer()
        server.rtc_session({entry})

        if __name__ == "__main__":
            stage.run(stage.serve(server, seconds=30))
        """
    )
    seen.says("BODY")


@claim("LKA303", "\"RuntimeWarning: coroutine 'prewarm' was never awaited\", and nothing in the body runs")
def test_an_async_setup_is_never_awaited(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer, JobExecutorType

        async def prewarm(proc):
            print("BODY", flush=True)
            proc.userdata["vad"] = 1

        server = AgentServer(job_executor_type=JobExecutorType.THREAD, setup_fnc=prewarm)

        @server.rtc_session()
        async def entry(ctx):
            print("USERDATA", ctx.proc.userdata, flush=True)
            ctx.shutdown("done")

        stage.run(stage.serve(server))
        """
    )
    seen.says("USERDATA {}")
    seen.says("coroutine 'prewarm' was never awaited")
    seen.never_says("BODY")


@claim("LKA303", "assigned to `server.setup_fnc`", since="1.3.2")
def test_a_setup_function_can_be_assigned(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer, JobExecutorType

        def prewarm(proc):
            proc.userdata["vad"] = 1

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)
        server.setup_fnc = prewarm

        @server.rtc_session()
        async def entry(ctx):
            print("USERDATA", ctx.proc.userdata, flush=True)
            ctx.shutdown("done")

        stage.run(stage.serve(server))
        """
    )
    seen.says("USERDATA {'vad': 1}")


@claim(
    "LKA304",
    "An attempt has been made to start a new process before the current process has finished its bootstrapping phase",
)
def test_without_the_guard_every_process_starts_a_worker(sdk: Sdk) -> None:
    """``serve`` stands for ``cli.run_app``: it is what a module without the guard runs when it is imported."""
    seen = sdk.run(
        """
        import os, stage
        from livekit.agents import AgentServer

        print("IMPORTED AS", __name__, flush=True)
        server = AgentServer()

        @server.rtc_session()
        async def entry(ctx):
            print("BODY", flush=True)

        stage.run(stage.serve(server, seconds=12))
        """
    )
    seen.says("IMPORTED AS __main__", "IMPORTED AS __mp_main__")
    seen.says("An attempt has been made to start a new process before the")
    seen.never_says("BODY")


@claim(
    "LKA305", "RuntimeError: The AgentServer currently only supports registering only one rtc_session", since="1.3.1"
)
def test_a_second_registration_raises(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        server = AgentServer()

        @server.rtc_session()
        async def one(ctx): ...

        try:
            @server.rtc_session()
            async def two(ctx): ...
        except RuntimeError as error:
            stage.said(error)
        """
    )
    if sdk.version >= Version("2.0.0b1"):
        seen.says("RuntimeError: an AgentServer has one rtc_session")
    else:
        seen.says("RuntimeError: The AgentServer currently only supports registering only one rtc_session")


@claim("LKA307", "got an unexpected keyword argument", since="1.3.1")
@pytest.mark.parametrize(
    "call",
    [
        "AgentServer(prewarm_fnc=print)",
        "AgentServer(entrypoint_fnc=print)",
        "AgentServer().rtc_session(request_fnc=print)",
        "AgentServer().rtc_session(name='desk')",
        "WorkerOptions(print, on_request=print)",
        "WorkerOptions(print, setup_fnc=print)",
    ],
)
def test_keywords_of_the_other_api_are_refused(sdk: Sdk, call: str) -> None:
    seen = sdk.run(
        f"""
        import stage
        from livekit.agents import AgentServer, WorkerOptions

        try:
            {call}
        except TypeError as error:
            stage.said(error)
        """
    )
    seen.says("TypeError: ", "() got an unexpected keyword argument")


@claim("LKA307", "takes keywords only", since="1.3.1")
def test_a_server_takes_keywords_only_and_options_need_an_entry(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer, WorkerOptions

        for call in (lambda: AgentServer(WorkerOptions(print)), lambda: WorkerOptions(agent_name="desk")):
            try:
                call()
            except TypeError as error:
                stage.said(error)
        """
    )
    seen.says("takes 1 positional argument but 2 were given")
    seen.says("missing 1 required positional argument: 'entrypoint_fnc'")


@claim("LKA307", "it is created here, and nothing reads it", since="1.3.2")
def test_attributes_of_the_other_api_are_never_read(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer, JobExecutorType

        def prewarm(proc):
            print("PREWARM", flush=True)

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)
        server.prewarm_fnc = prewarm
        server.agent_name = "desk"

        @server.rtc_session()
        async def entry(ctx):
            print("ENTRY", flush=True)
            ctx.shutdown("done")

        print("NAME", repr(server._agent_name))
        stage.run(stage.serve(server))
        """
    )
    seen.says("NAME ''", "ENTRY")
    seen.never_says("PREWARM")


@claim("LKA307", "TypeError: 'NoneType' object is not callable", since="1.3.2")
def test_the_setup_function_is_no_decorator(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        server = AgentServer()
        try:
            @server.setup_fnc
            def prewarm(proc): ...
        except TypeError as error:
            stage.said(error)
        """
    )
    seen.says("TypeError: 'NoneType' object is not callable")


@claim("LKA310", "Without the argument every job has an identity of its own, `agent-` and the job's id")
def test_an_identity_of_its_own_is_the_default(sdk: Sdk) -> None:
    seen = sdk.run(_ANSWERS.format(body="await request.accept()"))
    seen.says("ANSWER available=True", "identity=agent-AJ_1")


@claim("LKA310", "an identity that is written out")
def test_an_identity_is_taken_as_it_is(sdk: Sdk) -> None:
    seen = sdk.run(_ANSWERS.format(body="await request.accept(identity='desk')"))
    seen.says("ANSWER available=True", "identity=desk")


@claim("LKA306", "no answer was given inside the job_request_fnc, automatically rejecting the job", since="1.3.1")
def test_a_request_without_an_answer_goes_to_another_worker(sdk: Sdk) -> None:
    seen = sdk.run(_ANSWERS.format(body="if request.room.name == 'wanted': await request.accept()"))
    seen.says("REGISTERED JT_ROOM")
    seen.says("no answer was given inside the job_request_fnc, automatically rejecting the job")
    seen.says("ANSWER available=False terminate=False")


@claim("LKA306", "`reject()` means `reject(terminate=True)`", since="1.3.7")
@pytest.mark.parametrize(("given", "terminate"), [("", "True"), ("terminate=False", "False")])
def test_a_plain_refusal_is_one_for_all_workers(sdk: Sdk, given: str, terminate: str) -> None:
    seen = sdk.run(_ANSWERS.format(body=f"await request.reject({given})"))
    seen.says(f"ANSWER available=False terminate={terminate}")


@claim("LKA306", "on paths that raise, which is an answer", since="1.3.1")
def test_a_request_function_that_raises_gives_the_job_to_another_worker(sdk: Sdk) -> None:
    seen = sdk.run(_ANSWERS.format(body="raise RuntimeError('no')"))
    seen.says("ANSWER available=False terminate=False")


@claim("LKA106", "an un-awaited `accept` ends in a rejected job", since="1.3.1")
def test_an_accept_that_nobody_awaits_is_a_rejection(sdk: Sdk) -> None:
    seen = sdk.run(_ANSWERS.format(body="request.accept()"))
    seen.says("coroutine 'JobRequest.accept' was never awaited")
    seen.says("ANSWER available=False terminate=False")
    seen.never_says("available=True")


@claim(
    "LKA308",
    "has no attribute 'value'`, logged as \"failed to connect to livekit, retrying in 0s\" again and again",
    since="1.3.1",
    before="2.0.0b1",
)
@pytest.mark.parametrize("given", ["api.JobType.JT_PUBLISHER", "'publisher'"])
def test_a_raw_job_type_never_registers(sdk: Sdk, given: str) -> None:
    seen = sdk.run(
        f"""
        import stage
        from livekit import api
        from livekit.agents import AgentServer

        server = AgentServer()

        @server.rtc_session(type={given})
        async def entry(ctx): ...

        stage.run(stage.offer(server, "other"))
        """
    )
    assert seen.text.count("failed to connect to livekit, retrying in 0s") > 10
    seen.says("object has no attribute 'value'")
    seen.never_says("REGISTERED")


@claim("LKA308", "`ServerType.PARTICIPANT` is an AttributeError", since="1.3.1")
def test_there_is_no_participant_type(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents.worker import ServerType

        print(*ServerType.__members__)
        try:
            ServerType.PARTICIPANT
        except AttributeError as error:
            stage.said(error)
        """
    )
    seen.says("ROOM PUBLISHER", "AttributeError: ")


@claim("LKA312", "TypeError: 'str' object is not callable", since="1.3.1")
def test_a_name_as_the_function_is_called(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        server = AgentServer()
        try:
            @server.rtc_session("desk")
            async def entry(ctx): ...
        except TypeError as error:
            stage.said(error)
        """
    )
    seen.says("TypeError: 'str' object is not callable")
