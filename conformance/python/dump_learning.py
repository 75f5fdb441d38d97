"""Writes what scikit-learn and torch learn from small features to `conformance/fixtures/learning.safetensors` and `learning.json`.

Usage: python conformance/python/dump_learning.py        (the same bytes every time on one machine)

Features of 80 training and 40 test images, 4 classes: CLS tokens of four blocks and means of patches. Logistic regression is at the
minimum (gradients below 1e-9); kNN and linear heads follow Meta's evaluation, whose programs they write out again.
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    f1_score,
    mean_squared_error,
    precision_recall_fscore_support,
    r2_score,
    top_k_accuracy_score,
)

FOLDER = Path(__file__).resolve().parent.parent / "fixtures"
N, M, D, CLASSES, LAYERS = 80, 40, 8, 4, 4
RATES = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1]
PROBE = {"epochs": 2, "batchSize": 32, "seed": 3}
STEPS = 2 * 10


def features():
    rng = np.random.default_rng(5)
    # features that vary together, as a model's do
    mixing = rng.standard_normal((LAYERS + 1, D, D)) * np.geomspace(3, 0.1, D)
    centres = rng.standard_normal((CLASSES, D)) * 0.8
    labels = rng.permutation(np.arange(N + M) % CLASSES)
    inner = centres[labels] + rng.standard_normal((N + M, D))
    parts = [(inner + 0.3 * rng.standard_normal(inner.shape)) @ each.T + 0.5 for each in mixing]
    return np.stack(parts).astype(np.float32), labels.astype(np.int32)


def logistic(x, y, C):
    model = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-13, max_iter=1000).fit(x, y)
    W, b = model.coef_, model.intercept_
    if len(W) == 1:
        r = 1 / (1 + np.exp(-(x @ W[0] + b[0]))) - y
        gradient = np.append(C * (r @ x) + W[0], C * r.sum())
    else:
        gradient = (C * (model.predict_proba(x) - np.eye(len(W))[y])).T @ np.c_[x, np.ones(len(x))] + np.c_[W, 0 * b]
    assert np.abs(gradient).max() < 1e-9, np.abs(gradient).max()
    return W, b - b.mean() if len(b) > 1 else b


def votes(train, y, test, ks, temperature):
    unit = lambda a: a / np.linalg.norm(a.astype(np.float64), axis=1, keepdims=True)
    cosines = torch.from_numpy(unit(test) @ unit(train).T)
    best, indices = cosines.topk(max(ks), dim=1)
    weights = torch.softmax(best / temperature, 1)
    each = torch.nn.functional.one_hot(torch.from_numpy(y)[indices].long(), CLASSES) * weights[..., None]
    return {k: each[:, :k].sum(1).numpy() for k in ks}, indices.numpy()


def order(count, seed):
    """ShardedInfiniteSampler of facebookresearch/dinov2"""
    g = torch.Generator().manual_seed(seed)
    first = torch.randperm(count, generator=g)
    turn = 0
    while True:
        g.manual_seed(seed + (turn << 24))
        result = torch.empty(count, dtype=torch.int64)
        for i in range(count):
            j = torch.randint(0, i + 1, (1,), generator=g).item() if i > 0 else 0
            result[i] = result[j]
            result[j] = first[i]
        yield from result.tolist()
        turn += 1


def probe(train, test, y, t):
    torch.manual_seed(PROBE["seed"])
    heads = []
    for n in (1, 4):
        for average in (False, True):
            put = lambda parts: torch.from_numpy(np.concatenate([*parts[LAYERS - n : LAYERS], *(parts[LAYERS:] if average else [])], 1))
            for rate in RATES:
                linear = torch.nn.Linear(put(train).shape[1], CLASSES)
                linear.weight.data.normal_(0, 0.01)
                linear.bias.data.zero_()
                heads.append((put(train), put(test), rate, linear))
    groups = [{"params": linear.parameters(), "lr": rate * PROBE["batchSize"] / 256} for _, _, rate, linear in heads]
    optimizer = torch.optim.SGD(groups, momentum=0.9, weight_decay=0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS, eta_min=0)
    images = order(N, PROBE["seed"])
    labels = torch.from_numpy(y).long()
    for _ in range(STEPS):
        batch = [next(images) for _ in range(PROBE["batchSize"])]
        optimizer.zero_grad()
        sum(torch.nn.functional.cross_entropy(linear(x[batch]), labels[batch]) for x, _, _, linear in heads).backward()
        optimizer.step()
        schedule.step()
    accuracies = [float((linear(x).argmax(1).numpy() == t).mean()) for _, x, _, linear in heads]
    weights = np.concatenate([linear.weight.detach().numpy().ravel() for *_, linear in heads])
    biases = np.concatenate([linear.bias.detach().numpy() for *_, linear in heads])
    return accuracies, weights, biases


def main():
    torch.set_num_threads(1)
    x, y = features()
    train, test, labels, wanted = x[:, :N], x[:, N:], y[:N], y[N:]
    tensors = {"train": train, "test": test, "labels": labels, "wanted": wanted}
    cls, others = train[LAYERS - 1], test[LAYERS - 1]
    for C in (0.01, 1, 100):
        tensors[f"coefficients.{C}"], tensors[f"intercepts.{C}"] = logistic(cls.astype(np.float64), labels, C)
    two = labels < 2
    tensors["coefficients.two"], tensors["intercepts.two"] = logistic(cls[two].astype(np.float64), labels[two], 1)
    answers, indices = votes(cls, labels, others, [1, 5, 20], 0.07)
    tensors.update({f"votes.{k}": v for k, v in answers.items()})
    tensors["neighbours"] = indices.astype(np.int32)
    accuracies, tensors["heads"], tensors["biases"] = probe(train, test, labels, wanted)

    scores = others[:, :CLASSES].astype(np.float64)
    said = scores.argmax(1)
    precision, recall, f1, support = precision_recall_fscore_support(wanted, said, zero_division=0)
    targets = (others[:, 4:8] + np.eye(CLASSES)[wanted] > 0.9).astype(int)
    numbers, truth = others[:, :2].astype(np.float64), others[:, 2:4].astype(np.float64)
    tensors["targets"] = targets.astype(np.int32)
    facts = {
        "probe": {**PROBE, "accuracies": accuracies},
        "fewShot": [
            [i for c in range(CLASSES) for i in (lambda m: m[torch.randperm(len(m))[:3].numpy()])(np.flatnonzero(labels == c)).tolist()]
            for t in range(2)
            if torch.manual_seed(t)
        ],
        "classification": {
            "accuracy": float((said == wanted).mean()),
            "top2": float(top_k_accuracy_score(wanted, scores, k=2)),
            "precision": precision.tolist(),
            "recall": recall.tolist(),
            "f1": f1.tolist(),
            "support": support.tolist(),
            "macroF1": float(f1_score(wanted, said, average="macro")),
            "confusion": confusion_matrix(wanted, said).tolist(),
        },
        "multiLabel": {
            "microF1": float(f1_score(targets, scores > 0, average="micro")),
            "macroF1": float(f1_score(targets, scores > 0, average="macro")),
            "meanAveragePrecision": float(average_precision_score(targets, scores, average="macro")),
        },
        "regression": {"meanSquaredError": float(mean_squared_error(truth, numbers)), "r2": float(r2_score(truth, numbers))},
    }
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, FOLDER / "learning.safetensors")
    (FOLDER / "learning.json").write_text(json.dumps(facts) + "\n")


main()
