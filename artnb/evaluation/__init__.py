"""Scores: feature extractors, metrics on features, provenance."""
