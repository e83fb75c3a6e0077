"""The services: HTTP, the API's calls and replies, object storage, models, prices, webhooks."""
