"""The stand-in for the service's API: middleware, routes, replies, webhooks."""
