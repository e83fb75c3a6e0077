"""Raw footage to a conforming clip, offline: knows media and nothing of the network.

Installed, this is ``screentest.prep``; what is public of it stands in ``screentest`` itself.
"""

if __name__ == "prep":
    raise ImportError(
        'Write "import screentest.prep", not "import prep"; two names would load it twice.'
    )
