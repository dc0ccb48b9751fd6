"""Fetching files: whole, checked, again where that helps."""
