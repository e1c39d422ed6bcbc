"""Footage in: frames as uint8 RGB arrays, in order."""
