"""What register does for one, for many: items from sources, a driver with key and budget, workers that
make clips.
"""
