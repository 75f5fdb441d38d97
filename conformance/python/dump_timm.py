"""Makes tiny repositories as timm writes them, with their references, under `conformance/fixtures/timm`.

Usage: python conformance/python/dump_timm.py        (after dump_models.py; the same bytes every time)

Each folder has `config.json` and `model.safetensors` as timm saves them, and `reference.safetensors` with timm's outputs.
Arguments under `code` are those a user gives to `create_model`, as the models of pathology want it; no file has them.
"""

import json
import shutil

import timm
import torch
from safetensors.torch import save_file
from timm.layers import SwiGLUPacked
from timm.models import save_for_hf

from dump_models import FIXTURES, pixels, randomise
from references import save_reference

FOLDER = FIXTURES / "timm"
TINY = dict(embed_dim=8, depth=2, num_heads=2, img_size=28, mlp_ratio=2, num_classes=0, dynamic_img_size=True)
SWIGLU = dict(mlp_layer=SwiGLUPacked, act_layer=torch.nn.SiLU)
CASES = {
    # timm/vit_small_patch14_dinov2.lvd142m
    "dinov2": ("vit_small_patch14_dinov2", TINY),
    # timm/vit_base_patch14_reg4_dinov2.lvd142m; no grid is square in it
    "registers": ("vit_base_patch14_reg4_dinov2", dict(TINY, img_size=[28, 42])),
    # bioptimus/H-optimus-0
    "giant": ("vit_giant_patch14_reg4_dinov2", TINY),
    # MahmoodLab/UNI: a patch of 16, and a grid that does not fit the image
    "large": ("vit_large_patch16_224", dict(TINY, img_size=32, init_values=1e-5)),
    # paige-ai/Virchow
    "swiglu": ("vit_huge_patch14_224", dict(TINY, init_values=1e-5), SWIGLU),
    # paige-ai/Virchow2: positions for registers, too; those of a grid of 2 × 2 could be without them of 3 × 3
    "register-positions": ("vit_huge_patch14_224", dict(TINY, init_values=1e-5, reg_tokens=4, img_size=42), SWIGLU),
    "register-positions-2": ("vit_huge_patch14_224", dict(TINY, init_values=1e-5, reg_tokens=4), SWIGLU),
    # MahmoodLab/UNI2-h
    "register-8": ("vit_giant_patch14_224", dict(TINY, init_values=1e-5, reg_tokens=8, no_embed_class=True), SWIGLU),
    "no-embed-class": ("vit_small_patch14_dinov2", dict(TINY, no_embed_class=True)),
    "activation": ("vit_small_patch14_dinov2", dict(TINY, act_layer="quick_gelu", qkv_bias=False)),
    # PlantCLEF
    "classifier": ("vit_base_patch14_reg4_dinov2", dict(TINY, num_classes=5)),
    "classifier-mean": ("vit_small_patch14_dinov2", dict(TINY, num_classes=3, global_pool="avg", fc_norm=False)),
}


def save(name, architecture, args, code=None):
    torch.manual_seed(0)
    model = timm.create_model(architecture, **args, **(code or {})).eval()
    randomise(model, len(name))
    target = FOLDER / name
    target.mkdir(parents=True)
    labels = [f"plant {i}" for i in range(args["num_classes"])]
    save_for_hf(
        model, target, model_config={"label_names": labels} if labels else None,
        model_args={key: None for key in code or {}}, safe_serialization=True,
    )
    # timm writes tensors in another order every time
    save_file(dict(sorted((k, v.contiguous()) for k, v in model.state_dict().items())), target / "model.safetensors")
    for key in code or {}:
        config = json.loads((target / "config.json").read_text())
        config["model_args"].pop(key, None)
        (target / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    # another grid than the trained one
    patch = model.patch_embed.patch_size[0]
    pixel_values = pixels(len(name), 1, 3, 3 * patch, 4 * patch)
    with torch.no_grad():
        features = model.forward_features(pixel_values)
        outputs = {"logits": model.forward_head(features)} if labels else {"last_hidden_state": features}
    save_reference(
        target / "reference.safetensors", "Dinov2ForImageClassification" if labels else "Dinov2Model",
        {"pixel_values": pixel_values, **outputs},
    )


def main():
    torch.set_num_threads(1)
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, case in CASES.items():
        save(name, *case)


if __name__ == "__main__":
    main()
