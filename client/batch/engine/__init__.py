"""Who does a batch's jobs: this process, processes of this machine, or workers of a Dask cluster."""
