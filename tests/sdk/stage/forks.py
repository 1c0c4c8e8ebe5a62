"""Imports livekit-agents once and forks a child for each script: the import is what most scripts would spend their time
on. ``tests/sdk/scripts.py`` starts this with the number of a socket, and says there what is to be run.

A child is what an interpreter that was started for the script would be once it has imported livekit-agents: the script
is its ``__main__``, its environment, working directory and output are its own, and it ends as an interpreter ends. The
SDK's native library is loaded, and its threads begin, when the first room is made; that is in the children.
"""

import builtins
import gc
import json
import os
import socket
import sys
import types
from unittest import mock  # noqa: F401  # with the next two: what the stage imports too

from aiohttp import web  # noqa: F401
from livekit import agents, protocol  # noqa: F401


def is_alone():
    """This process has one thread. What other threads hold at a fork, the child would wait for without an end."""
    return len(os.listdir("/proc/self/task")) == 1


def next_script(channel):
    """What a child is to run: this returns in children only, and this process ends when the other side does."""
    while True:
        message, descriptors, *_ = socket.recv_fds(channel, 1 << 20, 1)
        if not message:
            os._exit(0)
        child = os.fork()
        if not child:
            for stream in (sys.stdout, sys.stderr):
                os.dup2(descriptors[0], stream.fileno())
            os.close(descriptors[0])
            channel.close()
            return json.loads(message)
        os.close(descriptors[0])
        channel.send(b"%d" % child)
        channel.recv(1)  # until then the child's number is its own, so that the other side can end it
        os.waitpid(child, 0)


def begin(file, folder, environment):
    """Give a child what is its own. Returns the code of its script, and the module to run it in."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    main = types.ModuleType("__main__")
    main.__file__, main.__builtins__ = file, builtins
    sys.modules["__main__"] = main
    sys.argv[:], sys.path[0] = [file], folder
    with open(file, encoding="utf-8") as script:
        return compile(script.read(), file, "exec", dont_inherit=True), main


channel = socket.socket(fileno=int(sys.argv[1]))
gc.collect()
gc.freeze()
channel.send(b"ready" if is_alone() else b"threads")
code, main = begin(**next_script(channel))
exec(code, main.__dict__)
