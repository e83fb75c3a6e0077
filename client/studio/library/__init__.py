"""The characters that are recorded, for the studio's pages: what they cost, their videos, new ones."""
