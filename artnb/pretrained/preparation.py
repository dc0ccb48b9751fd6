"""What pictures are turned into before a network sees them; no backend is needed to know it."""

from typing import Any

import numpy as np

# Caffe's means of blue, green and red, which SqueezeNet, VGG16 and VGG19 were trained with.
_CAFFE_MEANS = np.float32((103.939, 116.779, 123.68))


def caffe(pictures: Any) -> Any:
    """Turn `(..., 3)` of red, green and blue in [0, 255] round, and subtract the means."""
    return pictures[..., ::-1] - _CAFFE_MEANS
