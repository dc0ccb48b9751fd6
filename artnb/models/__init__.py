"""Builders of plain Keras models; nothing here knows about data or training."""
