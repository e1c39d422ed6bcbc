"""Decoders: the features of T frames in, the next frame out. One file each."""
