"""One module a revision; the order is in their ``down_revision``."""
