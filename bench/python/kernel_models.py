"""Single products and attentions as ONNX, for the engines that run nothing else."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SHAPES = json.loads((Path(__file__).resolve().parents[1] / "kernel-shapes.json").read_text())
FLOAT = TensorProto.FLOAT


def save(path, nodes, inputs, outputs, weights=()):
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(values, name) for name, values in weights],
    )
    # the versions of the file PyTorch's exporter makes
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), path)


def write_kernels(folder):
    """linear-M-K-N.onnx: x · W + b. attention-A-T-K.onnx: softmax(q · kᵀ / √K) · v for A heads."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    for m, k, n in SHAPES["linear"]:
        weight = random.standard_normal((k, n), dtype=np.float32)
        bias = random.standard_normal(n, dtype=np.float32)
        nodes = [helper.make_node("MatMul", ["x", "W"], ["product"]), helper.make_node("Add", ["product", "b"], ["y"])]
        path = folder / f"linear-{m}-{k}-{n}.onnx"
        save(path, nodes, {"x": [m, k]}, {"y": [m, n]}, [("W", weight), ("b", bias)])
    for heads, tokens, size in SHAPES["attention"]:
        nodes = [
            helper.make_node("Transpose", ["k"], ["kt"], perm=[0, 1, 3, 2]),
            helper.make_node("MatMul", ["q", "kt"], ["scores"]),
            helper.make_node("Mul", ["scores", "scale"], ["scaled"]),
            helper.make_node("Softmax", ["scaled"], ["weights"], axis=-1),
            helper.make_node("MatMul", ["weights", "v"], ["y"]),
        ]
        shape = [1, heads, tokens, size]
        scale = [("scale", np.float32(size**-0.5))]
        path = folder / f"attention-{heads}-{tokens}-{size}.onnx"
        save(path, nodes, {"q": shape, "k": shape, "v": shape}, {"y": shape}, [(n, np.asarray(v)) for n, v in scale])
