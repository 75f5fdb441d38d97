"""Makes the files under `conformance/fixtures/written`, which this library must write byte for byte.

Usage: python conformance/python/dump_written.py        (a few seconds; the same bytes every time)

Configurations and processor settings as transformers saves them, a safetensors file with every dtype, and values that
are hard to round with what PyTorch rounds them to.
"""

import shutil
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from transformers import BitImageProcessor, Dinov2Config, Dinov2WithRegistersConfig

WRITTEN = Path(__file__).resolve().parent.parent / "fixtures" / "written"

LABELS = {0: "tabby, tabby cat", 1: "10", 2: "9", 3: "café \U0001F600", 4: "crane", 5: "crane", 6: "\"quoted\" \\ \n", 7: "__proto__"}

CONFIGS = {
    "defaults": (Dinov2Config(), "Dinov2Model"),
    "registers": (Dinov2WithRegistersConfig(), "Dinov2WithRegistersModel"),
    "giant": (
        Dinov2Config(hidden_size=1536, num_hidden_layers=40, num_attention_heads=24, image_size=518, use_swiglu_ffn=True),
        "Dinov2Model",
    ),
    "labels": (Dinov2Config(id2label=LABELS, label2id={label: i for i, label in LABELS.items()}), "Dinov2ForImageClassification"),
    "many-labels": (Dinov2WithRegistersConfig(num_labels=12), "Dinov2WithRegistersForImageClassification"),
    "two-named-labels": (Dinov2Config(id2label={0: "cat", 1: "dog"}, label2id={"cat": 0, "dog": 1}), "Dinov2ForImageClassification"),
    "numbers": (
        Dinov2Config(
            layer_norm_eps=1e-5, initializer_range=1e-4, layerscale_value=1e-07, drop_path_rate=0.1, hidden_dropout_prob=1e-20,
            image_size=[224, 280], patch_size=[14, 7], out_features=["stem", "stage12"], output_hidden_states=True,
            output_attentions=True, problem_type="multi_label_classification",
        ),
        "Dinov2Backbone",
    ),
}

DINOV2 = dict(size={"shortest_edge": 256}, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
PROCESSORS = {
    "defaults": dict(),
    "dinov2": dict(**DINOV2, rescale_factor=0.00392156862745098),
    "exact": dict(size={"height": 32, "width": 48}, crop_size=30, resample=2, do_normalize=False, image_mean=[0.0, 1.0, 1e-05]),
    "longest": dict(size={"shortest_edge": 32, "longest_edge": 48}, do_center_crop=False, do_resize=False, do_rescale=False),
}

DTYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
    torch.uint64, torch.uint32, torch.uint16, torch.uint8, torch.bool,
]
NAMES = ["10", "9", "a", "é", "\U0001F600", "￮", "tab\t\"quote\" \x7f", "__proto__"]


def mixed():
    """Every dtype, names of every kind, a scalar and an empty tensor."""
    tensors = {}
    for i, dtype in enumerate(DTYPES):
        tensors[f"{NAMES[i % len(NAMES)]}.{i}"] = torch.arange(i % 3 + 1).to(dtype)
        tensors[f"b.{i}"] = torch.ones(()).to(dtype)
    for name in NAMES:
        tensors[name] = torch.full((2, 1), 0.5)
    tensors["empty"] = torch.zeros(0, 3)
    save_file(tensors, WRITTEN / "mixed.safetensors", metadata={"format": "pt"})


def hard_values():
    """Values near and between those of the 16-bit dtypes, and random bits; no-numbers are left to other tests."""
    codes = torch.arange(0, 2**15, 257, dtype=torch.int32).to(torch.int16)
    values = []
    for narrow in (torch.float16, torch.bfloat16):
        low, high = codes.view(narrow).double(), (codes + 1).view(narrow).double()
        middle = (low + high) / 2
        values += [low, middle, middle * (1 + 2**-23), middle * (1 - 2**-24), middle * (1 + 2**-40)]
    values.append(torch.tensor([65504.0, 65519.99, 65520.0, 3.38e38, 3.3961775e38, 1e39, 1e300, 1e-320, 2.0**-25, 0.0, float("inf")], dtype=torch.float64))
    bits = numpy.random.default_rng(0).integers(0, 2**32, 500, dtype=numpy.uint32)
    values.append(torch.from_numpy(bits.view(numpy.float32).astype(numpy.float64)))
    doubles = torch.cat(values)
    doubles = doubles[~doubles.isnan()]
    doubles = torch.cat([doubles, -doubles])
    tensors = {}
    for name, dtype in (("F64", torch.float64), ("F32", torch.float32), ("F16", torch.float16), ("BF16", torch.bfloat16)):
        source = doubles.to(dtype)
        tensors |= {name: source, f"{name}.F16": source.half().clone(), f"{name}.BF16": source.bfloat16().clone()}
    save_file(tensors, WRITTEN / "hard-values.safetensors")


def main():
    shutil.rmtree(WRITTEN, ignore_errors=True)
    WRITTEN.mkdir(parents=True)
    for name, (config, architecture) in CONFIGS.items():
        # as save_pretrained of a model does
        config.dtype = "float32"
        config.architectures = [architecture]
        (WRITTEN / f"config-{name}.json").write_text(config.to_json_string(), encoding="utf-8")
    for name, settings in PROCESSORS.items():
        text = BitImageProcessor(**settings).to_json_string()
        (WRITTEN / f"preprocessor-{name}.json").write_text(text, encoding="utf-8")
    mixed()
    hard_values()


if __name__ == "__main__":
    main()
