"""A picture of the decision: one self-contained page that tells why these seconds were chosen.

``story`` and ``people`` decide what is shown, ``timeline``, ``page`` and ``sheet`` say it in HTML and
SVG, all pure; ``stills``, ``videos`` and ``file`` do the reading and writing, ``draw`` puts a page
together.
"""
