"""Cues, smoothing and thresholds: tensors and arrays in, numbers out."""
