"""Kaggle's competition gan-getting-started: make a submission, check it, push the notebook."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.submission.build": "build_submission",
        "artnb.evaluation.zips": "pictures_of_zip",
        "artnb.submission.check": "NOT_COMPUTED check_submission local_mifid",
        "artnb.submission.kernel": "Kernel",
        "artnb.submission.leaderboard": "note_score",
        "artnb.submission.painting": "painted_jpegs",
        "artnb.submission.photos": "find_photos",
        "artnb.submission.rules": "COMPETITION",
        "artnb.submission.unfinished": "facts_file finished_facts",
    },
)
