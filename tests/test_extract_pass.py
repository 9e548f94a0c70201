import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

from core.errors import ModelError, RequestError
from core.extract import ExtractConfig, read_shard
from tests.extract_models import TEXTS, RandomEncoder, dense, minilm, plain_forward


@pytest.fixture(scope="module")
def sae():
    return RandomEncoder(384, 600)


@pytest.fixture(scope="module")
def everything(sae):
    """MiniLM's readings with nothing thrown away."""
    return read_shard(minilm(), TEXTS, ExtractConfig(neuron_share=1, code_share=1), encoder=sae)


def cosines(a, b):
    a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


@pytest.mark.parametrize("i", range(len(TEXTS)))
def test_the_embedding_is_the_mean_of_the_last_hidden_state(everything, i):
    out, _, _ = plain_forward(minilm(), TEXTS[i])
    expected = normalize(out.last_hidden_state.mean(1))[0]
    np.testing.assert_allclose(everything.embeddings[i], expected, atol=5e-4)


def test_bfloat16_gives_nearly_the_same_embeddings(everything):
    half = read_shard(minilm("bfloat16"), TEXTS, ExtractConfig(neuron_layers="none"))
    assert cosines(half.embeddings, everything.embeddings).min() > 0.999


def test_embeddings_agree_with_sentence_transformers(everything):
    library = pytest.importorskip("sentence_transformers", exc_type=ImportError)
    from core.extract.sources import find_model

    model = library.SentenceTransformer(str(find_model("minilm").folder), device="cpu")
    assert cosines(everything.embeddings, model.encode(TEXTS)).min() > 0.9999


def test_neurons_are_the_maximum_of_what_enters_the_down_projection(everything):
    _, neurons, text = plain_forward(minilm(), TEXTS[0])
    expected = torch.cat([neurons[layer][text].amax(0) for layer in range(6)])
    np.testing.assert_allclose(dense(everything.neurons.rows)[0], expected, atol=3e-3)


def test_codes_are_the_maximum_over_tokens_of_the_dense_codes(everything, sae):
    out, _, text = plain_forward(minilm(), TEXTS[3])
    expected = sae.encode(out.last_hidden_state[0][text]).amax(0)
    np.testing.assert_allclose(dense(everything.codes.rows)[3], expected, atol=3e-3)


def test_tokens_are_counted_without_special_ones(everything):
    for i, text in enumerate(TEXTS):
        _, _, mask = plain_forward(minilm(), text)
        assert everything.n_tokens[i] == int(mask.sum())


def test_only_the_largest_neurons_of_each_layer_are_kept(everything):
    few = read_shard(minilm(), TEXTS, ExtractConfig(neuron_share=0.05)).neurons.rows
    layers = few.indices.reshape(len(TEXTS), -1) // 1536
    assert (np.diff(few.indptr) == 6 * 77).all()
    assert all((np.bincount(row) == 77).all() for row in layers)
    full = dense(everything.neurons.rows)[0].reshape(6, 1536)
    for layer in range(6):
        kept = few.row(0)[layers[0] == layer] - 1536 * layer
        assert full[layer][kept].min() >= np.delete(full[layer], kept).max()


def test_only_the_largest_codes_are_kept(sae, everything):
    few = read_shard(minilm(), TEXTS, ExtractConfig(code_share=0.02), encoder=sae).codes.rows
    full = dense(everything.codes.rows)
    for i in range(len(TEXTS)):
        assert len(few.row(i)) == 12
        assert full[i][few.row(i)].min() >= np.delete(full[i], few.row(i)).max()


def test_columns_of_a_row_ascend(everything):
    for csr in (everything.codes.rows, everything.neurons.rows):
        assert all((np.diff(csr.row(i).astype(np.int64)) > 0).all() for i in range(csr.n_rows))


def test_sums_are_those_of_the_dense_maxima(everything):
    full = dense(everything.codes.rows).astype(np.float64)
    stats = everything.codes.sums.stats()
    np.testing.assert_allclose(stats.mean, full.mean(0), atol=1e-3)
    np.testing.assert_allclose(stats.variance, full.var(0), atol=5e-3)
    np.testing.assert_allclose(stats.frequency, (full > 0).mean(0))


