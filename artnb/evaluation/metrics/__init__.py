"""Metrics: arithmetic on features, pixels and latents, and the table of all metrics by name."""
