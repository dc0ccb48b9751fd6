"""Scores: feature extractors, metrics on features, provenance."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.evaluation.evaluator": "Evaluator",
        "artnb.evaluation.folders": "evaluate_folders",
        "artnb.evaluation.extractor": "load_extractor",
        "artnb.evaluation.metrics.frechet": "fid frechet_distance",
        "artnb.evaluation.metrics.inception_score": "inception_score",
        "artnb.evaluation.metrics.kernel": "kid",
        "artnb.evaluation.metrics.neighbours": (
            "memorisation_distance mifid mifid_from precision_recall"
        ),
        "artnb.evaluation.metrics.path_length": "perceptual_path_length",
        "artnb.evaluation.metrics.pixels": "ssim",
        "artnb.evaluation.metrics.score": "Score",
        "artnb.evaluation.metrics.style": "train_style_classifier",
        "artnb.evaluation.metrics.table": "DEFAULT_METRICS titled",
        "artnb.evaluation.nearest_samples": "view_nearest_samples",
        "artnb.evaluation.pictures": "PaintedPictures pictures_of_folder pictures_of_splits",
        "artnb.evaluation.plots": "draw_confusion draw_scores draw_shares",
        "artnb.evaluation.rows": (
            "as_dictionaries check_same_pictures comparison_table write_scores"
        ),
        "artnb.evaluation.runs": "DEFAULT_RUN_METRICS default_metrics evaluate view_nearest",
        "artnb.evaluation.scoring": "Scoring",
        "artnb.evaluation.sets": "Choice RunSets open_run_data",
    },
)
