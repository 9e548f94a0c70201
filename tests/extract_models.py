"""Models that the tests of extraction read: the installed MiniLM and a tiny random Llama."""

from functools import cache

import numpy as np

TEXTS = [
    "What is a fjord?\nA long, narrow inlet of the sea between steep cliffs, cut by a glacier.",
    "Translate to German.\nGood morning, dear neighbours.\nGuten Morgen, liebe Nachbarn.",
    "Sum 2 and 3.\n5",
    "Write a haiku about rain.\nGrey roofs start to sing,\na gutter fills,\ncats listen.",
    "Name three metals that rust or tarnish, and say how each does.\nIron, copper, silver.",
    "naïve café 東京 🙂",
    "Yes?\nNo.",
]


@cache
def minilm(dtype="float32"):
    import torch

    from core.extract import load_model

    return load_model("minilm", device=torch.device("cpu"), dtype=getattr(torch, dtype))


def tiny_llama(folder, *, n_layers=3):
    """Save a random Llama of width 32 and a word tokeniser with BOS into a folder; returns it."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=n_layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=_word_tokenizer(), bos_token="<s>", unk_token="<unk>", pad_token="<pad>"
    ).save_pretrained(folder)
    return folder


def _word_tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    words = sorted({word for text in TEXTS for word in text.split()})[:60]
    vocabulary = {word: i for i, word in enumerate(["<pad>", "<unk>", "<s>", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 2)]
    )
    return tokenizer


class RandomEncoder:
    """An SAE of random directions: what the pass must treat every SAE like."""

    def __init__(self, d_in, n_latents, bias=-0.5):
        import torch

        generator = torch.Generator().manual_seed(1)
        self.d_in, self.n_latents, self.bias = d_in, n_latents, bias
        self.directions = torch.randn(n_latents, d_in, generator=generator) / d_in**0.5

    def encode(self, residual):
        return (residual.float() @ self.directions.T + self.bias).relu()


def dense(csr):
    """A Csr as a float32 array with zeros."""
    full = np.zeros((csr.n_rows, csr.n_columns), dtype=np.float32)
    for i in range(csr.n_rows):
        full[i, csr.row(i)] = csr.values[csr.indptr[i] : csr.indptr[i + 1]]
    return full


def plain_forward(model, text):
    """Hidden states, neurons and text mask of one text by transformers' own means."""
    import torch

    module, seen = model.module, {}
    readers = [model.family.neuron_reader(block) for block in model.blocks]
    handles = [
        reader.register_forward_pre_hook(lambda _m, x, n=n: seen.__setitem__(n, x[0][0]))
        for n, reader in enumerate(readers)
    ]
    ids = model.tokenizer(text, return_tensors="pt", truncation=True, max_length=model.max_length)
    with torch.no_grad():
        out = module(
            input_ids=ids["input_ids"],
            attention_mask=ids["attention_mask"],
            output_hidden_states=True,
        )
    for handle in handles:
        handle.remove()
    special = set(model.tokenizer.all_special_ids) - {model.tokenizer.unk_token_id}
    text_mask = torch.tensor([int(i) not in special for i in ids["input_ids"][0]])
    return out, seen, text_mask
