"""What losses are compiled with."""

import sys

import numpy as np
import pytest

pytestmark = pytest.mark.backend


def test_what_is_compiled_runs_as_it_is_written():
    """TensorFlow would rewrite its source, and that of all it calls: seconds for each loss."""
    from artnb.stylization.differentiation import compiled

    ran = []

    def doubled(x):
        ran.append(sys._getframe().f_code.co_filename)
        return 2 * x

    assert float(compiled(doubled)(np.float32(3))) == 6
    assert ran == [__file__]
