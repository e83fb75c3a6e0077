"""The sandbox's S3: SeaweedFS, and the relay in which faults meet requests."""
