"""Loads weights that this package wrote under a system's names into that system, strictly, and runs them there.

Usage: python conformance/python/check_schemes.py SYSTEM FOLDER [SOURCE]
SYSTEM: hf, hf5, timm or original; FOLDER has a config.json of transformers and a model.safetensors. SOURCE is the folder
of transformers that FOLDER was made of; with it, outputs are compared too, at the trained size.

Every tensor must be expected and none may be missing. What transformers itself would write for `hf` must have the
same names and bytes. Tokens, or the logits of a classifier, must be transformers' up to rounding. `original` needs the
package `dinov2` from the repository facebookresearch/dinov2 (checked with commit b8931f7) on PYTHONPATH.
"""

import json
import sys
import tempfile
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file
from timm.layers import SwiGLUPacked
from timm.models.vision_transformer import VisionTransformer
from transformers import AutoConfig, AutoModel, AutoModelForImageClassification


def model_of(folder, tensors):
    classifier = any(name.startswith("classifier.") for name in tensors)
    return (AutoModelForImageClassification if classifier else AutoModel), AutoConfig.from_pretrained(folder)


def check_hf(folder, tensors):
    auto, _ = model_of(folder, tensors)
    model, info = auto.from_pretrained(folder, dtype="auto", output_loading_info=True)
    wrong = {kind: list(names) for kind, names in info.items() if names}
    assert not wrong, wrong
    with tempfile.TemporaryDirectory() as target:
        model.save_pretrained(target)
        saved = load_file(Path(target) / "model.safetensors")
    assert saved.keys() == tensors.keys(), saved.keys() ^ tensors.keys()
    for name, value in saved.items():
        assert value.dtype == tensors[name].dtype and torch.equal(value, tensors[name]), name
    return lambda pixels: model.eval()(pixels)[0]


def check_hf5(folder, tensors):
    auto, config = model_of(folder, tensors)
    model = auto.from_config(config)
    model.load_state_dict(tensors, strict=True)
    return lambda pixels: model.eval()(pixels)[0]


def hidden_size_of(config):
    hidden = int(config["hidden_size"] * config["mlp_ratio"])
    return (int(hidden * 2 / 3) + 7) // 8 * 8 if config["use_swiglu_ffn"] else hidden


def check_timm(folder, tensors):
    config = json.loads((folder / "config.json").read_text())
    registers = config.get("num_register_tokens", 0)
    swiglu = config["use_swiglu_ffn"]
    packed = 2 * hidden_size_of(config) if swiglu else hidden_size_of(config)
    model = VisionTransformer(
        img_size=config["image_size"], patch_size=config["patch_size"], in_chans=config["num_channels"],
        embed_dim=config["hidden_size"], depth=config["num_hidden_layers"], num_heads=config["num_attention_heads"],
        # half a unit more, so that rounding down gives the size itself
        mlp_ratio=(packed + 0.5) / config["hidden_size"], qkv_bias=config["qkv_bias"], init_values=1.0, num_classes=0,
        reg_tokens=registers, no_embed_class=registers > 0,
        **(dict(mlp_layer=SwiGLUPacked, act_layer=torch.nn.SiLU) if swiglu else {}),
    )
    model.load_state_dict(tensors, strict=True)
    return lambda pixels: model.eval().forward_features(pixels)


def check_original(folder, tensors):
    from dinov2.hub.classifiers import _LinearClassifierWrapper
    from dinov2.layers import MemEffAttention, NestedTensorBlock
    from dinov2.models.vision_transformer import DinoVisionTransformer

    config = json.loads((folder / "config.json").read_text())
    dim = config["hidden_size"]
    model = DinoVisionTransformer(
        img_size=config["image_size"], patch_size=config["patch_size"], in_chans=config["num_channels"],
        embed_dim=dim, depth=config["num_hidden_layers"], num_heads=config["num_attention_heads"],
        mlp_ratio=config["mlp_ratio"], qkv_bias=config["qkv_bias"], init_values=1.0, block_chunks=0,
        ffn_layer="swiglufused" if config["use_swiglu_ffn"] else "mlp",
        num_register_tokens=config.get("num_register_tokens", 0),
        block_fn=partial(NestedTensorBlock, attn_class=MemEffAttention),
    )
    if "linear_head.weight" not in tensors:
        model.load_state_dict(tensors, strict=True)

        def tokens(pixels):
            features = model.eval().forward_features(pixels)
            parts = ("x_norm_clstoken", "x_norm_regtokens", "x_norm_patchtokens")
            return torch.cat([features[part].reshape(len(pixels), -1, dim) for part in parts], 1)

        return tokens
    labels, features = tensors["linear_head.weight"].shape
    head = torch.nn.Linear(features, labels)
    classifier = _LinearClassifierWrapper(backbone=model, linear_head=head, layers=features // dim - 1)
    classifier.load_state_dict(tensors, strict=True)
    return lambda pixels: classifier.eval()(pixels)


CHECKS = {"hf": check_hf, "hf5": check_hf5, "timm": check_timm, "original": check_original}


def compare(run, source):
    weights = load_file(source / "model.safetensors")
    auto, config = model_of(source, weights)
    model = auto.from_pretrained(source, dtype=torch.float32).eval()
    shape = (2, config.num_channels, config.image_size, config.image_size)
    pixels = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected, got = model(pixels)[0], run(pixels)
    assert expected.shape == got.shape, (expected.shape, got.shape)
    error = ((expected - got).abs().max() / expected.abs().max().clamp(min=1)).item()
    assert error < 2e-5, f"outputs differ by {error:.2e}"
    return f"; outputs as transformers' to {error:.1e}"


def main():
    system, folder = sys.argv[1], Path(sys.argv[2])
    tensors = load_file(folder / "model.safetensors")
    run = CHECKS[system](folder, tensors)
    compared = compare(run, Path(sys.argv[3])) if len(sys.argv) > 3 else ""
    print(f"{folder}: {len(tensors)} tensors load into {system}{compared}")


if __name__ == "__main__":
    main()
