"""What one film's page shows: its timeline, a judged window, people, pictures, and a proxy to play."""
