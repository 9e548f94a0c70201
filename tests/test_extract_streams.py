import numpy as np
import pytest
import torch

from core.errors import ModelError
from core.extract import ExtractConfig, load_model, read_shard, stream_activations
from core.extract.tokens import token_activations
from tests.extract_models import TEXTS, RandomEncoder, dense, minilm, tiny_llama

CONFIG = ExtractConfig(code_share=1)


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    folder = tiny_llama(tmp_path_factory.mktemp("llama"))
    return load_model(str(folder), device=torch.device("cpu"), dtype=torch.float32)


@pytest.fixture(scope="module")
def sae():
    return RandomEncoder(32, 40, bias=0.0)


def streamed(model, seed=0, texts=TEXTS):
    return torch.cat(list(stream_activations(model, texts, CONFIG, seed=seed)))


def test_the_stream_has_every_text_token_once(llama):
    readings = read_shard(llama, TEXTS, CONFIG)
    assert streamed(llama).shape == (int(readings.n_tokens.sum()), 32)


def test_the_stream_has_the_codes_of_the_pass(llama, sae):
    codes = dense(read_shard(llama, TEXTS, CONFIG, encoder=sae).codes.rows)
    strongest = sae.encode(streamed(llama)).amax(0)
    np.testing.assert_allclose(strongest, codes.max(0), atol=3e-3)


def test_one_seed_gives_one_order(llama):
    assert torch.equal(streamed(llama), streamed(llama))


def test_another_seed_gives_another_order_of_the_same_tokens(llama):
    one, other = streamed(llama, 0), streamed(llama, 1)
    assert not torch.allclose(one, other)
    np.testing.assert_allclose(one.sum(0), other.sum(0), atol=1e-2)


def test_the_stream_can_be_trained_on(llama):
    weight = torch.zeros(32, requires_grad=True)
    (streamed(llama) @ weight).sum().backward()
    assert weight.grad is not None


def test_an_abandoned_stream_leaves_no_hook(llama):
    next(stream_activations(llama, TEXTS, CONFIG))
    modules = list(llama.module.modules())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in modules)


def test_tokens_are_shown_as_they_stand_in_the_text():
    (item,) = token_activations(
        minilm(), ["The Café is CLOSED."], CONFIG, encoder=RandomEncoder(384, 8), latents=[[0]]
    )
    assert item.tokens == ("The", "Café", "is", "CLOSED", ".")


def test_offsets_lead_back_to_the_text():
    read = token_activations(
        minilm(), TEXTS, CONFIG, encoder=RandomEncoder(384, 8), latents=[[0]] * len(TEXTS)
    )
    for text, item in zip(TEXTS, read, strict=True):
        assert tuple(text[start:stop] for start, stop in item.offsets) == item.tokens


def test_the_strongest_token_has_the_pooled_code(llama, sae):
    codes = dense(read_shard(llama, TEXTS, CONFIG, encoder=sae).codes.rows)
    wanted = [np.argsort(-row)[:3] for row in codes]
    read = token_activations(llama, TEXTS, CONFIG, encoder=sae, latents=wanted)
    for i, item in enumerate(read):
        np.testing.assert_allclose(item.activations.max(0), codes[i][wanted[i]], atol=3e-3)


def test_tokens_outside_the_span_do_not_fire(llama, sae):
    text = "Sum 2 and 3.\n5"
    (item,) = token_activations(
        llama,
        [text],
        ExtractConfig(span="response"),
        encoder=sae,
        latents=[range(40)],
        answers=[[(13, 14)]],
    )
    fired = item.activations.max(1) > 0
    assert fired.tolist() == [False, False, False, False, True]


def test_a_text_without_tokens_shows_none(llama, sae):
    (item,) = token_activations(llama, [""], CONFIG, encoder=sae, latents=[[1, 2]])
    assert item.tokens == () and item.activations.shape == (0, 2)


def test_an_sae_of_another_width_is_refused(llama):
    with pytest.raises(ModelError, match="residual stream"):
        token_activations(llama, ["x"], CONFIG, encoder=RandomEncoder(9, 8), latents=[[0]])
