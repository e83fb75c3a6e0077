"""One page about a whole batch: a strip of pictures, score and reasons of each item, worst first.

``strip`` reads a clip.
"""
