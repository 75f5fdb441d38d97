"""Makes the tiny checkpoints and their references under `conformance/fixtures`.

Usage: python conformance/python/dump_models.py        (about ten seconds; the same bytes every time)

Every reference has PyTorch's float32 outputs and, in a second file, its float64 outputs for the same weights.
"""

import json
import math
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from timm.models.vision_transformer import VisionTransformer
from transformers import (
    Dinov2Backbone,
    Dinov2Config,
    Dinov2ForImageClassification,
    Dinov2Model,
    Dinov2WithRegistersBackbone,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersForImageClassification,
    Dinov2WithRegistersModel,
)

from references import OUTPUTS, feature_maps_of, outputs_of, save_reference

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
TINY = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, image_size=24, patch_size=4)
CLASSES = {
    (False, "model"): Dinov2Model,
    (False, "classifier"): Dinov2ForImageClassification,
    (False, "backbone"): Dinov2Backbone,
    (True, "model"): Dinov2WithRegistersModel,
    (True, "classifier"): Dinov2WithRegistersForImageClassification,
    (True, "backbone"): Dinov2WithRegistersBackbone,
}
index = []


def randomise(model, seed):
    """Weights that all matter: gains off one, scales off one, tokens and biases off zero."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if name.endswith("lambda1"):
            value = 0.5 + 0.2 * noise
        elif "norm" in name and name.endswith("weight"):
            value = 1 + 0.2 * noise
        elif name.endswith("bias"):
            value = 0.2 * noise
        elif "token" in name or "position" in name:
            value = 0.7 * noise
        else:
            value = noise / math.sqrt(parameter[0].numel())
        parameter.data.copy_(value)


def make(name, kind="model", registers=False, seed=0, **fields):
    """A random checkpoint, saved as transformers saves it, and the model in float32 with eager attention."""
    config_class = Dinov2WithRegistersConfig if registers else Dinov2Config
    config = config_class(**{**TINY, **fields}, attn_implementation="eager")
    torch.manual_seed(seed)
    model = CLASSES[registers, kind](config).eval()
    randomise(model, seed)
    model.save_pretrained(FIXTURES / "models" / name)
    return model


def pixels(seed, *shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(1000 + seed))


def dump(case, model, model_name, pixel_values, call=None, inputs=None, stages=None, architecture=None, **metadata):
    """Runs a model in float32 and float64 and saves both references."""
    call, inputs = call or {}, inputs or {}
    architecture = architecture or type(model).__name__
    for dtype, folder in ((torch.float32, "references"), (torch.float64, "float64")):
        typed = model.to(dtype)
        arguments = {
            key: value.to(dtype) if isinstance(value, torch.Tensor) and value.is_floating_point() else value
            for key, value in call.items()
        }
        with torch.no_grad():
            result = typed(pixel_values.to(dtype), **arguments)
        tensors = feature_maps_of(result, stages) if stages else outputs_of(result)
        if dtype == torch.float32:
            tensors = {"pixel_values": pixel_values, **inputs, **tensors}
        else:
            tensors = {name: value for name, value in tensors.items() if name in OUTPUTS or "maps" in name}
        path = FIXTURES / folder / f"{case}.safetensors"
        path.parent.mkdir(parents=True, exist_ok=True)
        save_reference(path, architecture, tensors, **metadata)
    model.to(torch.float32)
    index.append({"name": case, "model": model_name, "architecture": architecture, **metadata})


ALL = dict(output_hidden_states=True, output_attentions=True)
SQUARE, UP, DOWN, WIDE, ODD = (24, 24), (36, 36), (16, 16), (20, 32), (26, 17)
# as many patches as SQUARE has, in another grid
LONG = (12, 48)


def bare_models():
    for registers in (False, True):
        for swiglu in (False, True):
            name = ("registers" if registers else "plain") + ("-swiglu" if swiglu else "-mlp")
            model = make(name, registers=registers, seed=len(name), use_swiglu_ffn=swiglu)
            dump(f"{name}-square", model, name, pixels(1, 2, 3, *SQUARE), ALL)
            for size_name, size in (("up", UP), ("down", DOWN), ("wide", WIDE), ("odd", ODD), ("long", LONG)):
                dump(f"{name}-{size_name}", model, name, pixels(2, 1, 3, *size))
            masked = torch.rand(2, 40, generator=torch.Generator().manual_seed(5)) > 0.5
            dump(
                f"{name}-masked", model, name, pixels(3, 2, 3, *WIDE),
                dict(bool_masked_pos=masked), dict(bool_masked_pos=masked.to(torch.uint8)),
            )
            tokens = 1 + (4 if registers else 0) + 36
            attended = torch.ones(2, tokens, dtype=torch.long)
            attended[0, -7:] = 0
            attended[1, 3:9] = 0
            dump(
                f"{name}-attention-mask", model, name, pixels(4, 2, 3, *SQUARE),
                dict(attention_mask=attended, **ALL), dict(attention_mask=attended.to(torch.uint8)),
            )


def variants():
    """One checkpoint for each field that changes the forward pass."""
    fields = {
        "no-qkv-bias": dict(qkv_bias=False),
        "grey": dict(num_channels=1),
        "patch-8": dict(patch_size=8, image_size=40),
        "no-mask-token": dict(use_mask_token=False),
        "head-size-64": dict(hidden_size=128, num_attention_heads=2, num_hidden_layers=1, mlp_ratio=1),
        "mlp-ratio-3": dict(mlp_ratio=3),
        "layer-norm-eps": dict(layer_norm_eps=0.1),
        "grid-518": dict(hidden_size=8, num_attention_heads=1, num_hidden_layers=1, image_size=37 * 4, patch_size=4),
    }
    for act in ("gelu_new", "gelu_fast", "gelu_pytorch_tanh", "quick_gelu", "relu", "silu", "mish", "relu6", "tanh", "sigmoid", "linear"):
        fields[f"act-{act}"] = dict(hidden_act=act, num_hidden_layers=1)
    fields |= {
        "head-dim": dict(head_dim=12, num_hidden_layers=1),
        "swiglu-rounded": dict(hidden_size=20, num_attention_heads=2, mlp_ratio=5, use_swiglu_ffn=True, num_hidden_layers=1),
    }
    for seed, (name, changes) in enumerate(fields.items()):
        model = make(name, seed=100 + seed, **changes)
        size = (64, 64) if name == "grid-518" else (40, 40) if name == "patch-8" else SQUARE
        dump(name, model, name, pixels(seed, 1, changes.get("num_channels", 3), *size))
    model = make("grid-518-registers", registers=True, seed=200, **fields["grid-518"])
    dump("grid-518-registers", model, "grid-518-registers", pixels(50, 1, 3, 64, 96))


def classifiers():
    labels = {
        "classifier": (dict(num_labels=5), torch.tensor([3, 1])),
        "classifier-ignored": (dict(num_labels=5, problem_type="single_label_classification"), torch.tensor([-100, 4])),
        "classifier-multi": (dict(num_labels=4), torch.tensor([[0.0, 1, 1, 0], [1, 0, 0, 1]])),
        "classifier-regression": (dict(num_labels=1), torch.tensor([0.7, -1.3])),
        "classifier-regression-3": (dict(num_labels=3, problem_type="regression"), torch.tensor([[0.1, 2, 3], [-1, 0, 1]])),
        "classifier-features": (dict(num_labels=0), None),
    }
    for registers in (False, True):
        for seed, (name, (fields, target)) in enumerate(labels.items()):
            full = f"{name}-registers" if registers else name
            model = make(full, "classifier", registers, 300 + seed, **fields)
            inputs = {} if target is None else {"labels": target}
            dump(full, model, full, pixels(seed, 2, 3, *WIDE), dict(inputs), inputs)


def backbones():
    fields = {
        "backbone": dict(out_features=["stem", "stage1", "stage2"]),
        "backbone-last": {},
        "backbone-tokens": dict(out_indices=[1, -1], reshape_hidden_states=False),
        "backbone-raw": dict(out_features=["stage1"], apply_layernorm=False),
    }
    for registers in (False, True):
        for seed, (name, changes) in enumerate(fields.items()):
            full = f"{name}-registers" if registers else name
            model = make(full, "backbone", registers, 400 + seed, **changes)
            dump(full, model, full, pixels(seed, 1, 3, *WIDE), dict(output_hidden_states=True), stages=model.out_features)


def original_positions(model):
    """Makes a transformers model resample positions as the original code does for plain models."""
    embeddings = model.embeddings
    table = model.config.image_size // model.config.patch_size

    def interpolate(tokens, height, width):
        positions = embeddings.position_embeddings
        if tokens.shape[1] == positions.shape[1] and height == width:
            return positions
        h, w = height // model.config.patch_size, width // model.config.patch_size
        grid = positions[:, 1:].float().reshape(1, table, table, -1).permute(0, 3, 1, 2)
        scale = ((h + 0.1) / table, (w + 0.1) / table)
        resampled = torch.nn.functional.interpolate(grid, scale_factor=scale, mode="bicubic", antialias=False)
        assert resampled.shape[-2:] == (h, w)
        flat = resampled.permute(0, 2, 3, 1).reshape(1, h * w, -1).to(positions.dtype)
        return torch.cat((positions[:, :1], flat), dim=1)

    embeddings.interpolate_pos_encoding = interpolate


def original_names(state):
    """The state dict of the original code for that of transformers in memory."""
    renamed = {}
    for name, value in state.items():
        new = name.replace("embeddings.position_embeddings", "pos_embed")
        new = new.replace("embeddings.patch_embeddings.projection", "patch_embed.proj").replace("embeddings.", "")
        new = new.replace("encoder.layer.", "blocks.").replace("layernorm.", "norm.").replace("lambda1", "gamma")
        new = new.replace("layer_scale", "ls").replace("attention.o_proj", "attn.proj").replace("down_proj", "w3")
        if "k_proj" in name or "v_proj" in name or "up_proj" in name:
            continue
        if "q_proj" in name:
            value = torch.cat([state[name.replace("q_proj", f"{part}_proj")] for part in "qkv"])
            new = new.replace("attention.q_proj", "attn.qkv")
        if "gate_proj" in name:
            value = torch.cat([value, state[name.replace("gate_proj", "up_proj")]])
            new = new.replace("gate_proj", "w12")
        renamed[new] = value.contiguous()
    return renamed


def other_names():
    """The same weights under the names of other systems, and timm's own outputs."""
    for name in ("plain-mlp", "plain-swiglu", "registers-mlp", "registers-swiglu"):
        registers = name.startswith("registers")
        model = CLASSES[registers, "model"].from_pretrained(FIXTURES / "models" / name, attn_implementation="eager").eval()
        for folder, state in (("hf5", model.state_dict()), ("original", original_names(model.state_dict()))):
            target = FIXTURES / "models" / f"{name}-{folder}"
            target.mkdir(parents=True, exist_ok=True)
            save_file({k: v.contiguous() for k, v in state.items()}, target / "model.safetensors", metadata={"format": "pt"})
            shutil.copy(FIXTURES / "models" / name / "config.json", target / "config.json")
            if not registers and folder == "original":
                original_positions(model)
            dump(f"{name}-{folder}", model, f"{name}-{folder}", pixels(7, 1, 3, *WIDE),
                 position_interpolation="original" if folder == "original" else "hf")
        if name.endswith("mlp"):
            timm_model(name, registers, original_names(model.state_dict()))


