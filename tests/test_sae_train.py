"""Training: it learns a sparse dictionary, repeats itself, and stops on request."""

import dataclasses

import pytest
import torch

from core.errors import Cancelled, DataError, RequestError
from core.sae import losses
from core.sae.config import SaeConfig
from core.sae.evaluate import evaluate_sae
from core.sae.tokens import shuffled_batches, without_held_out
from core.sae.train import train_sae

D_IN, N_TRUE, ACTIVE, N_TOKENS = 16, 48, 3, 8_000
CONFIG = SaeConfig(
    n_latents=96,
    k=6,
    batch_tokens=256,
    epochs=6,
    learning_rate=5e-3,
    buffer_tokens=4096,
    held_out_share=0.05,
    dead_after_tokens=4_000,
)


def sums_of_directions(*, n_tokens, d_in, n_true, active):
    """Tokens that are sums of a few directions out of many."""
    generator = torch.Generator().manual_seed(0)
    directions = torch.randn(n_true, d_in, generator=generator)
    directions /= directions.norm(dim=1, keepdim=True)
    chosen = torch.rand(n_tokens, n_true, generator=generator).topk(active, dim=1).indices
    weights = torch.rand(n_tokens, active, generator=generator) + 0.5
    return torch.zeros(n_tokens, n_true).scatter_(1, chosen, weights) @ directions


@pytest.fixture(scope="module")
def blocks():
    tokens = sums_of_directions(n_tokens=N_TOKENS, d_in=D_IN, n_true=N_TRUE, active=ACTIVE)
    return tokens.split(500)


def train(blocks, config=CONFIG, **kwargs):
    return train_sae(blocks, D_IN, config, tokens_per_epoch=N_TOKENS, **kwargs)


@pytest.fixture(scope="module")
def trained(blocks):
    return train(blocks)


def test_training_explains_most_of_the_held_out_variance(trained):
    assert trained.report.fvu < 0.3


def test_fvu_falls_from_the_first_steps_to_the_last(trained):
    curve = [value for _, value in trained.report.history]
    assert curve[-1] < 0.5 * curve[0]


def test_held_out_tokens_are_not_trained_on(trained):
    assert (trained.report.n_held_out, trained.report.n_tokens) == (400, 6 * (29 * 256))


def test_given_held_out_tokens_are_measured_and_the_rest_trained_on_whole(blocks):
    config = dataclasses.replace(CONFIG, epochs=1)
    report = train(blocks, config, held_out=[torch.randn(300, D_IN)]).report
    assert (report.n_held_out, report.n_tokens) == (300, 31 * 256)


def test_fvu_of_the_report_is_that_of_an_evaluation(blocks):
    unseen = [torch.randn(130, D_IN), torch.randn(70, D_IN)]
    found = train(blocks, dataclasses.replace(CONFIG, epochs=1), held_out=unseen)
    x = torch.cat(unseen)
    left = (x - found.sae(x).reconstruction).square().sum()
    assert found.report.fvu == pytest.approx(float(left / losses.variance(x)), rel=1e-5)


def test_evaluating_no_token_is_refused(trained):
    with pytest.raises(ValueError, match="no tokens"):
        evaluate_sae(trained.sae, [])


def test_l0_is_at_most_k(trained):
    assert 0 < trained.report.l0 <= 6


def test_decoder_rows_keep_unit_length(trained):
    torch.testing.assert_close(trained.sae.W_dec.norm(dim=1), torch.ones(96))


def test_the_same_seed_gives_the_same_sae(blocks, trained):
    again = train(blocks)
    assert torch.equal(again.sae.W_dec, trained.sae.W_dec)


def test_the_auxiliary_loss_revives_latents_that_a_high_rate_killed():
    tokens = sums_of_directions(n_tokens=6_000, d_in=64, n_true=256, active=4)
    config = dataclasses.replace(
        CONFIG, n_latents=256, k=1, learning_rate=0.04, dead_after_tokens=2_000, aux_alpha=0.0
    )
    revived = dataclasses.replace(config, aux_alpha=1 / 32)
    without = train_sae(tokens.split(500), 64, config, tokens_per_epoch=6_000).report
    with_it = train_sae(tokens.split(500), 64, revived, tokens_per_epoch=6_000).report
    assert with_it.dead_share < 0.5 * without.dead_share


def test_progress_counts_tokens_to_the_plan(blocks):
    seen = []
    train(blocks, progress=lambda done, total, note="": seen.append((done, total)))
    assert seen == sorted(seen) and seen[-1][0] <= seen[-1][1]


def test_cancelling_stops_the_training(blocks):
    def cancel(done, total, note=""):
        raise Cancelled

    with pytest.raises(Cancelled):
        train(blocks, progress=cancel)


def test_a_number_of_tokens_ends_the_training(blocks):
    report = train(blocks, dataclasses.replace(CONFIG, n_tokens=1024)).report
    assert report.n_tokens == 1024


def test_no_activations_are_an_error():
    with pytest.raises(DataError, match="no activations"):
        train_sae([], D_IN, CONFIG, tokens_per_epoch=0)


def test_a_stream_that_ends_cannot_be_repeated(blocks):
    with pytest.raises(ValueError, match="more than one epoch"):
        train(iter(blocks))


def test_fewer_tokens_than_a_batch_still_train():
    report = train_sae([torch.randn(5, D_IN)], D_IN, CONFIG, tokens_per_epoch=5).report
    assert (report.n_steps, report.n_held_out) == (6, 0)


def test_k_above_the_latents_is_refused(blocks):
    with pytest.raises(RequestError, match="k is 200"):
        train(blocks, dataclasses.replace(CONFIG, k=200))


def test_the_rate_at_the_papers_size_is_the_papers_rate():
    assert SaeConfig().rate(131_072) == pytest.approx(7.07e-5, rel=1e-3)


def test_shuffling_loses_no_token_of_whole_batches():
    blocks = [torch.arange(at, at + 10).float()[:, None] for at in range(0, 60, 10)]
    batches = shuffled_batches(
        blocks, batch_tokens=4, buffer_tokens=20, generator=torch.Generator().manual_seed(0)
    )
    assert sorted(torch.cat(list(batches)).flatten().tolist()) == list(range(60))


def test_small_blocks_owe_their_held_out_share_to_the_next():
    kept, blocks = [], [torch.zeros(3, 1)] * 20
    trained = sum(len(block) for block in without_held_out(blocks, 0.1, kept))
    assert (trained, sum(map(len, kept))) == (54, 6)
