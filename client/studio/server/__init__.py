"""The studio's server: what its pages show and do, a few lines over functions elsewhere."""
