"""The service's models, one frozen value each: what they take, what they cost, how a body is built."""
