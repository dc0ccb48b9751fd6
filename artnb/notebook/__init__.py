"""What only notebooks use: things shown below cells, and the steps of a session."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.notebook.collections": (
            "draw_clusters draw_rows network_or_thumbnails "
            "where_there_is_any"
        ),
        "artnb.notebook.competition": "find_competition stand_in_for_competition",
        "artnb.notebook.display": "LivePicture read_rows show show_source show_table",
        "artnb.notebook.listings": "checkpoint_rows feature_rows frame_rows list_run_files",
        "artnb.notebook.odd_files": "make_odd_files",
        "artnb.notebook.submission": "draw_compression draw_submission measure_reserve",
    },
)  # fmt: skip
