"""A collection of invented paintings of two epochs, with what spoils such collections."""

from artnb.synthetic.collection.museum import (
    HEADER,
    Work,
    clusters_beside,
    make_demo_collection,
    make_picture,
)

__all__ = ["HEADER", "Work", "clusters_beside", "make_demo_collection", "make_picture"]
