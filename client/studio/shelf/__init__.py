"""The footage that a studio was given: what each film is, how far it is, and what was decided of it."""
