"""One threshold a file: derived from validation scores alone."""
