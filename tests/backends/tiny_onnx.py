"""Tiny sherpa-onnx models that hear: loud sound is 好, silence nothing.

Not trained: the log-energy of a frame, less a threshold, is the score of the one character. So the text of a
sound is known, while features, chunks, states, decoding and times are the engine's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

THRESHOLD = -6.0
VOCABULARY = ("<blk>", "好", "号", "<unk>")
LOG_EPSILON = -30.0


def folder_of(place: Path, *models: tuple[str, Any]) -> Path:
    """A folder as sherpa-onnx releases lay it out."""
    import onnx

    place.mkdir(parents=True, exist_ok=True)
    tokens = "".join(f"{symbol} {number}\n" for number, symbol in enumerate(VOCABULARY))
    (place / "tokens.txt").write_text(tokens, "utf-8")
    for name, model in models:
        onnx.checker.check_model(model)
        onnx.save(model, place / name)
    return place


def offline_ctc(model_type: str = "zipformer2_ctc") -> Any:
    """Frames and their number in; log-probabilities and their number out, one for four frames."""
    from onnx import TensorProto

    nodes = [*_every_fourth("x", "some"), *_scores("some", "log_probs")]
    nodes += [_node("Div", ["x_lens", "four"], ["log_probs_lens"])]
    return _model(
        nodes,
        inputs=[("x", TensorProto.FLOAT, ["N", "T", 80]), ("x_lens", TensorProto.INT64, ["N"])],
        outputs=[
            ("log_probs", TensorProto.FLOAT, ["N", "S", len(VOCABULARY)]),
            ("log_probs_lens", TensorProto.INT64, ["N"]),
        ],
        metadata={"model_type": model_type, "vocab_size": len(VOCABULARY), "subsampling_factor": 4},
    )


def online_ctc() -> Any:
    """A streaming WeNet: a chunk and the caches of attention and convolution in, scores and caches out."""
    from onnx import TensorProto

    head, blocks, size, kernel = 1, 1, 2, 3
    caches = [
        ("attn_cache", TensorProto.FLOAT, [blocks, head, "C", size // head * 2]),
        ("conv_cache", TensorProto.FLOAT, [blocks, 1, size, kernel - 1]),
    ]
    nodes = [*_every_fourth("x", "some"), *_scores("some", "log_probs")]
    nodes += [_node("Identity", [name], [f"new_{name}"]) for name, _, _ in caches]
    return _model(
        nodes,
        inputs=[
            ("x", TensorProto.FLOAT, [1, "T", 80]),
            ("offset", TensorProto.INT64, [1]),
            ("required_cache_size", TensorProto.INT64, [1]),
            *caches,
            ("attn_mask", TensorProto.BOOL, [1, 1, "M"]),
        ],
        outputs=[
            ("log_probs", TensorProto.FLOAT, [1, "S", len(VOCABULARY)]),
            *((f"new_{name}", kind, shape) for name, kind, shape in caches),
        ],
        metadata={
            "model_type": "wenet_ctc",
            "head": head,
            "num_blocks": blocks,
            "output_size": size,
            "cnn_module_kernel": kernel,
            "right_context": 6,
            "subsampling_factor": 4,
            "vocab_size": len(VOCABULARY),
        },
    )


def transducer() -> tuple[Any, Any, Any]:
    """Encoder, decoder and joiner; the decoder says nothing twice, and 号 sounds all but like 好."""
    from onnx import TensorProto

    width = len(VOCABULARY)
    encoder = _model(
        [
            *_every_fourth("x", "some"),
            *_scores("some", "encoder_out", similar=True),
            _node("Div", ["x_lens", "four"], ["encoder_out_lens"]),
        ],
        inputs=[("x", TensorProto.FLOAT, ["N", "T", 80]), ("x_lens", TensorProto.INT64, ["N"])],
        outputs=[
            ("encoder_out", TensorProto.FLOAT, ["N", "S", width]),
            ("encoder_out_lens", TensorProto.INT64, ["N"]),
        ],
        metadata={"model_type": "zipformer2", "comment": "non-streaming zipformer2"},
    )
    decoder = _model(
        [
            _node("Gather", ["repeats", "y"], ["each"]),
            _node("ReduceSum", ["each", "axis_1"], ["decoder_out"], keepdims=0),
        ],
        inputs=[("y", TensorProto.INT64, ["N", 1])],
        outputs=[("decoder_out", TensorProto.FLOAT, ["N", width])],
        metadata={"vocab_size": width, "context_size": 1},
    )
    joiner = _model(
        [_node("Add", ["encoder_out", "decoder_out"], ["logit"])],
        inputs=[(f"{side}_out", TensorProto.FLOAT, ["N", width]) for side in ("encoder", "decoder")],
        outputs=[("logit", TensorProto.FLOAT, ["N", width])],
        metadata={"joiner_dim": width},
    )
    return encoder, decoder, joiner


def _every_fourth(source: str, target: str) -> list[Any]:
    return [_node("Slice", [source, "zero", "end", "axis_1", "four"], [target])]


def _scores(frames: str, target: str, similar: bool = False) -> list[Any]:
    """Log-probabilities of frames: blank 0, 好 the loudness, 号 a little less where it is ``similar``."""
    return [
        _node("ReduceMean", [frames, "axis_2"], ["energy"], keepdims=1),
        _node("Sub", ["energy", "threshold"], ["loudness"]),
        _node("Clip", ["loudness", "quietest", "loudest"], ["score"]),
        _node("MatMul", ["score", "row"], ["spread"]),
        _node("Add", ["spread", "similar" if similar else "apart"], ["logits"]),
        _node("LogSoftmax", ["logits"], [target], axis=2),
    ]


def _node(kind: str, inputs: list[str], outputs: list[str], **attributes: Any) -> Any:
    from onnx import helper

    return helper.make_node(kind, inputs, outputs, **attributes)


def _model(nodes: list[Any], inputs: list[Any], outputs: list[Any], metadata: dict[str, Any]) -> Any:
    import numpy as np
    from onnx import helper, numpy_helper

    constants: dict[str, Any] = {
        "zero": np.array([0], np.int64),
        "end": np.array([1 << 30], np.int64),
        "four": np.array([4], np.int64),
        "axis_1": np.array([1], np.int64),
        "axis_2": np.array([2], np.int64),
        "threshold": np.array(THRESHOLD, np.float32),
        "quietest": np.array(-8, np.float32),
        "loudest": np.array(8, np.float32),
        "row": np.array([[0, 1, 1, 0]], np.float32),
        "apart": np.array([0, 0, LOG_EPSILON, LOG_EPSILON], np.float32),
        "similar": np.array([0, 0, -0.5, LOG_EPSILON], np.float32),
        # After a character only blank is likely.
        "repeats": np.array([[0, 0, 0, 0], *[[0, -12, -12, -12]] * 3], np.float32),
    }
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(*i) for i in inputs],
        [helper.make_tensor_value_info(*o) for o in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items() if name in used],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, {key: str(value) for key, value in metadata.items()})
    return model
