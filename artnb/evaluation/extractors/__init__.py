"""Feature extractors: networks, their published files, and what they make of pictures."""

from artnb.evaluation.extractors.extractor import Extractor, load_extractor

__all__ = ["Extractor", "load_extractor"]
