"""Footage in, a dataset out: cropped, resized, split by time, labelled."""
