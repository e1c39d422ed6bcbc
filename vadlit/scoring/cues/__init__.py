"""One cue a file: what the detector sees of one frame, as a number and a map."""
