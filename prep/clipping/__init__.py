"""The file: what the clip must be, how ffmpeg makes it, and whether it keeps every rule."""
