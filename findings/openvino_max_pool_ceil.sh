#!/usr/bin/env bash
# OpenVINO 2026.4.1: MaxPool with ceil_mode=1 in an ONNX model
#
# One would guess: the same sizes as onnxruntime 1.31.1, which leaves out a last window that would
# begin beyond the picture.
# What happens: OpenVINO keeps that window. The output is a column wider (or a row higher) than the
# others', and what stands there is the smallest float32, -3.4e38: the maximum of nothing. There is
# no error and no warning. A window of 2 with a stride of 3 on a width of 9 does it.
# Who is hurt: networks with strides larger than their windows, at some picture sizes only: their
# next layers compute with a column of -3.4e38.
# Instead: pad or crop to sizes that the stride divides, or use ceil_mode=0, and compare the shapes
# and the smallest values of both runtimes at several sizes.
#
# Seen:
#   size      onnxruntime    OpenVINO    smallest value of each
#   9 x 9     (3, 3)         (4, 4)      5.8e-01  -3.4e+38
#   10 x 10   (4, 4)         (4, 4)      4.6e-01  4.6e-01

source "$(dirname "$0")/common.sh"
install openvino==2026.4.1 onnx==1.23.2 onnxruntime==1.31.1 numpy==2.4.6
export OPENVINO_TELEMETRY_ENABLE=0
python - <<'PYTHON'
import sys

import numpy as np
import onnxruntime
import openvino
from onnx import TensorProto, helper


def pooled(size):
    node = helper.make_node(
        "MaxPool", ["x"], ["y"], kernel_shape=[2, 2], strides=[3, 3], ceil_mode=1
    )
    graph = helper.make_graph(
        [node],
        "pool",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, size, size])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", "c", "h", "w"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    model = model.SerializeToString()
    picture = np.random.default_rng(0).uniform(size=(1, 1, size, size)).astype(np.float32)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(model), "CPU")
    first, second = session.run(None, {"x": picture})[0][0, 0], compiled([picture])[0][0, 0]
    print(
        f"{f'{size} x {size}':10}{first.shape!s:15}{second.shape!s:12}"
        f"{first.min():.1e}  {second.min():.1e}"
    )
    return first, second


print("size      onnxruntime    OpenVINO    smallest value of each")
first, second = pooled(9)
same, too = pooled(10)
if not np.array_equal(same, too):
    sys.exit("Changed: the two differ where no window begins beyond the picture.")
if second.shape != (4, 4) or second.min() > -1e38 or first.shape != (3, 3):
    sys.exit("Changed: OpenVINO and onnxruntime agree on the last window.")
PYTHON
