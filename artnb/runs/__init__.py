"""Runs: folders that explain themselves, and the networks that they keep."""
