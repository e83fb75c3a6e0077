"""Where a batch's items come from: files, folders, prefixes of buckets, URLs, manifests."""
