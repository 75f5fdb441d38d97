"""References at the published sizes, from seeded weights: nothing is downloaded.

Usage: python conformance/python/full_size.py SIZE FOLDER [--image 224] [--float64]
       SIZE: small, base, large, giant, or with-registers-small, …

Writes FOLDER/SIZE.safetensors, and with --float64 FOLDER/SIZE.float64.safetensors. Then run
`npm run full-size -- --size SIZE --reference FOLDER/SIZE.safetensors`.
"""

import argparse
from pathlib import Path

import torch
from transformers import Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel

from references import outputs_of, save_reference
from seeded_weights import seeded_values

SIZES = {
    "small": dict(hidden_size=384, num_hidden_layers=12, num_attention_heads=6),
    "base": dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12),
    "large": dict(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16),
    "giant": dict(hidden_size=1536, num_hidden_layers=40, num_attention_heads=24, use_swiglu_ffn=True),
}


def fill(model):
    """Sets every parameter, by the names it has in files."""
    for name, parameter in model.named_parameters():
        if "up_proj" in name:
            continue
        file_name = name
        for new, old in (("q_proj", "attention.query"), ("k_proj", "attention.key"), ("v_proj", "attention.value"),
                         ("o_proj", "output.dense"), ("gate_proj", "weights_in"), ("down_proj", "weights_out")):
            file_name = file_name.replace(f".{new}.", f".{old}.")
        shape = list(parameter.shape)
        if "gate_proj" in name:
            shape[0] *= 2
        values = torch.from_numpy(seeded_values(file_name, shape))
        if "gate_proj" in name:
            gate, up = values.chunk(2)
            parameter.data.copy_(gate)
            model.get_parameter(name.replace("gate_proj", "up_proj")).data.copy_(up)
        else:
            parameter.data.copy_(values)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("size")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--image", type=int, default=224)
    parser.add_argument("--float64", action="store_true")
    arguments = parser.parse_args()
    registers = arguments.size.startswith("with-registers-")
    config_class, model_class = (
        (Dinov2WithRegistersConfig, Dinov2WithRegistersModel) if registers else (Dinov2Config, Dinov2Model)
    )
    fields = SIZES[arguments.size.removeprefix("with-registers-")]
    model = model_class(config_class(image_size=518, patch_size=14, **fields)).eval()
    fill(model)
    shape = [1, 3, arguments.image, arguments.image]
    pixel_values = torch.from_numpy(seeded_values("pixel_values.token", shape)) * 4
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for dtype, suffix in ((torch.float32, ""), (torch.float64, ".float64")):
        if dtype == torch.float64 and not arguments.float64:
            continue
        with torch.no_grad():
            result = model.to(dtype)(pixel_values.to(dtype), output_hidden_states=False)
        path = arguments.folder / f"{arguments.size}{suffix}.safetensors"
        save_reference(path, model_class.__name__, {"pixel_values": pixel_values, **outputs_of(result)})
        print(path)


if __name__ == "__main__":
    main()
