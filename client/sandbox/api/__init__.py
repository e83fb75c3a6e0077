"""The stand-in for the service's API: what a request passes, its routes and its answers."""
