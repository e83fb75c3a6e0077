"""What is recorded: characters, videos and their tasks, in one SQLite file."""
