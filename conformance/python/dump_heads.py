"""Makes tiny backbones with linear heads in files of their own, and their references, under `conformance/fixtures`.

Usage: python conformance/python/dump_heads.py        (after dump_models.py; the same bytes every time)

Backbones and heads have the names and the positions of the original code, whose classifiers these are; what carries
them out is transformers' model and its final norm.
"""

import json
import shutil
from types import SimpleNamespace

import torch
from safetensors.torch import save_file

from dump_models import CLASSES, FIXTURES, TINY, WIDE, dump, index, original_names, original_positions, pixels, randomise
from transformers import Dinov2Config, Dinov2WithRegistersConfig

LABELS = 5
HEAD_FILE = "linear_head.safetensors"


class LinearClassifier(torch.nn.Module):
    """CLS of the last layers, first layer first, and the mean of the last one's patches, all normalised; then linear."""

    def __init__(self, backbone, layers):
        super().__init__()
        self.backbone = backbone
        self.layers = layers
        self.linear_head = torch.nn.Linear((layers + 1) * backbone.config.hidden_size, LABELS)

    def forward(self, pixel_values):
        hidden_states = self.backbone(pixel_values, output_hidden_states=True).hidden_states
        last = [self.backbone.layernorm(state) for state in hidden_states[-self.layers :]]
        patches = last[-1][:, 1 + getattr(self.backbone.config, "num_register_tokens", 0) :]
        features = torch.cat([*(state[:, 0] for state in last), patches.mean(dim=1)], dim=1)
        return SimpleNamespace(logits=self.linear_head(features), hidden_states=hidden_states)


def save(path, state):
    save_file({name: value.contiguous() for name, value in state.items()}, path, metadata={"format": "pt"})


def linear_head(layers, registers, seed):
    """A backbone with one block more than the head reads, and the head."""
    name = f"linear-{layers}" + ("-registers" if registers else "")
    config_class = Dinov2WithRegistersConfig if registers else Dinov2Config
    config = config_class(**{**TINY, "hidden_size": 12, "num_hidden_layers": layers + 1}, attn_implementation="eager")
    model = LinearClassifier(CLASSES[registers, "model"](config), layers).eval()
    randomise(model, seed)
    target = FIXTURES / "models" / name
    shutil.rmtree(target, ignore_errors=True)
    config.save_pretrained(target)
    save(target / "model.safetensors", original_names(model.backbone.state_dict()))
    save(target / HEAD_FILE, model.linear_head.state_dict())
    if not registers:
        original_positions(model.backbone)
    architecture = CLASSES[registers, "classifier"].__name__
    dump(name, model, name, pixels(seed, 2, 3, *WIDE), architecture=architecture, position_interpolation="original")
    index[-1]["head"] = HEAD_FILE


def main():
    torch.set_num_threads(1)
    for seed, (layers, registers) in enumerate([(1, False), (4, False), (1, True), (4, True)]):
        linear_head(layers, registers, 500 + seed)
    path = FIXTURES / "index.json"
    others = [case for case in json.loads(path.read_text()) if "head" not in case]
    path.write_text(json.dumps(others + index, indent=1) + "\n")


if __name__ == "__main__":
    main()
