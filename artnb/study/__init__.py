"""What a style consists of, measured: colours, skies, haze, strokes; on photos and paintings."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.study.effect": "progress_between",
        "artnb.study.of_runs": "Clusters Options study_pictures study_runs",
        "artnb.study.plots": "draw_progress save_figures",
        "artnb.study.rows": "describe_study write_study",
        "artnb.study.sets": "read_subjects",
        "artnb.study.ways": "study_ways table_of_ways",
    },
)
