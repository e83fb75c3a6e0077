"""Who is who: tracks through a shot, face identities, people, hidden cuts, and a match with a photo."""
