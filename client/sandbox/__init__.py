"""Local stand-ins for the remote services: a real S3 server and the API over a real socket.

Importing this is cheap; the servers are loaded when one is started.
"""

from client.sandbox.running import data_folder, running_sandbox, started_sandbox

__all__ = ["data_folder", "running_sandbox", "serve", "started_sandbox"]


def __getattr__(name: str) -> object:
    if name == "serve":
        from client.sandbox.serve import serve

        return serve
    raise AttributeError(name)
