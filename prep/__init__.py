"""Raw footage to a conforming clip, offline: knows media and nothing of the network.

Installed, this is ``screentest.prep``; what is public of it stands in ``screentest`` itself.
"""

if __name__ == "prep":
    raise ImportError("import screentest.prep: under two names this would be two packages")
