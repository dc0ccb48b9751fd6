"""Scores: feature extractors, metrics on features, provenance."""

from artnb.evaluation.frechet import fid, frechet_distance, mifid, mifid_from
from artnb.evaluation.inception_score import inception_score
from artnb.evaluation.kernel import kid
from artnb.evaluation.manifold import precision_recall
from artnb.evaluation.path_length import perceptual_path_length
from artnb.evaluation.score import Score
from artnb.evaluation.ssim import ssim

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
