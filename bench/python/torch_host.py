"""The process of the engine PyTorch: what `bench/engines/host.ts` is for engines in Node, with the same requests."""

import json
import os
import sys
import time

replies = os.fdopen(3, "w")
state = {}


def load(request):
    import torch
    import transformers
    from transformers import AutoModel

    torch.set_num_threads(request["threads"])
    torch.set_num_interop_threads(1)
    state["model"] = AutoModel.from_pretrained(request["folder"], local_files_only=True).eval()
    return {"version": f"torch {torch.__version__}, transformers {transformers.__version__}"}


def read_input(request):
    import numpy as np
    import torch

    state["input"] = torch.from_numpy(np.fromfile(request["path"], "<f4").reshape(request["shape"]))
    return {}


def run(_):
    import torch

    with torch.inference_mode():
        state["output"] = state["model"](state["input"]).last_hidden_state.numpy()
    return {}


def open_embedder(request):
    from transformers import AutoImageProcessor

    version = load(request)
    state["processor"] = AutoImageProcessor.from_pretrained(request["folder"], local_files_only=True)
    return version


def embed(request):
    import torch
    from PIL import Image

    inputs = state["processor"](Image.open(request["image"]), return_tensors="pt")
    with torch.inference_mode():
        embedding = state["model"](**inputs).pooler_output[0].numpy()
    return {"values": embedding.tolist()}


def compare(request):
    import numpy as np

    truth = np.fromfile(request["path"], "<f8")
    output = np.asarray(state["output"], "<f8").ravel()
    a, b = (values.reshape(-1, request["tokens"], state["output"].shape[-1]) for values in (output, truth))
    cosines = (a * b).sum(-1) / np.sqrt((a * a).sum(-1) * (b * b).sum(-1))
    return {
        "value": float(np.abs(output - truth).max()),
        "cosines": {"cls": float(cosines[:, 0].min()), "others": float(cosines[:, 1:].min())},
    }


def peak(_):
    import resource

    # the unit is bytes on macOS, kibibytes elsewhere
    unit = 1 if sys.platform == "darwin" else 1024
    return {"value": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}


def prepare(request):
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(request["threads"])
    shape = request["kernel"]
    if shape["kind"] == "linear":
        x, weight = torch.randn(shape["M"], shape["K"]), torch.randn(shape["N"], shape["K"])
        bias = torch.randn(shape["N"])
        state["kernel"] = lambda: F.linear(x, weight, bias)
    else:
        q, k, v = (torch.randn(1, shape["A"], shape["T"], shape["K"]) for _ in range(3))
        state["kernel"] = lambda: F.scaled_dot_product_attention(q, k, v)
    return {}


def repeat(request):
    import torch

    with torch.inference_mode():
        for _ in range(request["times"]):
            state["kernel"]()
    return {}


HANDLERS = {
    "load": load,
    "input": read_input,
    "run": run,
    "open": open_embedder,
    "embed": embed,
    "compare": compare,
    "peak": peak,
    "prepare": prepare,
    "repeat": repeat,
    "close": lambda _: {},
}

for line in sys.stdin:
    request = json.loads(line)
    start = time.perf_counter()
    try:
        reply = HANDLERS[request["do"]](request)
        reply["seconds"] = time.perf_counter() - start
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), file=replies, flush=True)
    if request["do"] == "close":
        break
