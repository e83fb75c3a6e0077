"""Who it is: identities, tracks through a shot, people, and splices between two of them."""
