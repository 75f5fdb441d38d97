"""Loads weights that this package wrote under a system's names into that system, strictly.

Usage: python conformance/python/check_schemes.py SYSTEM FOLDER
SYSTEM: hf, hf5, timm or original; FOLDER has a config.json of transformers and a model.safetensors.

Every tensor must be expected and none may be missing. What transformers itself would write for `hf` must have the
same names and bytes. `original` needs the package `dinov2` from the repository facebookresearch/dinov2.
"""

import json
import sys
import tempfile
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


def check_hf5(folder, tensors):
    auto, config = model_of(folder, tensors)
    auto.from_config(config).load_state_dict(tensors, strict=True)


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
        reg_tokens=registers, no_embed_class=registers > 0, **(dict(mlp_layer=SwiGLUPacked) if swiglu else {}),
    )
    model.load_state_dict(tensors, strict=True)


def check_original(folder, tensors):
    from dinov2.models.vision_transformer import DinoVisionTransformer

    config = json.loads((folder / "config.json").read_text())
    model = DinoVisionTransformer(
        img_size=config["image_size"], patch_size=config["patch_size"], in_chans=config["num_channels"],
        embed_dim=config["hidden_size"], depth=config["num_hidden_layers"], num_heads=config["num_attention_heads"],
        mlp_ratio=config["mlp_ratio"], qkv_bias=config["qkv_bias"], init_values=1.0, block_chunks=0,
        ffn_layer="swiglufused" if config["use_swiglu_ffn"] else "mlp",
        num_register_tokens=config.get("num_register_tokens", 0),
    )
    model.load_state_dict(tensors, strict=True)


CHECKS = {"hf": check_hf, "hf5": check_hf5, "timm": check_timm, "original": check_original}


def main():
    system, folder = sys.argv[1], Path(sys.argv[2])
    tensors = load_file(folder / "model.safetensors")
    CHECKS[system](folder, tensors)
    print(f"{folder}: {len(tensors)} tensors load into {system}")


if __name__ == "__main__":
    main()
