"""Runs an ONNX graph with PyTorch's operators: how the teachers answer, any inner tensor included, without a second inference engine."""

import numpy as np
import torch
import torch.nn.functional as F

from . import onnx_file


class OnnxRunner:
    """The model at `path`, ready to run on `device`. Knows the operators of the teachers and of the models exported here; another one raises OnnxError on construction."""

    def __init__(self, path, device="cpu"):
        self._graph, self._device = onnx_file.read(path), device
        self._constants = {name: torch.from_numpy(np.atleast_1d(array) if array.ndim == 0 and array.dtype != np.int64 else array)
                           for name, array in self._graph.constants.items()}
        for node in self._graph.nodes:
            if node.operator == "Constant":
                self._constants[node.outputs[0]] = torch.from_numpy(np.asarray(node.attributes["value"]))
            elif node.operator not in _OPERATORS:
                raise onnx_file.OnnxError(f"{path} uses the operator {node.operator}, which this runner does not know.")
        # Shapes and single numbers stay with the CPU: operators read them, and single numbers multiply tensors anywhere.
        self._constants = {name: tensor.reshape(()) if tensor.numel() == 1 and tensor.is_floating_point() else tensor.to(device) if tensor.is_floating_point() else tensor
                           for name, tensor in self._constants.items()}
        self._nodes = [node for node in self._graph.nodes if node.operator != "Constant"]
        self.outputs = list(self._graph.outputs)

    def run(self, data, wanted=None):
        """Tensors by name for `wanted` (default: the graph's outputs); `data` is the graph's only input, NCHW."""
        wanted = wanted or self.outputs
        values = {self._graph.inputs[0]: data.to(self._device)}
        with torch.no_grad():
            for node in self._nodes:
                arguments = [values[name] if name in values else self._constants.get(name) for name in node.inputs]
                values[node.outputs[0]] = _OPERATORS[node.operator](node.attributes, *arguments)
        return {name: values[name] for name in wanted}


def _convolution(attributes, x, weight, bias=None):
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    if (top, left) != (bottom, right):
        x, top, left = F.pad(x, (left, right, top, bottom)), 0, 0
    bias = None if bias is None else bias.reshape(-1).to(x.device)  # a bias of one number is with the single numbers
    return F.conv2d(x, weight, bias, attributes.get("strides", [1, 1]), (top, left), attributes.get("dilations", [1, 1]), attributes.get("group", 1))


def _reshape(_, x, shape):
    return x.reshape([x.shape[i] if size == 0 else size for i, size in enumerate(shape.tolist())])


def _unsqueeze(attributes, x, axes=None):
    for axis in attributes["axes"] if axes is None else axes.tolist():
        x = x.unsqueeze(axis)
    return x


def _resize(attributes, x, *rest):
    scales = next(tensor for tensor in rest if tensor is not None and tensor.numel() == 4 and tensor.is_floating_point())
    return F.interpolate(x, scale_factor=tuple(scales[2:].tolist()), mode="nearest")


def _slice(_, x, starts, ends, axes, steps=None):
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes.tolist(), [1] * len(axes) if steps is None else steps.tolist()):
        x = x[(slice(None),) * axis + (slice(start, end, step),)]
    return x


# TensorProto.DataType -> PyTorch, the targets of Cast that occur.
_CASTS = {1: torch.float32, 7: torch.int64}

_OPERATORS = {
    "Add": lambda _, a, b: a + b,
    "Cast": lambda attributes, x: x.to(_CASTS[attributes["to"]]),
    "Clip": lambda _, x, low, high: x.clamp(float(low), float(high)),
    "Concat": lambda attributes, *parts: torch.cat([part.reshape(-1) if part.ndim == 0 else part for part in parts], attributes["axis"]),
    "Conv": _convolution,
    "Div": lambda _, a, b: a / b,
    "Flatten": lambda attributes, x: x.flatten(attributes.get("axis", 1)),
    "GlobalAveragePool": lambda _, x: x.mean((2, 3), keepdim=True),
    "Gather": lambda attributes, x, index: x[int(index)] if attributes.get("axis", 0) == 0 else x.index_select(attributes["axis"], index),
    "Identity": lambda _, x: x,
    "LeakyRelu": lambda attributes, x: F.leaky_relu(x, attributes.get("alpha", 0.01)),
    "LpNormalization": lambda attributes, x: F.normalize(x, attributes["p"], attributes["axis"]),
    "MaxPool": lambda attributes, x: F.max_pool2d(x, attributes["kernel_shape"], attributes["strides"], attributes["pads"][:2]),
    "Mul": lambda _, a, b: a * b,
    "ReduceSum": lambda attributes, x, axes: x.sum(axes.tolist(), keepdim=bool(attributes.get("keepdims", 1))),
    "Relu": lambda _, x: F.relu(x),
    "Reshape": _reshape,
    "Resize": _resize,
    "Shape": lambda _, x: torch.tensor(x.shape),
    "Sigmoid": lambda _, x: torch.sigmoid(x),
    "Slice": _slice,
    "Sqrt": lambda _, x: torch.sqrt(x),
    "Sub": lambda _, a, b: a - b,
    "Transpose": lambda attributes, x: x.permute(attributes["perm"]),
    "Unsqueeze": _unsqueeze,
}
