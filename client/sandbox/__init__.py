"""Local stand-ins for the remote services: a real S3 server and the API over a real socket.

Importing this is cheap; ``client.sandbox.serve`` loads the servers when one is started.
"""

from screentest.client.sandbox.running import data_folder, running_sandbox, started_sandbox

__all__ = ["data_folder", "running_sandbox", "started_sandbox"]
