"""Invented pictures: data that needs no download."""
