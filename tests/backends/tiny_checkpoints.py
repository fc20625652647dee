"""Tiny, randomly initialised checkpoints of the architectures, saved as a user's folder would be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

ASSISTANT = "<|im_start|>assistant\n"
_TEMPLATE = (
    "{%- for message in messages -%}<|im_start|>{{ message['role'] }}\n"
    "{%- for part in message['content'] -%}"
    "{%- if part['type'] == 'audio' -%}AUDIO"
    "{%- elif part['type'] == 'keywords' -%}{{ part['keywords'] | join(' ') }}"
    "{%- elif part['type'] == 'language' -%}{{ part['language'] }}"
    "{%- else -%}{{ part['text'] }}{%- endif -%}{%- endfor -%}"
    "{%- if not loop.last or message['role'] != 'assistant' -%}<|im_end|>\n{%- endif -%}{%- endfor -%}"
    "{%- if add_generation_prompt -%}<|im_start|>assistant\n{%- endif -%}"
)
_TEXT = {
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 8,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": True,
}


def whisper(folder: Path, tokenizer_json: Path) -> None:
    """A Whisper with the real tokenizer."""
    import torch
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperProcessor,
        WhisperTokenizerFast,
    )

    shutil.copy(tokenizer_json, folder / "tokenizer.json")
    end = "<|endoftext|>"
    tokenizer = WhisperTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        unk_token=end,
        bos_token=end,
        eos_token=end,
        pad_token=end,
    )
    start, stop = (tokenizer.convert_tokens_to_ids(t) for t in ("<|startoftranscript|>", end))
    torch.manual_seed(1)
    sizes = {f"{side}_{key}": n for side in ("encoder", "decoder") for key, n in _WHISPER.items()}
    special = {"pad_token_id": stop, "bos_token_id": stop, "eos_token_id": stop}
    model = WhisperForConditionalGeneration(
        WhisperConfig(vocab_size=51865, d_model=16, decoder_start_token_id=start, **sizes, **special)
    )
    model.generation_config = GenerationConfig(
        decoder_start_token_id=start,
        eos_token_id=stop,
        pad_token_id=stop,
        is_multilingual=True,
        lang_to_id={"<|zh|>": tokenizer.convert_tokens_to_ids("<|zh|>")},
        task_to_id={"transcribe": tokenizer.convert_tokens_to_ids("<|transcribe|>")},
        no_timestamps_token_id=tokenizer.convert_tokens_to_ids("<|notimestamps|>"),
        max_length=448,
    )
    model.save_pretrained(folder)
    WhisperProcessor(WhisperFeatureExtractor(), tokenizer).save_pretrained(folder)


_WHISPER = {"layers": 1, "attention_heads": 2, "ffn_dim": 32}


def qwen3_asr(folder: Path) -> None:
    """A Qwen3-ASR whose tokens are bytes."""
    import torch
    from transformers import (
        Qwen3ASRConfig,
        Qwen3ASRFeatureExtractor,
        Qwen3ASRForConditionalGeneration,
        Qwen3ASRProcessor,
    )

    audio = {
        "audio_token": "<|audio_pad|>",
        "audio_bos_token": "<|audio_start|>",
        "audio_eos_token": "<|audio_end|>",
    }
    tokenizer = byte_tokenizer(folder, audio)
    torch.manual_seed(1)
    config = Qwen3ASRConfig(
        audio_config={
            "d_model": 16,
            "encoder_layers": 1,
            "encoder_attention_heads": 2,
            "encoder_ffn_dim": 32,
            "output_dim": 16,
            "downsample_hidden_size": 8,
        },
        text_config=_TEXT | {"vocab_size": len(tokenizer)},
        audio_token_id=tokenizer.convert_tokens_to_ids("<|audio_pad|>"),
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    Qwen3ASRForConditionalGeneration(config).save_pretrained(folder)
    template = _TEMPLATE.replace("AUDIO", "<|audio_start|><|audio_pad|><|audio_end|>")
    Qwen3ASRProcessor(Qwen3ASRFeatureExtractor(), tokenizer, template).save_pretrained(folder)


def fun_asr_nano(folder: Path) -> None:
    """A Fun-ASR-Nano whose tokens are bytes."""
    import torch
    from transformers import (
        FunAsrNanoConfig,
        FunAsrNanoFeatureExtractor,
        FunAsrNanoForConditionalGeneration,
        FunAsrNanoProcessor,
    )

    tokenizer = byte_tokenizer(folder, {"audio_token": "<|object_ref_start|>"})
    torch.manual_seed(1)
    small = {"num_attention_heads": 2, "hidden_size": 16}
    config = FunAsrNanoConfig(
        audio_config=small
        | {"intermediate_size": 32, "num_hidden_layers": 3, "num_timestamp_prediction_layers": 1},
        adaptor_config=small | {"intermediate_size": 4, "num_hidden_layers": 1, "projector_hidden_size": 32},
        text_config=_TEXT | {"vocab_size": len(tokenizer)},
        audio_token_id=tokenizer.convert_tokens_to_ids("<|object_ref_start|>"),
    )
    model = FunAsrNanoForConditionalGeneration(config)
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.save_pretrained(folder)
    template = _TEMPLATE.replace("AUDIO", "<|object_ref_start|>")
    FunAsrNanoProcessor(FunAsrNanoFeatureExtractor(), tokenizer, template).save_pretrained(folder)


def byte_tokenizer(folder: Path, special: dict[str, str]) -> Any:
    """Qwen's tokenizer with a vocabulary of the 256 bytes and the special tokens."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import Qwen2Tokenizer

    vocabulary = {byte: number for number, byte in enumerate(sorted(ByteLevel.alphabet()))}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", "utf-8")
    return Qwen2Tokenizer(
        vocab=vocabulary,
        merges=[],
        unk_token=None,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>", *special.values()],
        extra_special_tokens=special,
    )
