"""The network side: clips to storage, characters from the service, ids into the registry.

Installed, this is ``screentest.client``; what is public of it stands in ``screentest`` itself.
"""

if __name__ == "client":
    raise ImportError(
        'Write "import screentest.client", not "import client"; two names would load it twice.'
    )
