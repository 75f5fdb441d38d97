"""Writes `conformance/fixtures/attention.safetensors`: rollouts of attention by NumPy, and queries, keys and values by transformers.

Usage: python conformance/python/dump_attention.py        (after dump_models.py; the same bytes every time)

Rollout: Abnar and Zuidema, Quantifying Attention Flow in Transformers, arXiv:2005.00928, section 3, on the eager attentions of the
references, in float64. Other fusions of heads and the ratio that is discarded are those of
github.com/jacobgil/vit-explain/blob/15a81d355a5aa6128ea4e71bbd56c28888d0f33b/vit_rollout.py#L9-L33,
but for the rows, which are divided by their own sums here.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from transformers import Dinov2Model, Dinov2WithRegistersModel

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
MODELS = {
    "plain-mlp": Dinov2Model,
    "registers-mlp": Dinov2WithRegistersModel,
    "plain-swiglu": Dinov2Model,
}
FUSIONS = {"mean": np.mean, "min": np.min, "max": np.max}
ROLLOUTS = [("mean", 0), ("mean", 0.9), ("min", 0.5), ("max", 0.35)]
# as many as a small file has room for: CLS, one behind it, and the last patch
ROWS = [0, 1, -1]


def rollout(attentions, fusion, discard_ratio):
    """[A, T, T] of each layer to [T, T]: how much of each input token there is in each output token."""
    result = np.eye(attentions[0].shape[-1])
    for attention in attentions:
        fused = FUSIONS[fusion](attention.astype(np.float64), axis=0)
        lowest = np.argsort(fused, axis=None, kind="stable")[: int(fused.size * discard_ratio)]
        fused.flat[lowest[lowest != 0]] = 0
        a = 0.5 * fused + 0.5 * np.eye(len(fused))
        result = a / a.sum(axis=-1, keepdims=True) @ result
    return result


def facets(name, pixel_values):
    """What the projections of each block give, heads side by side, under `blocks.{i}.{facet}`, of the first image."""
    model = MODELS[name].from_pretrained(FIXTURES / "models" / name, attn_implementation="eager").eval()
    found = {}
    for i, layer in enumerate(model.encoder.layer):
        for facet, projection in (("query", "q_proj"), ("key", "k_proj"), ("value", "v_proj")):
            def hook(_module, _inputs, output, key=f"blocks.{i}.{facet}"):
                found[key] = output[0].numpy()
            getattr(layer.attention, projection).register_forward_hook(hook)
    with torch.no_grad():
        model(torch.from_numpy(pixel_values[:1]))
    return found


def main():
    tensors = {}
    for name in MODELS:
        reference = load_file(FIXTURES / "references" / f"{name}-square.safetensors")
        first = [reference[f"attentions.{i}"][0] for i in range(2)]
        for fusion, ratio in ROLLOUTS:
            rows = rollout(first, fusion, ratio)[ROWS]
            tensors[f"{name}.rollout.{fusion}.{ratio}"] = rows.astype(np.float32)
        for key, value in facets(name, reference["pixel_values"]).items():
            if name == "registers-mlp" or key.startswith("blocks.1"):
                tensors[f"{name}.{key}"] = np.ascontiguousarray(value)
    save_file(tensors, FIXTURES / "attention.safetensors")


main()
