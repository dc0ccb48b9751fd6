#!/usr/bin/env bash
# onnx 1.23.2: onnx.version_converter on networks that enlarge linearly (run by onnxruntime 1.31.1)
#
# One would guess: convert_version gives a model of a newer opset that computes the same, or raises
# (it does raise where a newer model cannot be expressed in an older opset).
# What happens: Upsample (opset 9) and Resize (opset 10) put output i at input i / scale. Since
# opset 11 Resize has a coordinate_transformation_mode, and its default is another, half_pixel. The
# converter does not write "asymmetric" into what it converts, so the picture moves by a fraction of
# a pixel and its edges change. The checker is content. Nearest neighbours come out the same.
# Who is hurt: whoever brings older style transfer, super-resolution or segmentation networks to a
# runtime of today: for values in [0, 1] pixels change by up to 0.35, and no test of shapes sees it.
# Instead: run the model as it is (onnxruntime still opens opset 9), or set
# coordinate_transformation_mode="asymmetric" on each converted Resize, and compare outputs.
#
# Seen:
#   Upsample-9 linear to 11, 13, 18, 21    largest change 0.35 0.35 0.35 0.35
#   Resize-10 linear to 11, 13, 18, 21     largest change 0.35 0.35 0.35 0.35
#   Upsample-9 nearest to 11, 13, 18, 21   largest change 0.00 0.00 0.00 0.00
#   with asymmetric written in             largest change 0.00

source "$(dirname "$0")/common.sh"
install onnx==1.23.2 onnxruntime==1.31.1 numpy==2.4.6
python - <<'PYTHON'
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, version_converter

picture = np.random.default_rng(0).uniform(size=(1, 3, 16, 16)).astype(np.float32)


def enlarger(operation, mode, opset):
    graph = helper.make_graph(
        [helper.make_node(operation, ["x", "scales"], ["y"], mode=mode)],
        "twice",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 16, 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, 32, 32])],
        [numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "scales")],
    )
    imports = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=imports, ir_version=5)


def run(model):
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": picture})[0]


def changes(operation, mode, opset):
    old = enlarger(operation, mode, opset)
    expected = run(old)
    converted = [version_converter.convert_version(old, new) for new in (11, 13, 18, 21)]
    found = [float(abs(run(model) - expected).max()) for model in converted]
    name = f"{operation}-{opset} {mode} to 11, 13, 18, 21"
    print(f"{name:38} largest change", *(f"{change:.2f}" for change in found))
    return found, converted[-1], expected


upsample, model, expected = changes("Upsample", "linear", 9)
resize, *_ = changes("Resize", "linear", 10)
nearest, *_ = changes("Upsample", "nearest", 9)
for node in model.graph.node:
    if node.op_type == "Resize":
        asymmetric = helper.make_attribute("coordinate_transformation_mode", "asymmetric")
        node.attribute.append(asymmetric)
repaired = float(abs(run(model) - expected).max())
print(f"{'with asymmetric written in':38} largest change {repaired:.2f}")
if max(nearest) > 1e-6 or repaired > 1e-6:
    sys.exit("Changed: nearest neighbours, or a repaired Resize, no longer give the old picture.")
if min(upsample + resize) < 0.1:
    sys.exit("Changed: the converter keeps what linear enlarging computes.")
PYTHON
