"""Scores: feature extractors, metrics on features, provenance."""

from artnb.evaluation.metrics.frechet import fid, frechet_distance
from artnb.evaluation.metrics.inception_score import inception_score
from artnb.evaluation.metrics.kernel import kid
from artnb.evaluation.metrics.neighbours import mifid, mifid_from, precision_recall
from artnb.evaluation.metrics.path_length import perceptual_path_length
from artnb.evaluation.metrics.pixels import ssim
from artnb.evaluation.metrics.score import Score

__all__ = [
    "Score",
    "fid",
    "frechet_distance",
    "inception_score",
    "kid",
    "mifid",
    "mifid_from",
    "perceptual_path_length",
    "precision_recall",
    "ssim",
]
