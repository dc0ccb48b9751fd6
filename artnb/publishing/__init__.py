"""Painters for everybody: a web page that paints in the visitor's browser, and what serves it."""
