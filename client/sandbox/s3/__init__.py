"""The sandbox's S3: SeaweedFS, and the proxy that injects faults into its requests."""
