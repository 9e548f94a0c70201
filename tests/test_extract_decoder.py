from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

from core.errors import Cancelled, ModelError
from core.extract import ExtractConfig, load_model, read_shard
from core.extract import onepass as one_pass
from tests.extract_models import TEXTS, RandomEncoder, dense, plain_forward, tiny_llama


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    folder = tiny_llama(tmp_path_factory.mktemp("llama"))
    return load_model(str(folder), device=torch.device("cpu"), dtype=torch.float32)


def test_weights_that_give_no_finite_numbers_are_refused(llama):
    llama.blocks[1].mlp.up_proj.weight[0, 0] = float("nan")
    try:
        with pytest.raises(ModelError, match="not finite"):
            read_shard(llama, TEXTS, ExtractConfig())
    finally:
        llama.blocks[1].mlp.up_proj.weight[0, 0] = 0.0


def test_a_decoder_is_read_before_its_final_norm(llama):
    sae = RandomEncoder(32, 50, bias=0.0)
    readings = read_shard(llama, TEXTS, ExtractConfig(code_share=1), encoder=sae)
    for i, text in enumerate(TEXTS):
        found = []
        handle = llama.module.norm.register_forward_pre_hook(lambda _m, x, f=found: f.append(x[0]))
        plain_forward(llama, text)
        handle.remove()
        residual = found[0][0][1:]  # without BOS
        expected = normalize(residual.mean(0), dim=0)
        np.testing.assert_allclose(readings.embeddings[i], expected, atol=1e-3)
        codes = sae.encode(residual).amax(0)
        np.testing.assert_allclose(dense(readings.codes.rows)[i], codes, atol=3e-3)


def test_neurons_of_a_decoder_are_the_gated_product(llama):
    readings = read_shard(llama, TEXTS, ExtractConfig(neuron_share=1))
    _, neurons, text = plain_forward(llama, TEXTS[1])
    expected = torch.cat([neurons[layer][text].amax(0) for layer in range(3)])
    np.testing.assert_allclose(dense(readings.neurons.rows)[1], expected, atol=1e-3)


@pytest.mark.parametrize(
    ("config", "blocks_run"),
    [
        (ExtractConfig(hookpoint="layers.0", neuron_layers="none"), [1, 0, 0]),
        (ExtractConfig(hookpoint="layers.1", neuron_layers="to-hookpoint"), [1, 1, 0]),
        (ExtractConfig(hookpoint="layers.0", neuron_layers="all"), [1, 1, 1]),
    ],
)
def test_the_pass_stops_after_the_last_layer_asked_for(llama, config, blocks_run):
    calls = [0, 0, 0]

    def count(n):
        return lambda *_: calls.__setitem__(n, calls[n] + 1)

    handles = [block.register_forward_pre_hook(count(n)) for n, block in enumerate(llama.blocks)]
    read_shard(llama, ["Yes?"], config)
    for handle in handles:
        handle.remove()
    assert calls == blocks_run


def test_the_final_norm_is_never_reached(llama):
    calls = []
    handle = llama.module.norm.register_forward_hook(lambda *_: calls.append(1))
    read_shard(llama, TEXTS, ExtractConfig())
    handle.remove()
    assert calls == []


def n_hooks(model):
    modules = list(model.module.modules())
    return sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in modules)


def test_no_hook_stays_behind_when_the_pass_fails(llama, monkeypatch):
    def broken(*_):
        raise ValueError("broken")

    before = n_hooks(llama)
    monkeypatch.setattr("core.extract.onebatch.kept_max", broken)
    with pytest.raises(ValueError, match="broken"):
        read_shard(llama, TEXTS, ExtractConfig())
    assert n_hooks(llama) == before


def test_no_hook_stays_behind_when_the_pass_succeeds(llama):
    before = n_hooks(llama)
    read_shard(llama, TEXTS, ExtractConfig())
    assert n_hooks(llama) == before


def test_two_threads_do_not_read_each_other(llama):
    alone = [read_shard(llama, [text] * 40, ExtractConfig()) for text in TEXTS[:4]]
    with ThreadPoolExecutor(4) as pool:
        config = ExtractConfig(tokens_per_batch=8)
        waiting = [pool.submit(read_shard, llama, [text] * 40, config) for text in TEXTS[:4]]
        together = [item.result() for item in waiting]
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one.embeddings, other.embeddings, atol=1e-3)


def test_progress_counts_rows_and_may_cancel(llama):
    seen = []

    def stop_at_once(done, total, note=""):
        seen.append((done, total))
        raise Cancelled

    with pytest.raises(Cancelled):
        read_shard(llama, TEXTS, ExtractConfig(), progress=stop_at_once)
    assert seen == [(len(TEXTS), len(TEXTS))]


def starve(monkeypatch, most_rows):
    """Let every batch above `most_rows` run out of memory."""
    whole = one_pass.read_batch

    def read_batch(model, batch, plan, encoder):
        if len(batch.rows) > most_rows:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return whole(model, batch, plan, encoder)

    monkeypatch.setattr(one_pass, "read_batch", read_batch)


def test_out_of_memory_splits_the_batch_and_says_so(llama, monkeypatch):
    expected = read_shard(llama, TEXTS, ExtractConfig())
    starve(monkeypatch, 2)
    got = read_shard(llama, TEXTS, ExtractConfig())
    assert sum(got.splits) == len(TEXTS) and max(got.splits) <= 2
    assert expected.splits == ()
    np.testing.assert_allclose(got.embeddings, expected.embeddings, atol=1e-3)
    np.testing.assert_allclose(
        got.neurons.sums.values, expected.neurons.sums.values, rtol=1e-4, atol=1e-5
    )


def test_one_example_that_does_not_fit_is_refused(llama, monkeypatch):
    starve(monkeypatch, 0)
    with pytest.raises(ModelError, match="does not fit the memory"):
        read_shard(llama, TEXTS, ExtractConfig())


def test_an_error_that_is_not_about_memory_is_not_hidden(llama, monkeypatch):
    def broken(*_):
        raise RuntimeError("expected scalar type Half")

    monkeypatch.setattr(one_pass, "read_batch", broken)
    with pytest.raises(RuntimeError, match="scalar type"):
        read_shard(llama, TEXTS, ExtractConfig())
