"""Invented landscapes as photographs, and as pictures by an invented painter.

Everything is computed from a seed: no picture is read from anywhere.  The photograph and
the painting of one seed show exactly the same scene.
"""

from artnb.synthetic.landscapes.painter import render_painting
from artnb.synthetic.landscapes.photo import Scene, render_photo, render_scene

__all__ = ["Scene", "render_painting", "render_photo", "render_scene"]
