"""Makes tiny models and the gradients of their losses under `conformance/fixtures/gradients`.

Usage: python conformance/python/dump_gradients.py        (seconds; the same bytes every time)

A reference has the inputs in float32, the loss, the outputs and every gradient in float64, and says in its metadata how
far PyTorch's own float32 gradients are from those. Numbers that dropout and stochastic depth draw are inputs: PyTorch is
handed them in the place of its generator.
"""

import json
import shutil
from contextlib import contextmanager

import torch
from safetensors.torch import save_file
from transformers import Dinov2Config, Dinov2WithRegistersConfig

from dump_heads import LinearClassifier
from dump_models import CLASSES, FIXTURES, original_names, original_positions, randomise
from references import save_reference

FOLDER = FIXTURES / "gradients"
TINY = dict(
    hidden_size=8, num_hidden_layers=1, num_attention_heads=2, mlp_ratio=2, image_size=8, patch_size=2, num_labels=3
)
SINGLE = dict(problem_type="single_label_classification")
SQUARE, LARGER, WIDE = (8, 8), (12, 12), (6, 10)
index = []


def make(name, kind="classifier", registers=False, seed=0, **fields):
    """A random model whose attention is written out, saved as transformers saves it."""
    config_class = Dinov2WithRegistersConfig if registers else Dinov2Config
    model = CLASSES[registers, kind](config_class(**{**TINY, **fields}, attn_implementation="eager"))
    randomise(model, seed)
    model.save_pretrained(FOLDER / "models" / name)
    return model.train()


