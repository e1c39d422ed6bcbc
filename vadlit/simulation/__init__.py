"""The three production lines as video with exact labels, and their baits."""
