"""Makes `conformance/fixtures/training`: steps of training by PyTorch in several ways, and single steps of its optimisers.

Usage: python conformance/python/dump_training.py

A case of `cases.json` has the settings, and losses, norms of gradients and learning rates of its steps; `CASE.safetensors` has the weights after
the last. `data.safetensors` has images, bytes [22, 8, 8, 3], and labels of three kinds; batches are of four images, in the order of Trainer.
The loss is the mean over all images of a step, whatever it is divided into. `steps.safetensors` has a parameter of each optimiser after each
of four steps.
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
IMAGES = 22
BATCH = 4
SEED = 42

CASES = {
    "whole": dict(learningRate=0.01, weightDecay=0.1, clip=0.05, warmup=0.2, schedule="linear", maxSteps=10),
    "head": dict(learningRate=0.05, clip=1.0, schedule="cosine", trainable="head", maxSteps=10),
    "accumulate": dict(learningRate=0.005, weightDecay=0.05, clip=1.0, warmup=3, schedule="cosine", accumulate=2, maxSteps=7),
    "smoothing": dict(learningRate=0.005, schedule="constant", warmup=2, labelSmoothing=0.1, layerDecay=0.7, weightDecay=0.1),
    "multi-label": dict(learningRate=0.005, schedule="linear", accumulate=2, problemType="multi_label_classification"),
    "regression": dict(learningRate=0.002, schedule="linear", accumulate=2, problemType="regression"),
    "sgd": dict(learningRate=0.05, weightDecay=0.01, clip=1.0, schedule="cosine", optimiser="sgd", momentum=0.9),
}
DEFAULTS = dict(
    weightDecay=0.0, clip=0.0, warmup=0, accumulate=1, labelSmoothing=0.0, trainable="all", layerDecay=1.0,
    optimiser="adamw", maxSteps=4, problemType="single_label_classification",
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


def batches_of(accumulate, count):
    """The images of some steps, as batches, in the order of Trainer: an epoch's last step may have fewer."""
    steps, epoch = [], 0
    while len(steps) < count:
        order = torch.randperm(IMAGES, generator=torch.Generator().manual_seed(SEED + epoch))
        batches = order.split(BATCH)
        steps += [batches[i : i + accumulate] for i in range(0, len(batches), accumulate)]
        epoch += 1
    return steps[:count]


def run(start, data, options):
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
    warmup = options["warmup"] if options["warmup"] >= 1 else math.ceil(options["maxSteps"] * options["warmup"])
    name = "constant_with_warmup" if options["schedule"] == "constant" else options["schedule"]
    schedule = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=options["maxSteps"])
    labels = {
        "single_label_classification": data["labels"], "multi_label_classification": data["labels.multi"],
        "regression": data["labels.numbers"],
    }[options["problemType"]]
    pixels = (data["images"].permute(0, 3, 1, 2).float() - 127.5) / 127.5
    log = []
    for parts in batches_of(options["accumulate"], options["maxSteps"]):
        count = sum(int((labels[part] != -100).sum()) for part in parts)
        optimizer.zero_grad()
        total = 0.0
        for part in parts:
            loss = loss_of(model(pixels[part]).logits, labels[part], options, count)
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
    labels = torch.randint(0, 3, (IMAGES,), generator=generator)
    labels[3] = labels[8] = -100
    data = {
        "images": torch.randint(0, 256, (IMAGES, 8, 8, 3), generator=generator, dtype=torch.uint8),
        "labels": labels.int(),
        "labels.multi": torch.randint(0, 2, (IMAGES, 3), generator=generator).float(),
        "labels.numbers": torch.randn(IMAGES, 3, generator=generator),
    }
    save_file(data, FOLDER / "data.safetensors")
    # as the processor of the tests gives them to our model
    data["labels"] = labels
    cases = []
    for name, given in CASES.items():
        options = {**DEFAULTS, **given}
        model, log = run(start, data, options)
        with tempfile.TemporaryDirectory() as saved:
            model.save_pretrained(saved)
            shutil.copyfile(Path(saved) / "model.safetensors", FOLDER / f"{name}.safetensors")
        cases.append(dict(name=name, options=options, log=log))
    (FOLDER / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    save_file(single_steps(), FOLDER / "steps.safetensors")


if __name__ == "__main__":
    main()
