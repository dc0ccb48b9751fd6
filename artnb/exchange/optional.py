"""Packages that only some formats need."""

import importlib.util

from artnb.errors import InputError


def check_onnx() -> None:
    """Check that the package onnx is there, without loading it.

    Raises:
        InputError: it is not; the message says how to install it.
    """
    if importlib.util.find_spec("onnx") is None:
        raise InputError(
            "ONNX files need the package onnx, which is not installed; "
            'type pip install "artnb[onnx]"'
        )
