"""The models that the stand-in serves, as data: fields, media rules, prices, results."""
