"""Settings compared on normal footage alone, against anomalies made of it."""
