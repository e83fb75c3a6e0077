"""The commands that look at footage and videos and make clips and stills of them."""
