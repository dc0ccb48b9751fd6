"""A collection of invented paintings of two epochs, with what spoils such collections."""

from artnb.synthetic.collection.catalogue import Work, clusters_beside
from artnb.synthetic.collection.making import make_demo_collection, make_picture

__all__ = ["Work", "clusters_beside", "make_demo_collection", "make_picture"]
