#!/usr/bin/env bash
# OpenVINO 2026.4.1: Resize with antialias=1 in an ONNX model
#
# One would guess: antialias=1 is obeyed, as it is by onnxruntime 1.31.1, or refused, as OpenVINO
# refuses other values of Resize's attributes that it does not know.
# What happens: it is ignored, in linear and in cubic mode. The picture is sampled as if antialias
# were 0: a fine checkerboard that should become an even grey stays black and white. No warning.
# Who is hurt: models that shrink pictures themselves (the preprocessing of FID's and CLIP's
# networks, thumbnails): what they see, and so their scores, depends on the runtime.
# Instead: shrink before the model, or by a Conv or AveragePool in it, and compare runtimes on
# pictures with fine detail; a smooth photograph shows little.
#
# Seen (a checkerboard of 0 and 1, from 66 to 22 pixels):
#   mode      antialias    onnxruntime        OpenVINO           largest difference
#   linear    0            0.00 to 1.00       0.00 to 1.00       0.00
#   cubic     0            0.00 to 1.00       0.00 to 1.00       0.00
#   linear    1            0.49 to 0.51       0.00 to 1.00       0.51
#   cubic     1            0.49 to 0.51       0.00 to 1.00       0.50

source "$(dirname "$0")/common.sh"
install openvino==2026.4.1 onnx==1.23.2 onnxruntime==1.31.1 numpy==2.4.6
export OPENVINO_TELEMETRY_ENABLE=0
python - <<'PYTHON'
import sys

import numpy as np
import onnxruntime
import openvino
from onnx import TensorProto, helper, numpy_helper

LARGE, SMALL = 66, 22
picture = (np.indices((LARGE, LARGE)).sum(0) % 2).astype(np.float32)[None, None]


def resized(mode, antialias):
    node = helper.make_node("Resize", ["x", "", "", "sizes"], ["y"], mode=mode, antialias=antialias)
    graph = helper.make_graph(
        [node],
        "shrink",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, LARGE, LARGE])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, SMALL, SMALL])],
        [numpy_helper.from_array(np.array([1, 1, SMALL, SMALL]), "sizes")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    model = model.SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(model), "CPU")
    outputs = session.run(None, {"x": picture})[0], compiled([picture])[0]
    difference = float(abs(outputs[0] - outputs[1]).max())
    first, second = (f"{output.min():.2f} to {output.max():.2f}" for output in outputs)
    print(f"{mode:10}{antialias:<13}{first:19}{second:19}{difference:.2f}")
    return difference


print("mode      antialias    onnxruntime        OpenVINO           largest difference")
plain = [resized(mode, 0) for mode in ("linear", "cubic")]
fine = [resized(mode, 1) for mode in ("linear", "cubic")]
if max(plain) > 1e-3:
    sys.exit("Changed: the runtimes differ without antialiasing too.")
if min(fine) < 0.2:
    sys.exit("Changed: OpenVINO obeys antialias=1.")
PYTHON
