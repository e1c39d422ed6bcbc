"""Video anomaly detection for production lines, trained in minutes on normal footage alone."""

__version__ = "0.1.0"