@pytest.mark.parametrize("tokens", [1, 40, 100_000])
def test_the_batch_size_changes_nothing(tokens, sae, everything):
    config = ExtractConfig(neuron_share=1, code_share=1, tokens_per_batch=tokens)
    other = read_shard(minilm(), TEXTS, config, encoder=sae)
    np.testing.assert_allclose(other.embeddings, everything.embeddings, atol=1e-3)
    np.testing.assert_allclose(dense(other.neurons.rows), dense(everything.neurons.rows), atol=4e-3)
    np.testing.assert_allclose(dense(other.codes.rows), dense(everything.codes.rows), atol=4e-3)


def test_the_chunk_of_latents_changes_nothing(sae, everything, monkeypatch):
    monkeypatch.setattr("core.extract.latents.CHUNK_BYTES", {"cpu": 1, "cuda": 1})
    config = ExtractConfig(neuron_layers="none", code_share=1)
    other = read_shard(minilm(), TEXTS, config, encoder=sae)
    np.testing.assert_allclose(dense(other.codes.rows), dense(everything.codes.rows), atol=4e-3)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_reading_twice_gives_the_same_bits(dtype):
    first, second = (read_shard(minilm(dtype), TEXTS, ExtractConfig()) for _ in range(2))
    assert first.embeddings.tobytes() == second.embeddings.tobytes()
    assert first.neurons.rows.indices.tobytes() == second.neurons.rows.indices.tobytes()
    assert first.neurons.sums.values.tobytes() == second.neurons.sums.values.tobytes()


def test_a_long_text_is_cut_and_said_to_be():
    readings = read_shard(minilm(), ["word " * 400, "word"], ExtractConfig(neuron_layers="none"))
    assert readings.truncated.tolist() == [True, False]
    assert readings.n_tokens.tolist() == [254, 1]


def test_a_text_without_tokens_has_no_units(sae):
    readings = read_shard(minilm(), ["", "word"], ExtractConfig(), encoder=sae)
    assert readings.n_tokens.tolist() == [0, 1]
    assert (len(readings.neurons.rows.row(0)), len(readings.codes.rows.row(0))) == (0, 0)
    assert (readings.neurons.sums.n_rows, readings.codes.sums.n_rows) == (1, 1)


def test_no_text_gives_empty_readings(sae):
    readings = read_shard(minilm(), [], ExtractConfig(), encoder=sae)
    assert (readings.n_rows, readings.codes.rows.n_rows, readings.neurons.rows.nnz) == (0, 0, 0)


def test_a_span_pools_over_its_own_tokens_only(sae):
    text = "Name a colour.\nRed and blue"
    answers = [[(15, len(text))]]
    config = ExtractConfig(span="response", code_share=1, neuron_layers="none")
    got = read_shard(minilm(), [text], config, encoder=sae, answers=answers)
    out, _, mask = plain_forward(minilm(), text)
    response = out.last_hidden_state[0][mask][-3:]
    np.testing.assert_allclose(dense(got.codes.rows)[0], sae.encode(response).amax(0), atol=3e-3)


def test_prompt_and_response_together_are_both(sae, everything):
    answers = [[(len(text) // 2, len(text))] for text in TEXTS]
    parts = [
        read_shard(
            minilm(),
            TEXTS,
            ExtractConfig(span=span, code_share=1, neuron_layers="none"),
            encoder=sae,
            answers=answers,
        )
        for span in ("prompt", "response")
    ]
    joined = np.maximum(*(dense(part.codes.rows) for part in parts))
    np.testing.assert_allclose(joined, dense(everything.codes.rows), atol=1e-3)


def test_a_span_without_answers_is_refused():
    with pytest.raises(RequestError, match="response"):
        read_shard(minilm(), TEXTS, ExtractConfig(span="response"))


def test_an_sae_of_another_width_is_refused():
    with pytest.raises(ModelError, match="reads 64 columns"):
        read_shard(minilm(), TEXTS, ExtractConfig(), encoder=RandomEncoder(64, 100))


def test_an_earlier_hookpoint_of_a_sentence_encoder_keeps_its_own_embedding(everything):
    config = ExtractConfig(hookpoint="layers.2", neuron_layers="none")
    early = read_shard(minilm(), TEXTS, config, encoder=RandomEncoder(384, 10))
    np.testing.assert_allclose(early.embeddings, everything.embeddings, atol=1e-3)
