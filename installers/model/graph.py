"""The ONNX graph of a BERT sentence encoder, written down by hand from its weights, large or small.

In:  `input_ids`, `attention_mask`, int64 [batch, sequence]. Out: `vectors`, float32 [batch, width], of unit length.
The mean over the tokens that the mask names, and the normalising, are in the graph.

In the small graph each weight is a byte. Word embeddings have a scale for each word. The matrices have a scale for
each output channel and use 7 of the 8 bits: more could overflow the 16-bit sums of processors without VNNI.
Activations become bytes on the way, each token's by its own range. The usual tool for this takes one range for all
that is given at once; a text's vector then depends on its neighbours (cosine down to .978, here within 1e-6), and
its accuracy is less (.983 to the large graph at worst over a thousand sentences, here .993), at the same speed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 20
_IR_VERSION = 10
_EPSILON = 1e-12
_BYTE_LEVELS = 255
_WEIGHT_LEVELS = 63

Weights = Mapping[str, NDArray[Any]]


def build(weights: Weights, heads: int, positions: int, *, small: bool) -> onnx.ModelProto:
    """The graph of a BERT whose weights have their usual names; `positions` is the most tokens that it will be given.

    `small` keeps them as bytes, otherwise they are float32.
    """
    graph = _Graph(small)
    width = weights["embeddings.word_embeddings.weight"].shape[1]
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    hidden = _embeddings(graph, weights, positions)
    kept = graph.add("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    silenced = graph.add("Mul", [graph.add("Sub", [graph.number(1), kept]), graph.number(-10000)])
    silenced = graph.add("Unsqueeze", [silenced, graph.integers(1, 2)])
    for layer in range(layers):
        hidden = _layer(graph, weights, f"encoder.layer.{layer}", hidden, silenced, (heads, width // heads))
    _pool(graph, hidden, kept)
    return graph.model(width)


def _embeddings(graph: _Graph, weights: Weights, positions: int) -> str:
    words = weights["embeddings.word_embeddings.weight"]
    if graph.small:
        scale = (np.abs(words).max(1, keepdims=True) / 127).clip(_EPSILON)
        levels = graph.constant(np.rint(words / scale).astype(np.int8))
        looked_up = graph.add("Cast", [graph.add("Gather", [levels, "input_ids"])], to=TensorProto.FLOAT)
        scales = graph.add("Gather", [graph.constant(scale.astype(np.float32)), "input_ids"])
        looked_up = graph.add("Mul", [looked_up, scales])
    else:
        looked_up = graph.add("Gather", [graph.constant(words), "input_ids"])
    # one sentence a text: the first token type everywhere, so it can be added once and for all
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    length = graph.add("Shape", ["input_ids"], start=1, end=2)
    here = graph.add("Slice", [graph.constant(places[:positions]), graph.integers(0), length, graph.integers(0)])
    return _normalised(graph, weights, "embeddings.LayerNorm", graph.add("Add", [looked_up, here]))


def _layer(graph: _Graph, weights: Weights, name: str, hidden: str, silenced: str, shape: tuple[int, int]) -> str:
    heads, size = shape
    attention = f"{name}.attention"
    query, key, value = (_dense_weights(weights, f"{attention}.self.{part}") for part in ("query", "key", "value"))
    shrink = np.float32(size**-0.5)
    together = [
        np.concatenate(parts, -1) for parts in zip((query[0] * shrink, query[1] * shrink), key, value, strict=True)
    ]
    parted = graph.add("Reshape", [_dense(graph, together, hidden), graph.integers(0, 0, 3 * heads, size)])
    parted = graph.add("Transpose", [parted], perm=[0, 2, 1, 3])
    asked, keys, values = graph.split(parted, 3, axis=1)
    scores = graph.add("MatMul", [asked, graph.add("Transpose", [keys], perm=[0, 1, 3, 2])])
    shares = graph.add("Softmax", [graph.add("Add", [scores, silenced])], axis=-1)
    heard = graph.add("Transpose", [graph.add("MatMul", [shares, values])], perm=[0, 2, 1, 3])
    heard = graph.add("Reshape", [heard, graph.integers(0, 0, heads * size)])
    heard = _dense(graph, _dense_weights(weights, f"{attention}.output.dense"), heard)
    hidden = _normalised(graph, weights, f"{attention}.output.LayerNorm", graph.add("Add", [heard, hidden]))
    wide = graph.add("Gelu", [_dense(graph, _dense_weights(weights, f"{name}.intermediate.dense"), hidden)])
    narrow = _dense(graph, _dense_weights(weights, f"{name}.output.dense"), wide)
    return _normalised(graph, weights, f"{name}.output.LayerNorm", graph.add("Add", [narrow, hidden]))


def _pool(graph: _Graph, hidden: str, kept: str) -> None:
    share = graph.add("Unsqueeze", [kept, graph.integers(-1)])
    total = graph.add("ReduceSum", [graph.add("Mul", [hidden, share]), graph.integers(1)], keepdims=0)
    length = graph.add("Sqrt", [graph.add("ReduceSum", [graph.add("Mul", [total, total]), graph.integers(1)])])
    # the mean's divisor falls out of the normalising
    graph.add("Div", [total, graph.add("Max", [length, graph.number(_EPSILON)])], output="vectors")


def _dense_weights(weights: Weights, name: str) -> list[NDArray[Any]]:
    return [weights[f"{name}.weight"].T, weights[f"{name}.bias"]]


def _dense(graph: _Graph, layer: Sequence[NDArray[Any]], x: str) -> str:
    matrix, bias = layer
    product = _small_product(graph, matrix, x) if graph.small else graph.add("MatMul", [x, graph.constant(matrix)])
    return graph.add("Add", [product, graph.constant(bias)])


def _small_product(graph: _Graph, matrix: NDArray[Any], x: str) -> str:
    """`x` @ `matrix` by integers: as x = low + step * bytes, it is step * (bytes @ matrix) + low * sums of matrix."""
    inputs, outputs = matrix.shape
    scale = (np.abs(matrix).max(0, keepdims=True) / _WEIGHT_LEVELS).clip(_EPSILON)
    levels = np.rint(matrix / scale).astype(np.int8)
    sums = (levels.astype(np.float64) * scale).sum(0, keepdims=True)

    rows = graph.add("Reshape", [x, graph.integers(-1, inputs)])
    low = graph.add("ReduceMin", [rows, graph.integers(1)])
    reach = graph.add("Sub", [graph.add("ReduceMax", [rows, graph.integers(1)]), low])
    step = graph.add("Max", [graph.add("Mul", [reach, graph.number(1 / _BYTE_LEVELS)]), graph.number(_EPSILON)])
    steps = graph.add("Reshape", [step, graph.integers(-1)])
    as_bytes = graph.add("QuantizeLinear", [graph.add("Sub", [rows, low]), steps], axis=0)
    counted = graph.add("MatMulInteger", [as_bytes, graph.constant(levels)])
    counted = graph.add("Mul", [graph.add("Cast", [counted], to=TensorProto.FLOAT), step])
    counted = graph.add("Mul", [counted, graph.constant(scale.astype(np.float32))])
    product = graph.add("Add", [counted, graph.add("Mul", [low, graph.constant(sums.astype(np.float32))])])
    shape = graph.add("Concat", [graph.add("Shape", [x], start=0, end=2), graph.integers(outputs)], axis=0)
    return graph.add("Reshape", [product, shape])


def _normalised(graph: _Graph, weights: Weights, name: str, x: str) -> str:
    by, plus = graph.constant(weights[f"{name}.weight"]), graph.constant(weights[f"{name}.bias"])
    return graph.add("LayerNormalization", [x, by, plus], epsilon=_EPSILON, axis=-1)


@dataclass
class _Graph:
    small: bool
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, operator: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        output = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=f"node_{len(self.nodes)}", **attributes))
        return output

    def split(self, x: str, parts: int, axis: int) -> list[str]:
        outputs = [f"Split_{len(self.nodes)}_{part}" for part in range(parts)]
        name = f"node_{len(self.nodes)}"
        self.nodes.append(helper.make_node("Split", [x], outputs, name=name, axis=axis, num_outputs=parts))
        return outputs

    def constant(self, values: NDArray[Any]) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def number(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def model(self, width: int) -> onnx.ModelProto:
        def given(name: str) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])

        vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", width])
        inputs = [given("input_ids"), given("attention_mask")]
        graph = helper.make_graph(self.nodes, "sentence_encoder", inputs, [vectors], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        return model
