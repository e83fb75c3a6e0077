"""The commands about what is recorded here: characters, videos, accounts, and what they cost."""
