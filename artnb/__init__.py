"""artnb turns photos into paintings: notebooks' engine room, on Keras 3."""

from artnb.platform.backend import prefer_installed_backend

__version__ = "0.1.0"

# Keras reads KERAS_BACKEND once, when it is first imported, and fails where TensorFlow is
# missing and nothing is set: decide before any room of the package imports it.
prefer_installed_backend()
