"""What the stand-in does with a task: fetch, validate, identify, draw."""
