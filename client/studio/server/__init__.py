"""The studio's server: what its pages show and do, each handler a few lines over functions elsewhere."""
