"""The character sheet: the moments that show a character from each side, and their pictures.

Pure: ``roles`` names an angle, ``scored`` judges a moment in a role, ``moments`` says where to look,
``choosing`` and ``views`` choose, ``cropping`` frames. ``looking``, ``identity`` and ``figures`` read
footage, ``rendering`` and ``montage`` make pictures, and ``sheet`` conducts them.
"""
