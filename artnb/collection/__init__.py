"""Collections: pictures of any epoch with a table that says what each is and whether it is used."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.collection.choose": "choose_pair",
        "artnb.collection.clean": "Cleaning",
        "artnb.collection.clusters": "agreement share_by",
        "artnb.collection.folders": "write_folders",
        "artnb.collection.one_picture": "FetchLimits",
        "artnb.collection.pairing": "CLUSTERS Pairing pair",
        "artnb.collection.pictures": "cluster_pictures pictures_in_use",
        "artnb.collection.plots": (
            "draw_cluster draw_counts draw_crops draw_map draw_pairing draw_repeats draw_shares"
        ),
        "artnb.collection.prepare": "CARD prepare_pair with_ids",
        "artnb.collection.read": "PROBLEMS read_collection",
        "artnb.collection.table": "must_be_new open_collection",
    },
)
