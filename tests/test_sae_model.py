"""The SAE itself: a case by hand, sparse against dense, gradients against autograd."""

import numpy as np
import pytest
import torch

from core.sae import losses
from core.sae.fused import top_codes
from core.sae.model import SparseAutoencoder


@pytest.fixture
def sae():
    return SparseAutoencoder(6, 20, 4, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def x():
    return torch.randn(50, 6, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def by_hand():
    """Two inputs, two latents, k = 1: latent 0 reads the first input, latent 1 twice the second."""
    sae = SparseAutoencoder(2, 2, 1)
    with torch.no_grad():
        sae.encoder.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 2.0]]))
        sae.encoder.bias.copy_(torch.tensor([0.0, -1.0]))
        sae.W_dec.copy_(torch.eye(2))
        sae.b_dec.copy_(torch.tensor([1.0, 1.0]))
    return sae


def test_codes_by_hand(by_hand):
    # x - b_dec = (2, 1); pre-activations 2 and 2·1 - 1 = 1; the larger one stays
    assert by_hand.encode(torch.tensor([[3.0, 2.0]])).tolist() == [[2.0, 0.0]]


def test_jumprelu_reading_by_hand_keeps_both(by_hand):
    codes = by_hand.encode(torch.tensor([[3.0, 2.0]]), reading="jumprelu")
    assert codes.tolist() == [[2.0, 1.0]]


def test_reconstruction_by_hand(by_hand):
    # codes (2, 0) decode to (2, 0) + b_dec
    assert by_hand(torch.tensor([[3.0, 2.0]])).reconstruction.tolist() == [[3.0, 1.0]]


def test_fvu_by_hand():
    x, guess = torch.tensor([[0.0], [2.0]]), torch.tensor([[1.0], [2.0]])
    assert float(losses.fvu(x, guess)) == 0.5  # (1 + 0) / (1 + 1)


def test_sparse_decode_equals_dense_matmul(sae, x):
    dense = sae.decode(sae.encode(x))
    torch.testing.assert_close(sae.decode_top(*sae.top(x)), dense)


def test_no_token_has_more_than_k_codes(sae, x):
    assert int((sae.encode(x) > 0).sum(1).max()) <= 4


def test_topk_codes_are_the_largest_of_jumprelu(sae, x):
    everything, kept = sae.encode(x, reading="jumprelu"), sae.encode(x)
    smallest_kept = torch.where(kept > 0, kept, torch.inf).min(1, keepdim=True).values
    dropped = torch.where(kept > 0, 0.0, everything)
    assert bool((dropped <= smallest_kept).all())


def test_decoder_starts_with_unit_rows(sae):
    torch.testing.assert_close(sae.W_dec.norm(dim=1), torch.ones(20))


def test_gradients_of_the_fused_encoder_equal_autograd(sae, x):
    def gradients(encode):
        inputs = [t.detach().clone().requires_grad_() for t in (x, *sae.encoder.parameters())]
        values, latents = encode(*inputs)
        loss = (sae.decode_top(values, latents) - x).square().sum()
        return torch.autograd.grad(loss, inputs)

    def plain(x, weight, bias):
        values, latents = (x @ weight.T + bias).relu().topk(4, dim=1, sorted=False)
        return values, latents

    for ours, theirs in zip(
        gradients(lambda x, w, b: top_codes(x, w, b, 4)), gradients(plain), strict=True
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_projected_gradient_leaves_row_lengths_alone(sae, x):
    sae(x).fvu.backward()
    sae.project_decoder_gradient()
    along = (sae.W_dec.grad * sae.W_dec).sum(1)
    torch.testing.assert_close(along, torch.zeros(20), atol=1e-6, rtol=0)


def test_auxk_is_nothing_without_dead_latents(x):
    assert float(losses.auxk(x, x[:, :0], torch.empty(0, 6))) == 0


def test_auxk_falls_when_dead_latents_explain_the_residual(x):
    decoder = torch.eye(6)
    explains = losses.auxk(x.relu(), x, decoder)
    explains_not = losses.auxk(x.relu(), -x, decoder)
    assert float(explains) < float(explains_not)


def test_unknown_reading_is_refused(sae, x):
    with pytest.raises(ValueError, match="topk"):
        sae.encode(x, reading="softmax")


def test_k_above_the_latents_is_refused():
    with pytest.raises(ValueError, match="k is 9"):
        SparseAutoencoder(2, 8, 9)


def test_the_start_ignores_the_global_seed():
    torch.manual_seed(1)
    first = SparseAutoencoder(3, 5, 2, generator=torch.Generator().manual_seed(7))
    torch.manual_seed(2)
    second = SparseAutoencoder(3, 5, 2, generator=torch.Generator().manual_seed(7))
    assert np.array_equal(first.encoder.weight.detach(), second.encoder.weight.detach())
