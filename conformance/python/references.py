"""Reference dumps in the format `dinov2-reference/1`: one safetensors file with inputs and outputs."""

import json

import timm
import torch
import transformers
from safetensors.torch import save_file

OUTPUTS = ("last_hidden_state", "pooler_output", "logits", "loss")


def outputs_of(result):
    """The tensors of a transformers output under the names of the format."""
    tensors = {}
    for name in OUTPUTS:
        value = getattr(result, name, None)
        if value is not None:
            tensors[name] = value
    for name, prefix in (("hidden_states", "hidden_states"), ("attentions", "attentions")):
        for i, value in enumerate(getattr(result, name, None) or ()):
            tensors[f"{prefix}.{i}"] = value
    return tensors


def feature_maps_of(result, stages):
    return {f"feature_maps.{stage}": value for stage, value in zip(stages, result.feature_maps)}


def sort_metadata(path):
    """safetensors writes metadata in an order that changes from run to run; this makes the bytes reproducible."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    path.write_bytes(data[:8] + text.ljust(length) + data[8 + length :])


def save_reference(path, architecture, tensors, **metadata):
    """Writes one reference; metadata values are text."""
    torch.manual_seed(0)
    clean = {name: value.detach().contiguous().clone() for name, value in tensors.items()}
    save_file(
        clean,
        path,
        metadata={
            "format": "dinov2-reference/1",
            "architecture": architecture,
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "timm": timm.__version__,
            **metadata,
        },
    )
    sort_metadata(path)
