"""Makes `conformance/fixtures/training`: ten steps of training by PyTorch in several ways, and single steps of its optimisers.

Usage: python conformance/python/dump_training.py

A case of `cases.json` has the settings, and losses, norms of gradients and learning rates of its steps; `CASE.safetensors` has the weights after
the last. `batches.safetensors` has images and labels: [20, 4, ...], which a case that accumulates takes two at a time. The loss is the
mean over all images of a step, whatever it is divided into. `steps.safetensors` has a parameter of each optimiser after each of four steps.
"""

import json
import math
import re
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import Dinov2Config, Dinov2ForImageClassification, get_scheduler
from transformers.trainer_pt_utils import LabelSmoother, get_parameter_names

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "training"
STEPS = 10

CASES = {
    "whole": dict(learningRate=0.01, weightDecay=0.1, clip=0.05, warmup=0.2, schedule="linear"),
    "head": dict(learningRate=0.05, clip=1.0, schedule="cosine", trainable="head"),
    "accumulate": dict(learningRate=0.005, weightDecay=0.05, clip=1.0, warmup=3, schedule="cosine", accumulate=2),
    "smoothing": dict(learningRate=0.005, schedule="constant", warmup=2, accumulate=2, labelSmoothing=0.1),
    "multi-label": dict(learningRate=0.005, schedule="linear", accumulate=2, problemType="multi_label_classification"),
    "regression": dict(learningRate=0.002, schedule="linear", accumulate=2, problemType="regression"),
    "layers": dict(learningRate=0.01, weightDecay=0.1, schedule="linear", layerDecay=0.7),
    "sgd": dict(learningRate=0.05, weightDecay=0.01, clip=1.0, schedule="cosine", optimiser="sgd", momentum=0.9),
}
DEFAULTS = dict(
    weightDecay=0.0, clip=0.0, warmup=0, accumulate=1, labelSmoothing=0.0, trainable="all", layerDecay=1.0,
    optimiser="adamw", problemType="single_label_classification",
)


def decayed(model):
    """As Trainer.get_decay_parameter_names."""
    patterns = [r"bias", r"layernorm", r"rmsnorm", r"(?:^|\.)norm(?:$|\.)", r"_norm(?:$|\.)"]
    return set(get_parameter_names(model, [torch.nn.LayerNorm], patterns))


def rate(name, depth, decay):
    block = re.search(r"layer\.(\d+)\.", name)
    layer = int(block[1]) + 1 if block else 0 if ".embeddings." in name else depth + 1
    return decay ** (depth + 1 - layer)


def loss_of(logits, labels, options, count):
    kind = options["problemType"]
    if kind == "multi_label_classification":
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="sum") / count
    if kind == "regression":
        return torch.nn.functional.mse_loss(logits, labels, reduction="sum") / count
    if options["labelSmoothing"] > 0:
        smoother = LabelSmoother(epsilon=options["labelSmoothing"])
        return smoother({"logits": logits}, labels, num_items_in_batch=count)
    return torch.nn.functional.cross_entropy(logits, labels, ignore_index=-100, reduction="sum") / count


def run(start, batches, options):
    model = Dinov2ForImageClassification(start.config)
    model.load_state_dict(start.state_dict())
    model.train()
    depth, keep = model.config.num_hidden_layers, decayed(model)
    trained = [(n, p) for n, p in model.named_parameters() if options["trainable"] == "all" or n.startswith("classifier")]
    groups = [
        dict(params=[p], lr=options["learningRate"] * rate(n, depth, options["layerDecay"]),
             weight_decay=options["weightDecay"] if n in keep else 0.0)
        for n, p in trained
    ]
    if options["optimiser"] == "sgd":
        optimizer = torch.optim.SGD(groups, momentum=options["momentum"])
    else:
        optimizer = torch.optim.AdamW(groups)
    warmup = options["warmup"] if options["warmup"] >= 1 else math.ceil(STEPS * options["warmup"])
    name = "constant_with_warmup" if options["schedule"] == "constant" else options["schedule"]
    schedule = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=STEPS)
    labels = {
        "single_label_classification": batches["labels"], "multi_label_classification": batches["labels.multi"],
        "regression": batches["labels.numbers"],
    }[options["problemType"]]
    log = []
    for step in range(STEPS):
        parts = range(step * options["accumulate"], (step + 1) * options["accumulate"])
        count = sum(int((labels[i] != -100).sum()) for i in parts)
        optimizer.zero_grad()
        total = 0.0
        for i in parts:
            loss = loss_of(model(batches["pixel_values"][i]).logits, labels[i], options, count)
            loss.backward()
            total += loss.item()
        with_gradients = [p for _, p in trained if p.grad is not None]
        norm = torch.nn.utils.clip_grad_norm_(with_gradients, options["clip"] or math.inf).item()
        # the last group is the head's bias, whose rate no layer makes smaller
        log.append(dict(loss=total, gradientNorm=norm, learningRate=optimizer.param_groups[-1]["lr"]))
        optimizer.step()
        schedule.step()
    return model, log


def single_steps():
    generator = torch.Generator().manual_seed(3)
    normal = lambda: torch.randn(1000, generator=generator)
    tensors = {"start": normal()}
    optimizers = {
        "adamw": lambda p: torch.optim.AdamW([p], lr=0.01, weight_decay=0.1),
        "adamw-plain": lambda p: torch.optim.AdamW([p], lr=0.01, betas=(0.8, 0.95), eps=1e-5, weight_decay=0),
        "sgd": lambda p: torch.optim.SGD([p], lr=0.01, momentum=0.9, weight_decay=0.1),
        "sgd-plain": lambda p: torch.optim.SGD([p], lr=0.01),
    }
    # gradients of very different sizes: a second moment that is tiny tells where epsilon stands
    gradients = [normal() * 10 ** (normal() * 2).clamp(max=1) for _ in range(4)]
    tensors["gradients"] = torch.stack(gradients)
    for name, make in optimizers.items():
        parameter = torch.nn.Parameter(tensors["start"].clone())
        optimizer = make(parameter)
        after = []
        for gradient in gradients:
            parameter.grad = gradient.clone()
            optimizer.step()
            after.append(parameter.detach().clone())
        tensors[name] = torch.stack(after)
    return tensors


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    config = Dinov2Config(
        hidden_size=12, num_hidden_layers=2, num_attention_heads=3, mlp_ratio=2, image_size=8, patch_size=4, num_labels=3,
        initializer_range=0.3,
    )
    start = Dinov2ForImageClassification(config)
    start.save_pretrained(FOLDER / "start")
    generator = torch.Generator().manual_seed(1)
    labels = torch.randint(0, 3, (2 * STEPS, 4), generator=generator)
    labels[2, 1] = labels[5, :3] = -100
    batches = {
        "pixel_values": torch.randn(2 * STEPS, 4, 3, 8, 8, generator=generator),
        "labels": labels,
        "labels.multi": torch.randint(0, 2, (2 * STEPS, 4, 3), generator=generator).float(),
        "labels.numbers": torch.randn(2 * STEPS, 4, 3, generator=generator),
    }
    save_file(batches, FOLDER / "batches.safetensors")
    cases = []
    for name, given in CASES.items():
        options = {**DEFAULTS, **given}
        model, log = run(start, batches, options)
        with tempfile.TemporaryDirectory() as saved:
            model.save_pretrained(saved)
            shutil.copyfile(Path(saved) / "model.safetensors", FOLDER / f"{name}.safetensors")
        cases.append(dict(name=name, options=options, log=log))
    (FOLDER / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    save_file(single_steps(), FOLDER / "steps.safetensors")


if __name__ == "__main__":
    main()
