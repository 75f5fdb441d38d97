"""Checks ONNX models that `conformance/onnx/main.ts` has kept: onnx's own checker, and onnxruntime against eager outputs.

Usage: python conformance/python/check_onnx.py FOLDER

FOLDER has, for each case, NAME.safetensors with inputs and the outputs of the eager forward pass, and models
NAME.{free,fixed}.{standard,ort,i8}.onnx. Models with a free batch are also run with the same images twice.
"""

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

TOLERANCES = {"standard": 1e-5, "ort": 1e-5, "i8": 0.1}


def relative_difference(actual, expected):
    assert actual.shape == expected.shape, f"expected {expected.shape}, got {actual.shape}"
    return np.abs(actual - expected).max() / np.abs(expected).max()


def twice(session, given):
    """The inputs whose first axis is the batch, with every image twice."""
    free = {port.name for port in session.get_inputs() if port.shape[0] == "batch"}
    return {name: np.concatenate([value, value]) if name in free else value for name, value in given.items()}


def differences(session, given, expected):
    names = [port.name for port in session.get_outputs()]
    assert sorted(names) == sorted(expected), f"expected {sorted(expected)}, got {sorted(names)}"
    results = dict(zip(names, session.run(names, given)))
    return max(relative_difference(results[name], value) for name, value in expected.items())


folder = Path(sys.argv[1])
worst = defaultdict(float)
count = failed = 0
for path in sorted(folder.glob("*.onnx")):
    name, batch, target, _ = path.name.rsplit(".", 3)
    tensors = load_file(folder / f"{name}.safetensors")
    given = {key.removeprefix("input."): value for key, value in tensors.items() if key.startswith("input.")}
    given = {key: value.astype(bool) if value.dtype == np.uint8 else value for key, value in given.items()}
    expected = {key.removeprefix("output."): value for key, value in tensors.items() if key.startswith("output.")}
    # operators of ONNX Runtime are unknown to onnx, which then checks the rest
    onnx.checker.check_model(path, full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    found = [differences(session, given, expected)]
    if batch == "free":
        doubled = {key: np.concatenate([value, value]) for key, value in expected.items()}
        found.append(differences(session, twice(session, given), doubled))
    worst[f"{batch}.{target}"] = max(worst[f"{batch}.{target}"], *found)
    count += 1
    if max(found) > TOLERANCES[target]:
        failed += 1
        print(f"FAIL  {path.name}  {max(found):.2e}")
print(f"{count} models; worst, of the largest value of an output:", ", ".join(f"{k} {v:.2e}" for k, v in worst.items()))
sys.exit(1 if count == 0 or failed > 0 else 0)
