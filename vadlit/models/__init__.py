"""Encoder, decoders, losses and augmentations as plain modules, and their LightningModule."""
