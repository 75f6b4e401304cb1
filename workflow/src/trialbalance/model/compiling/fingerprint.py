"""One line for a PyTensor graph that is the same in every process.

PyTensor's own key of a compiled function follows an order of nodes that differs between processes.
This one walks from the outputs to the inputs, writes down each operation with its properties, each
constant with its value and each input by its place, and hashes what it wrote.
"""

import hashlib
from collections.abc import Mapping
from enum import Enum

import numpy as np
from pytensor.graph.basic import Constant, Variable
from pytensor.graph.op import Op
from pytensor.graph.type import Type
from pytensor.scalar.basic import ScalarOp


class UnknownError(ValueError):
    """An operation has a property that cannot be written down, or an input nobody named."""


def fingerprint(outputs: list[Variable], inputs: list[Variable]):
    """Return the SHA-256 of what a graph computes.

    Parameters
    ----------
    outputs : list of pytensor.graph.basic.Variable
        What is computed.
    inputs : list of pytensor.graph.basic.Variable
        What it is computed from, in the order of the arguments.

    Returns
    -------
    str
        Hexadecimal digits; sizes of data are no part of it, their types and number of axes are.

    Raises
    ------
    UnknownError
        Where the graph has an input that is not among them, or something that cannot be named.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> a, b = pt.vector("a"), pt.vector("b")
    >>> fingerprint([a - b], [a, b]) == fingerprint([b - a], [b, a])
    True
    >>> fingerprint([a - b], [a, b]) == fingerprint([b - a], [a, b])
    False
    """
    places = {variable: f"input {place}" for place, variable in enumerate(inputs)}
    lines = [f"{name} {_word(variable.type)}" for variable, name in places.items()]
    numbers = {}
    for node in _nodes(outputs, places):
        numbers[node] = len(numbers)
        arguments = [_argument(variable, places, numbers) for variable in node.inputs]
        types = [_word(variable.type) for variable in node.outputs]
        lines.append(f"{_word(node.op)} {arguments} {types}")
    lines.append(str([_argument(variable, places, numbers) for variable in outputs]))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _nodes(outputs, places):
    """Return the nodes behind the outputs, each after those it needs, in an order of their own."""
    found, done = [], set()
    stack = [(variable.owner, False) for variable in reversed(outputs) if variable not in places]
    while stack:
        node, ready = stack.pop()
        if node is None or node in done:
            continue
        if ready:
            done.add(node)
            found.append(node)
            continue
        stack.append((node, True))
        stack.extend(
            (variable.owner, False)
            for variable in reversed(node.inputs)
            if variable not in places and variable.owner not in done
        )
    return found


def _argument(variable, places, numbers):
    if variable in places:
        return places[variable]
    if variable.owner is not None:
        return f"{numbers[variable.owner]}.{variable.owner.outputs.index(variable)}"
    if isinstance(variable, Constant):
        return f"{_word(variable.type)} {_word(variable.data)}"
    raise UnknownError(f"the input {variable} has no place among the arguments")


def _word(value):
    """Return what a property is, without addresses and independent of any order of sets."""
    if value is None or isinstance(value, (bool, int, float, str, bytes, Enum, np.dtype)):
        return repr(value)
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.ascontiguousarray(value)
        if array.dtype.hasobject:
            raise UnknownError("an array of objects")
        return f"{array.dtype.str}{np.shape(value)}{hashlib.sha256(array.tobytes()).hexdigest()}"
    if isinstance(value, (tuple, list)):
        return f"({', '.join(_word(part) for part in value)})"
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(_word(part) for part in value))}}}"
    if isinstance(value, Mapping):
        pairs = sorted((_word(key), _word(part)) for key, part in value.items())
        return f"{{{', '.join(': '.join(pair) for pair in pairs)}}}"
    if isinstance(value, slice):
        return f"slice{_word((value.start, value.stop, value.step))}"
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, (Op, Type)):
        return f"{_word(type(value))}{_properties(value)}"
    raise UnknownError(f"a property of type {type(value).__name__}")


def _properties(value):
    """Return the properties of an operation or a type, and the graph inside it if it has one."""
    names = getattr(value, "__props__", None)
    found = {name: getattr(value, name) for name in names or ()}
    if isinstance(value, Type) and names is None:
        found = {name: part for name, part in vars(value).items() if name != "name"}
    elif hasattr(value, "o_type"):
        found["o_type"] = value.o_type
    inner = getattr(value, "fgraph", None)
    if inner is not None:
        found["fgraph"] = fingerprint(inner.outputs, list(inner.inputs))
    elif names is None and isinstance(value, Op) and not isinstance(value, ScalarOp):
        raise UnknownError(f"the operation {type(value).__name__} names no properties")
    return _word(found)
