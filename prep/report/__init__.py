"""HTML pages: one about a clip's pick, one about a folder's picks; and portraits of people found.

``story`` decides what is shown; ``timeline``, ``filmstrip``, ``page`` and ``picks_page`` write it as
HTML and SVG, all pure. ``screen``, ``videos`` and ``file`` read and write; ``draw`` and
``contact_sheet`` make whole pages.
"""