def noise(seed, *shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def uniform(seed, *shape):
    """Numbers in [0, 1), none so near to a usual rate that rounding decides what is kept."""
    numbers = torch.rand(shape, generator=torch.Generator().manual_seed(seed))
    assert all((numbers - rate).abs().min() > 1e-5 for rate in (0.1, 0.2, 0.25, 0.3, 0.4))
    return numbers


@contextmanager
def drawing(uniforms):
    """Hands out the given numbers, in order, where stochastic depth and dropout would draw theirs."""
    numbers = iter(uniforms)
    rand, dropout = torch.rand, torch.nn.functional.dropout

    def given_rand(shape, dtype, device):
        return next(numbers).to(dtype).reshape(shape)

    def given_dropout(x, p=0.5, training=True, inplace=False):
        if p == 0 or not training:
            return x
        return x.div(1 - p) * torch.floor(next(numbers).to(x.dtype) + (1 - p))

    torch.rand, torch.nn.functional.dropout = given_rand, given_dropout
    try:
        yield
        assert next(numbers, None) is None, "numbers that nothing drew"
    finally:
        torch.rand, torch.nn.functional.dropout = rand, dropout


def gradients(model, dtype, pixel_values, call, loss_weights, uniforms):
    """Loss, outputs and gradients in a dtype; a parameter that the loss does not depend on has none."""
    model.to(dtype).zero_grad()
    pixels = pixel_values.to(dtype, copy=True).requires_grad_()
    arguments = {
        name: value.to(dtype) if value.is_floating_point() else value
        for name, value in call.items()
    }
    with drawing(uniforms):
        result = model(pixels, **arguments)
    outputs = {name: getattr(result, name) for name in loss_weights or ["logits"]}
    weighted = [(outputs[name] * weights.to(dtype)).sum() for name, weights in loss_weights.items()]
    loss = sum(weighted) if weighted else result.loss
    loss.backward()
    # copies, as converting a model converts its gradients
    found = {name: value.grad.clone() for name, value in model.named_parameters() if value.grad is not None}
    return {**outputs, "loss": loss}, found, pixels.grad


def largest_difference(ours, theirs):
    return max((ours[name].double() - theirs[name]).abs().max().item() for name in theirs)


def dump(name, model, model_name, pixel_values, call, rename=None, loss_weights=None, uniforms=None, **metadata):
    """Saves a reference; `uniforms` are in the order in which PyTorch draws them."""
    loss_weights, uniforms = loss_weights or {}, uniforms or {}
    drawn = [one for key, value in uniforms.items() for one in (value.flatten(0, 1) if key == "uniform" else [value])]
    runs = [
        gradients(model, dtype, pixel_values, call, loss_weights, drawn) for dtype in (torch.float32, torch.float64)
    ]
    model.float()
    (_, single, single_pixels), (outputs, exact, exact_pixels) = runs
    error = largest_difference({**single, "pixels": single_pixels}, {**exact, "pixels": exact_pixels})
    rename = rename or (lambda state: {file_name(key): value for key, value in state.items()})
    parts = named_parts(rename(exact))
    tensors = {
        "pixel_values": pixel_values,
        **{key: value.to(torch.uint8) if value.dtype == torch.bool else value for key, value in call.items()},
        **{f"loss_weights.{key}": value for key, value in loss_weights.items()},
        **uniforms,
        **outputs,
        **{f"gradients.{key}": value for key, value in parts.items()},
        "gradients.pixel_values": exact_pixels,
    }
    architecture = metadata.pop("architecture", type(model).__name__)
    save_reference(FOLDER / f"{name}.safetensors", architecture, tensors, float32_error=f"{error:.3e}", **metadata)
    index.append({"name": name, "model": model_name, "architecture": architecture, **metadata})


def file_name(name):
    """What transformers calls a parameter in a file."""
    for module, file in (("q_proj", "attention.query"), ("k_proj", "attention.key"), ("v_proj", "attention.value")):
        name = name.replace(f"attention.{module}", f"attention.{file}")
    return name.replace("attention.o_proj", "attention.output.dense").replace("down_proj", "weights_out")


def named_parts(state):
    """Gate and up of SwiGLU are one tensor in files, the gate first."""
    joined = {}
    for name, value in state.items():
        if "gate_proj" in name:
            value = torch.cat([value, state[name.replace("gate_proj", "up_proj")]])
        if "up_proj" not in name:
            joined[name.replace("gate_proj", "weights_in")] = value
    return joined


def classifiers():
    labels = torch.tensor([2, -100, 0])
    mlp = make("mlp", seed=700, num_hidden_layers=2, **SINGLE)
    dump("mlp", mlp, "mlp", noise(1, 3, 3, *SQUARE), dict(labels=labels))
    dump("interpolated", mlp, "mlp", noise(2, 1, 3, *LARGER), dict(labels=labels[:1]))
    attended = torch.ones(2, 17, dtype=torch.long)
    attended[0, -5:] = 0
    attended[1, 2:6] = 0
    dump("attention-mask", mlp, "mlp", noise(3, 2, 3, *SQUARE), dict(labels=labels[[0, 2]], attention_mask=attended))

    act = make("gelu-new", seed=701, hidden_act="gelu_new", qkv_bias=False, **SINGLE)
    dump("gelu-new", act, "gelu-new", noise(4, 2, 3, *SQUARE), dict(labels=torch.tensor([0, 1])))

    swiglu = make("swiglu", seed=702, use_swiglu_ffn=True, **SINGLE)
    masked = uniform(5, 2, 16) > 0.5
    dump("swiglu-masked", swiglu, "swiglu", noise(5, 2, 3, *SQUARE), dict(labels=torch.tensor([1, 2]), bool_masked_pos=masked))

    registers = make("registers", registers=True, seed=703, num_register_tokens=2, **SINGLE)
    dump("registers", registers, "registers", noise(6, 2, 3, *SQUARE), dict(labels=torch.tensor([2, 1])))
    dump("registers-interpolated", registers, "registers", noise(7, 1, 3, *WIDE), dict(labels=torch.tensor([1])))

    multi = make("multi-label", seed=704, num_labels=4, problem_type="multi_label_classification")
    dump("multi-label", multi, "multi-label", noise(8, 2, 3, *SQUARE), dict(labels=torch.tensor([[0.0, 1, 1, 0], [1, 0, 0, 1]])))
    regression = make("regression", seed=705, num_labels=2, problem_type="regression")
    dump("regression", regression, "regression", noise(9, 2, 3, *SQUARE), dict(labels=torch.tensor([[0.7, -1.3], [2.0, 0.1]])))


def random_ones():
    """Stochastic depth, then dropout as well; every third or fourth number drops something."""
    labels = dict(labels=torch.tensor([2, 0, 1, 1]))
    model = make("drop-path", seed=706, num_hidden_layers=2, drop_path_rate=0.4, **SINGLE)
    dump("drop-path", model, "drop-path", noise(10, 4, 3, *SQUARE), labels, uniforms={"uniform": uniform(10, 2, 2, 4)})

    # the norm's bias is what a running sum in float32 gets wrong here: under the mean, patches have one gradient
    model = make("drop-path-sums", seed=10685, num_hidden_layers=2, drop_path_rate=0.4, **SINGLE)
    dump("drop-path-sums", model, "drop-path-sums", noise(10686, 4, 3, *SQUARE), dict(labels=torch.tensor([1, 0, 2, 2])), uniforms={"uniform": uniform(10687, 2, 2, 4)})

    model = make("dropout", seed=707, hidden_dropout_prob=0.25, attention_probs_dropout_prob=0.2, **SINGLE)
    uniforms = {
        "uniform.embeddings.dropout": uniform(11, 2, 17, 8),
        "uniform.blocks.0.attn.attn_drop": uniform(12, 2, 2, 17, 17),
    }
    dump("dropout", model, "dropout", noise(11, 2, 3, *SQUARE), dict(labels=labels["labels"][:2]), uniforms=uniforms)


def bare_model():
    """A loss that is a weighted sum of outputs."""
    model = make("model", "model", seed=708)
    weights = {"last_hidden_state": noise(13, 2, 17, 8), "pooler_output": noise(14, 2, 8)}
    dump("model", model, "model", noise(12, 2, 3, *SQUARE), {}, loss_weights=weights)


class LossOfClassifier(LinearClassifier):
    """The original code's classifier with transformers' loss."""

    def forward(self, pixel_values, labels):
        result = super().forward(pixel_values)
        result.loss = torch.nn.functional.cross_entropy(result.logits, labels)
        return result


def backbone_and_head(state):
    """The names of the original code, whose classifiers have the backbone as a module."""
    backbone = {name.removeprefix("backbone."): value for name, value in state.items() if name.startswith("backbone.")}
    head = {name: value for name, value in state.items() if name.startswith("linear_head.")}
    return {**{f"backbone.{name}": value for name, value in original_names(backbone).items()}, **head}


def original_classifier():
    """A head on four blocks, under the names and with the positions of the original code."""
    fields = {**TINY, "hidden_size": 4, "num_attention_heads": 1, "num_hidden_layers": 4}
    config = Dinov2Config(**fields, attn_implementation="eager")
    model = LossOfClassifier(CLASSES[False, "model"](config), 4).train()
    model.linear_head = torch.nn.Linear(5 * 4, 3)
    randomise(model, 709)
    target = FOLDER / "models" / "original"
    config.save_pretrained(target)
    config_file = target / "config.json"
    fields = {**json.loads(config_file.read_text()), "num_classifier_layers": 4}
    config_file.write_text(json.dumps(fields, indent=2) + "\n")
    state = {name: value.contiguous() for name, value in backbone_and_head(model.state_dict()).items()}
    save_file(state, target / "model.safetensors", metadata={"format": "pt"})
    original_positions(model.backbone)
    dump(
        "original", model, "original", noise(15, 2, 3, *WIDE), dict(labels=torch.tensor([0, 2])),
        rename=backbone_and_head, architecture="Dinov2ForImageClassification", position_interpolation="original",
    )


def main():
    torch.set_num_threads(1)
    shutil.rmtree(FOLDER, ignore_errors=True)
    classifiers()
    random_ones()
    bare_model()
    original_classifier()
    (FOLDER / "index.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    main()
