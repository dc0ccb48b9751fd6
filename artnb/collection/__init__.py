"""Collections: pictures of any epoch with a table that says what each is and whether it is used."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.collection.choose": "choose_pair",
        "artnb.collection.clean": "Cleaning",
        "artnb.collection.pairing": "CLUSTERS Pairing pair",
        "artnb.collection.plots": (
            "draw_cluster draw_counts draw_crops draw_map draw_pairing draw_repeats draw_shares"
        ),
        "artnb.collection.prepare": "prepare_pair",
        "artnb.collection.read": "read_collection",
        "artnb.collection.sides": "agreement cluster_sides share_by side_of",
        "artnb.collection.table": "open_collection",
    },
)
