"""One augmentation a file: random changes, drawn for each sequence and the same for its frames."""