def timm_model(name, registers, state):
    vit = VisionTransformer(
        img_size=24, patch_size=4, embed_dim=24, depth=2, num_heads=3, init_values=1.0, num_classes=0,
        reg_tokens=4 if registers else 0, no_embed_class=registers, dynamic_img_size=True,
    ).eval()
    state.pop("mask_token")
    if registers:
        state["reg_token"] = state.pop("register_tokens")
        state["cls_token"] = state["cls_token"] + state["pos_embed"][:, :1]
        state["pos_embed"] = state["pos_embed"][:, 1:]
    vit.load_state_dict(state, strict=True)
    target = FIXTURES / "models" / f"{name}-timm"
    target.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in vit.state_dict().items()}, target / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((FIXTURES / "models" / name / "config.json").read_text())
    config["use_mask_token"] = False
    (target / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    pixel_values = pixels(8, 1, 3, *WIDE)
    for dtype, folder in ((torch.float32, "references"), (torch.float64, "float64")):
        with torch.no_grad():
            tokens = vit.to(dtype).forward_features(pixel_values.to(dtype))
        tensors = {"last_hidden_state": tokens, "pooler_output": tokens[:, 0]}
        if dtype == torch.float32:
            tensors["pixel_values"] = pixel_values
        save_reference(FIXTURES / folder / f"{name}-timm.safetensors", "Dinov2Model", tensors, position_interpolation="timm")
    index.append({"name": f"{name}-timm", "model": f"{name}-timm", "architecture": "Dinov2Model", "position_interpolation": "timm"})


def storage_variants():
    """The same model in half precision and in shards; outputs are those of the widened weights."""
    source = Dinov2Model.from_pretrained(FIXTURES / "models" / "plain-mlp", attn_implementation="eager").eval()
    for name, dtype in (("float16", torch.float16), ("bfloat16", torch.bfloat16)):
        narrow = Dinov2Model.from_pretrained(FIXTURES / "models" / "plain-mlp", attn_implementation="eager").to(dtype)
        narrow.save_pretrained(FIXTURES / "models" / name)
        dump(name, narrow.to(torch.float32).eval(), name, pixels(9, 1, 3, *SQUARE))
    source.save_pretrained(FIXTURES / "models" / "sharded", max_shard_size="20KB")
    dump("sharded", source, "sharded", pixels(9, 1, 3, *SQUARE))


def main():
    torch.set_num_threads(1)
    for folder in ("models", "references", "float64"):
        shutil.rmtree(FIXTURES / folder, ignore_errors=True)
    bare_models()
    variants()
    classifiers()
    backbones()
    other_names()
    storage_variants()
    (FIXTURES / "index.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    main()
