"""Trains the architecture of the bundled model on scikit-learn's digits by transformers' Trainer: what `bench/train-digits.ts` is
compared with.

Usage: python bench/python/train_digits.py FOLDER [--epochs 8] [--seeds 1 2 3]

Writes the digits as 64×64 PNG files into FOLDER/train and FOLDER/test, a folder a class, where they aren't there yet, and prints a
line of JSON a seed: its accuracy on the 360 test images of `models/train_digits.py`, and the seconds it took.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from transformers import BitImageProcessor, Dinov2Config, Dinov2ForImageClassification, Trainer, TrainingArguments

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "models"))
from train_digits import image  # noqa: E402


def write_images(folder):
    digits = load_digits()
    rest, test = train_test_split(np.arange(len(digits.target)), test_size=360, random_state=0, stratify=digits.target)
    names = list(json.loads((ROOT / "models/digits/config.json").read_text())["id2label"].values())
    for part, indices in (("train", rest), ("test", test)):
        for i in indices:
            path = folder / part / names[digits.target[i]] / f"{i:04d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            image(digits.images[i]).save(path)


def examples(folder, processor):
    classes = sorted(each.name for each in folder.iterdir())
    paths = [(path, label) for label, name in enumerate(classes) for path in sorted((folder / name).iterdir())]
    pixels = processor([Image.open(path) for path, _ in paths], return_tensors="pt")["pixel_values"]
    return classes, [{"pixel_values": p, "labels": label} for p, (_, label) in zip(pixels, paths)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments = parser.parse_args()
    if not (arguments.folder / "test").exists():
        write_images(arguments.folder)
    processor = BitImageProcessor.from_pretrained(ROOT / "models/digits")
    classes, train = examples(arguments.folder / "train", processor)
    _, test = examples(arguments.folder / "test", processor)
    for seed in arguments.seeds:
        torch.manual_seed(seed)
        config = Dinov2Config.from_pretrained(ROOT / "models/digits")
        config.id2label, config.label2id = dict(enumerate(classes)), {name: i for i, name in enumerate(classes)}
        model = Dinov2ForImageClassification(config)
        settings = TrainingArguments(
            output_dir=str(arguments.folder.with_name("trainer")), num_train_epochs=arguments.epochs, per_device_train_batch_size=32,
            per_device_eval_batch_size=256, learning_rate=1e-3, weight_decay=0.05, lr_scheduler_type="cosine", warmup_steps=0.1,
            seed=seed, save_strategy="no", report_to=[], disable_tqdm=True, use_cpu=True,
            logging_strategy="no", dataloader_num_workers=0, remove_unused_columns=False,
        )
        trainer = Trainer(model=model, args=settings, train_dataset=train)
        start = time.time()
        trainer.train()
        seconds = time.time() - start
        scores = trainer.predict(test).predictions
        accuracy = float((scores.argmax(-1) == [each["labels"] for each in test]).mean())
        print(json.dumps({"trainer": "transformers", "seed": seed, "accuracy": accuracy, "seconds": round(seconds, 1)}), flush=True)


if __name__ == "__main__":
    main()
