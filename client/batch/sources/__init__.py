"""Where a batch's items come from: files, folders, manifests."""
