"""From raw footage to a recorded character."""
