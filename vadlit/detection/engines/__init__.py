"""Where footage is watched: in this process, or by workers on a cluster."""
