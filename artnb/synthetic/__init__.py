"""Invented pictures: data that needs no download."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.synthetic.collection": "clusters_beside make_demo_collection",
        "artnb.synthetic.dataset": (
            "demo_sizes held_out_pairs large_demo_pictures make_demo_data make_demo_photos"
        ),
    },
)
