"""Makes adapters as peft writes them, and what models compute with them, under `conformance/fixtures/lora`.

Usage: python conformance/python/dump_lora.py        (after dump_gradients.py; the same bytes every time)

A reference has logits and loss with the adapter and after merging it, and the gradients, all in float64, under the names of the
adapter's file; and the matrices that peft starts from after `torch.manual_seed`, in float32.
"""

import json
import shutil

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import Dinov2ForImageClassification, Dinov2WithRegistersForImageClassification

from dump_gradients import FOLDER, SQUARE, largest_difference, noise
from dump_models import FIXTURES
from references import save_reference

TARGET = FIXTURES / "lora"
SEED = 7
ADAPTERS = {
    "attention": ("mlp", dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], modules_to_save=["classifier"])),
    "mlp": ("mlp", dict(r=2, lora_alpha=3, target_modules=["o_proj", "fc1", "fc2"], alpha_pattern={"fc1": 6})),
    "rslora-all-linear": ("swiglu", dict(r=3, lora_alpha=6, target_modules="all-linear", use_rslora=True, task_type="SEQ_CLS")),
    "registers": ("registers", dict(r=2, lora_alpha=2, target_modules=["k_proj", "fc2"], modules_to_save=["classifier"])),
}


def file_name(name):
    return name.replace(".default.", ".").replace(".modules_to_save.", ".")


def sort_json(path):
    """peft writes sets of names in an order that changes from run to run."""
    config = json.loads(path.read_text())
    for field in ("target_modules", "modules_to_save"):
        if isinstance(config[field], list):
            config[field] = sorted(config[field])
    config["base_model_name_or_path"] = None
    path.write_text(json.dumps(config, indent=2, sort_keys=True))


def load(model_name):
    architecture = Dinov2WithRegistersForImageClassification if model_name == "registers" else Dinov2ForImageClassification
    return architecture.from_pretrained(FOLDER / "models" / model_name, attn_implementation="eager").eval()


def dump(name, model_name, settings):
    base = load(model_name)
    torch.manual_seed(SEED)
    model = get_peft_model(base, LoraConfig(**settings)).eval()
    trained = {key: value for key, value in model.named_parameters() if value.requires_grad}
    first = {f"initial.{file_name(key)}": value.detach().clone() for key, value in trained.items() if "lora_A" in key}
    generator = torch.Generator().manual_seed(8)
    for value in trained.values():
        value.data += 0.1 * torch.randn(value.shape, generator=generator)
    folder = TARGET / name
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    sort_json(folder / "adapter_config.json")

    pixel_values, labels = noise(21, 3, 3, *SQUARE), torch.tensor([0, 2, 1])
    runs = []
    for dtype in (torch.float32, torch.float64):
        model.to(dtype).zero_grad()
        output = model(pixel_values=pixel_values.to(dtype), labels=labels)
        output.loss.backward()
        runs.append({f"gradients.{file_name(key)}": value.grad.clone() for key, value in trained.items()})
    gradients = runs[1]
    error = largest_difference(runs[0], gradients)
    merged = model.merge_and_unload()
    changed = {key: value.float() for key, value in merged.state_dict().items() if key.endswith(("0.attention.q_proj.weight", "0.mlp.fc1.weight"))}
    tensors = {
        "pixel_values": pixel_values,
        "labels": labels,
        "logits": output.logits,
        "loss": output.loss,
        "merged_logits": merged(pixel_values.double()).logits,
        **{f"merged.{key}": value for key, value in changed.items()},
        **gradients,
        **first,
    }
    save_reference(folder / "reference.safetensors", type(merged).__name__, tensors, model=model_name, float32_error=f"{error:.3e}")


def old_names():
    """The first adapter under the names that transformers 4 has in memory."""
    source, target = TARGET / "attention", TARGET / "transformers-4"
    target.mkdir()
    parts = {"q_proj": "attention.query", "v_proj": "attention.value"}
    config = json.loads((source / "adapter_config.json").read_text())
    config["target_modules"] = ["query", "value"]
    (target / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True))
    state = load_file(source / "adapter_model.safetensors")
    for new, old in parts.items():
        state = {key.replace(new, old): value for key, value in state.items()}
    save_file(state, target / "adapter_model.safetensors", metadata={"format": "pt"})


def main():
    torch.set_num_threads(1)
    shutil.rmtree(TARGET, ignore_errors=True)
    for name, (model_name, settings) in ADAPTERS.items():
        dump(name, model_name, settings)
    old_names()


if __name__ == "__main__":
    main()
