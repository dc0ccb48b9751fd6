"""Galleries: what Runs make of photos, as pictures, animations and a page to browse."""
