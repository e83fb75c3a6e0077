"""One page about a whole batch: a strip of pictures, score and reasons of each item, worst first.

``strip`` reads a clip; ``row``, ``order`` and ``page`` decide and write HTML, all pure; ``sheet`` keeps
rows in a ``spool`` as they come and writes the page. ``posing`` makes the one picture that stands for a
clip among many.
"""
