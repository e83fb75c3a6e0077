"""What runs on a worker: fetches footage, prepares clips, hands them back. Knows prep alone: no key, no
registry, no AWS credentials.
"""
