"""Reads the part of ONNX that the teachers need, from the file's protocol-buffer bytes, so that training needs no package beside PyTorch, OpenCV and NumPy.

Field numbers are those of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3); unknown fields are skipped.
"""

import struct
from dataclasses import dataclass, field

import numpy as np

# TensorProto.DataType -> NumPy, the types that occur in the supported models.
_TYPES = {1: np.float32, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16, 11: np.float64}


class OnnxError(ValueError):
    """The file is no ONNX model, or uses something that this reader does not know."""


@dataclass
class Node:
    """One operator call: names of its inputs ("" where an optional one is absent), names of its outputs, attributes by name."""

    operator: str = ""
    inputs: list = field(default_factory=list)
    outputs: list = field(default_factory=list)
    attributes: dict = field(default_factory=dict)


@dataclass
class Graph:
    """Nodes in execution order, constant tensors by name, and the names of the graph's inputs (constants excluded) and outputs."""

    nodes: list = field(default_factory=list)
    constants: dict = field(default_factory=dict)
    inputs: list = field(default_factory=list)
    outputs: list = field(default_factory=list)


def read(path):
    """The Graph of the ONNX file at `path`. Raises OnnxError where it cannot be read."""
    with open(path, "rb") as file:
        model = file.read()
    for number, value in _fields(model):
        if number == 7:
            return _graph(value)
    raise OnnxError(f"{path} holds no ONNX graph.")


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _signed(value):
    return value - (1 << 64) if value >> 63 else value


def _fields(data):
    """(field number, value) of a message: int for varints and fixed widths (raw bits), memoryview for everything with a length."""
    data, at = memoryview(data), 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 2:
            size, at = _varint(data, at)
            value, at = data[at:at + size], at + size
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, at = int.from_bytes(data[at:at + size], "little"), at + size
        else:
            raise OnnxError(f"Protocol-buffer wire type {kind} does not occur in ONNX files.")
        yield key >> 3, value


def _text(value):
    return bytes(value).decode()


def _integers(value):
    """A repeated integer field's part: one plain varint, or a packed run of them."""
    if isinstance(value, int):
        return [_signed(value)]
    found, at = [], 0
    while at < len(value):
        number, at = _varint(value, at)
        found.append(_signed(number))
    return found


def _floats(value):
    return [struct.unpack("<f", struct.pack("<I", value))[0]] if isinstance(value, int) else list(np.frombuffer(value, "<f4"))


def _tensor(message):
    shape, kind, name, raw, floats, integers = [], 1, "", None, [], []
    for number, value in _fields(message):
        if number == 1:
            shape += _integers(value)
        elif number == 2:
            kind = value
        elif number == 4:
            floats += _floats(value)
        elif number in (5, 7):
            integers += _integers(value)
        elif number == 8:
            name = _text(value)
        elif number == 9:
            raw = bytes(value)
    if kind not in _TYPES:
        raise OnnxError(f"Tensor {name} has the unsupported ONNX element type {kind}.")
    array = np.array(floats or integers, _TYPES[kind]) if raw is None else np.frombuffer(raw, _TYPES[kind])
    return name, array.reshape(shape).copy()


def _attribute(message):
    name, value_of, integers, floats = "", None, [], []
    for number, value in _fields(message):
        if number == 1:
            name = _text(value)
        elif number == 2:
            value_of = _floats(value)[0]
        elif number == 3:
            value_of = _signed(value)
        elif number == 4:
            value_of = _text(value)
        elif number == 5:
            value_of = _tensor(value)[1]
        elif number == 7:
            floats += _floats(value)
        elif number == 8:
            integers += _integers(value)
    return name, value_of if value_of is not None else (integers or floats)


def _node(message):
    node = Node()
    for number, value in _fields(message):
        if number == 1:
            node.inputs.append(_text(value))
        elif number == 2:
            node.outputs.append(_text(value))
        elif number == 4:
            node.operator = _text(value)
        elif number == 5:
            name, attribute = _attribute(value)
            node.attributes[name] = attribute
    return node


def _graph(message):
    graph = Graph()
    for number, value in _fields(message):
        if number == 1:
            graph.nodes.append(_node(value))
        elif number == 5:
            name, array = _tensor(value)
            graph.constants[name] = array
        elif number in (11, 12):
            name = next(_text(part) for key, part in _fields(value) if key == 1)
            (graph.inputs if number == 11 else graph.outputs).append(name)
    graph.inputs = [name for name in graph.inputs if name not in graph.constants]
    return graph
