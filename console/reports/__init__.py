"""Files for other programs and other people."""
