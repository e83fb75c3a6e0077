"""Who may come in to the studio: address, secret, Host, Origin, token and cookie, limits, headers."""
