"""SAE folders: what is saved comes back, and what is damaged or foreign is refused in one line."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from core.errors import CoreError, ModelError
from core.sae.checkpoint import load_sae, save_sae
from core.sae.info import bundled_folder, check_fits, read_info
from core.sae.model import SparseAutoencoder

MODEL, HOOKPOINT = "sentence-transformers/all-MiniLM-L6-v2", "layers.5"


@pytest.fixture
def sae():
    return SparseAutoencoder(6, 20, 4, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def folder(sae, tmp_path):
    save_sae(sae, tmp_path / "sae", model_id=MODEL, hookpoint=HOOKPOINT)
    return tmp_path / "sae"


@pytest.fixture
def x():
    return torch.randn(50, 6, generator=torch.Generator().manual_seed(1))


def rewrite_config(folder, **changes):
    path = folder / "cfg.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def rewrite_weights(folder, **changes):
    weights = {**load_file(folder / "sae.safetensors"), **changes}
    save_file({k: v for k, v in weights.items() if v is not None}, folder / "sae.safetensors")


def test_saved_and_loaded_gives_the_same_codes(sae, folder, x):
    assert torch.equal(load_sae(folder).sae.encode(x), sae.encode(x))


def test_saved_in_half_precision_gives_nearly_the_same_codes(sae, tmp_path, x):
    save_sae(sae, tmp_path, model_id=MODEL, hookpoint=HOOKPOINT, dtype="float16")
    torch.testing.assert_close(load_sae(tmp_path).sae.encode(x), sae.encode(x), atol=0.01, rtol=0.1)


def test_half_precision_is_stable_after_the_first_rounding(sae, tmp_path):
    first = save_sae(sae, tmp_path / "a", model_id=MODEL, hookpoint=HOOKPOINT, dtype="float16")
    again = load_sae(tmp_path / "a").sae
    second = save_sae(again, tmp_path / "b", model_id=MODEL, hookpoint=HOOKPOINT, dtype="float16")
    assert first.identity == second.identity


def test_the_folder_tells_what_it_is_for(folder):
    info = read_info(folder)
    assert (info.model_id, info.hookpoint) == (MODEL, HOOKPOINT)
    assert (info.d_in, info.n_latents, info.k, info.dtype) == (6, 20, 4, "F32")


def test_identity_changes_with_k(folder):
    before = read_info(folder).identity
    rewrite_config(folder, k=5)
    assert read_info(folder).identity != before


def test_identity_does_not_depend_on_where_the_folder_lies(folder, tmp_path):
    before = read_info(folder).identity
    folder.rename(tmp_path / "elsewhere")
    assert read_info(tmp_path / "elsewhere").identity == before


def test_training_facts_are_kept(sae, tmp_path):
    save_sae(sae, tmp_path, model_id=MODEL, hookpoint=HOOKPOINT, training={"fvu": 0.25})
    assert read_info(tmp_path).training == {"fvu": 0.25}


@pytest.mark.parametrize("name", ["encoder.weight", "W_dec"])
def test_the_other_orientation_is_turned_by_its_shape(name, sae, folder, x):
    turned = load_file(folder / "sae.safetensors")[name].T.contiguous()
    rewrite_weights(folder, **{name: turned})
    assert torch.equal(load_sae(folder).sae.encode(x), sae.encode(x))


def test_a_sparsify_folder_is_read_without_our_own_fields(folder):
    plain = {"activation": "topk", "expansion_factor": 32, "num_latents": 20, "k": 4, "d_in": 6}
    (folder / "cfg.json").write_text(json.dumps(plain))
    hookpoint_named = folder.rename(folder.with_name("layers.3"))
    info = load_sae(hookpoint_named).info
    assert (info.model_id, info.hookpoint) == (None, "layers.3")


def test_latents_follow_from_the_expansion_factor(tmp_path):
    sae = SparseAutoencoder(4, 8, 2)
    save_sae(sae, tmp_path, model_id=MODEL, hookpoint=HOOKPOINT)
    rewrite_config(tmp_path, num_latents=0, expansion_factor=2)
    assert read_info(tmp_path).n_latents == 8


CONFIG_FAULTS = {
    "k is missing": {"k": None},
    "k is text": {"k": "many"},
    "k is above the latents": {"k": 21},
    "another activation": {"activation": "groupmax"},
    "a transcoder": {"transcode": True},
    "a width that is not the weights'": {"d_in": 7},
    "latents that are not the weights'": {"num_latents": 21},
}


@pytest.mark.parametrize("changes", CONFIG_FAULTS.values(), ids=CONFIG_FAULTS.keys())
def test_a_faulty_configuration_is_refused(changes, folder):
    rewrite_config(folder, **changes)
    refused_in_one_line(folder)


WEIGHT_FAULTS = {
    "a tensor too few": {"b_dec": None},
    "a tensor too many": {"W_skip": torch.zeros(6, 6)},
    "whole numbers": {"b_dec": torch.zeros(6, dtype=torch.int32)},
    "another shape": {"b_dec": torch.zeros(5)},
    "not a number": {"b_dec": torch.full((6,), torch.nan)},
    "infinite": {"W_dec": torch.full((20, 6), torch.inf)},
}


@pytest.mark.parametrize("changes", WEIGHT_FAULTS.values(), ids=WEIGHT_FAULTS.keys())
def test_faulty_weights_are_refused(changes, folder):
    rewrite_weights(folder, **changes)
    refused_in_one_line(folder)


@pytest.mark.parametrize("name", ["cfg.json", "sae.safetensors"])
@pytest.mark.parametrize("size", [0, 1, 7, 40, 200, 900])
def test_a_cut_file_is_refused(name, size, folder):
    path = folder / name
    assert size < path.stat().st_size or name == "cfg.json"
    path.write_bytes(path.read_bytes()[: min(size, path.stat().st_size - 3)])
    refused_in_one_line(folder)


@pytest.mark.parametrize("name", ["cfg.json", "sae.safetensors"])
def test_a_missing_file_is_named(name, folder):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        load_sae(folder)


def test_a_header_that_claims_to_be_huge_is_refused_before_it_is_read(folder):
    path = folder / "sae.safetensors"
    path.write_bytes((1 << 40).to_bytes(8, "little") + path.read_bytes()[8:])
    with pytest.raises(ModelError, match="header claims"):
        load_sae(folder)


def test_a_name_that_appears_twice_is_refused(folder):
    entry = '"b_dec":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    header = f"{{{entry},{entry}}}".encode()
    (folder / "sae.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    refused_in_one_line(folder)


def test_random_bytes_never_raise_anything_else(folder):
    rng = np.random.default_rng(0)
    whole = (folder / "sae.safetensors").read_bytes()
    header_end = 8 + int.from_bytes(whole[:8], "little")
    for _ in range(100):
        damaged = bytearray(whole)
        damaged[rng.integers(header_end)] ^= int(rng.integers(1, 256))
        (folder / "sae.safetensors").write_bytes(damaged)
        try:
            load_sae(folder)
        except CoreError as error:
            assert "\n" not in str(error)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("hello")
    refused_in_one_line(tmp_path / "file")


def test_weights_too_large_for_half_precision_are_not_saved(sae, tmp_path):
    with torch.no_grad():
        sae.encoder.weight[0, 0] = 1e6
    with pytest.raises(ModelError, match="not finite"):
        save_sae(sae, tmp_path / "s", model_id=MODEL, hookpoint=HOOKPOINT, dtype="float16")
    assert not (tmp_path / "s").exists()


def test_the_right_sae_fits(folder):
    check_fits(read_info(folder), "/models/all-MiniLM-L6-v2/", HOOKPOINT, 6)


@pytest.mark.parametrize(
    ("model_id", "hookpoint", "d_in"),
    [("meta-llama/Llama-3.2-3B", HOOKPOINT, 6), (MODEL, "layers.4", 6), (MODEL, HOOKPOINT, 384)],
)
def test_an_sae_of_another_model_place_or_width_is_refused(model_id, hookpoint, d_in, folder):
    with pytest.raises(ModelError, match="choose an SAE made for it"):
        check_fits(read_info(folder), model_id, hookpoint, d_in)


@pytest.mark.skipif(
    not (bundled_folder() / "cfg.json").exists(), reason="the bundled SAE is not built yet"
)
def test_the_bundled_sae_fits_the_bundled_model():
    info = load_sae(bundled_folder()).info
    check_fits(info, MODEL, HOOKPOINT, 384)
    assert (info.n_latents, info.k) == (4096, 32)


def refused_in_one_line(folder):
    with pytest.raises(ModelError) as caught:
        load_sae(folder)
    assert "\n" not in str(caught.value)
