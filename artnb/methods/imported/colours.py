"""Between which values the colours of a described network lie, and how they come to [-1, 1]."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from artnb.errors import InputError
from artnb.methods.imported.architecture import Description

# From the lowest to the highest value; infinite where nothing bounds it.
Range = tuple[float, float]

OURS: Range = (-1.0, 1.0)
_UNIT: Range = (0.0, 1.0)
_BYTES: Range = (0.0, 255.0)
_UNBOUNDED: Range = (-math.inf, math.inf)
# What pictures are given as, and what a first Rescaling makes of them.
_GIVEN = (OURS, _UNIT, _BYTES)
_USUAL = (OURS, _UNIT)

_PASSING = frozenset({
    "ActivityRegularization", "AlphaDropout", "AveragePooling2D", "Cropping2D", "Dropout",
    "Flatten", "GaussianDropout", "GaussianNoise", "GlobalAveragePooling2D", "GlobalMaxPooling2D",
    "MaxPooling2D", "Permute", "Reshape", "SpatialDropout2D", "UpSampling2D",
    "artnb>DropFirst", "artnb>ReflectionPadding2D",
})  # fmt: skip
_BOUNDS: Mapping[str, Callable[[float], float]] = {
    "linear": lambda x: x,
    "tanh": math.tanh,
    "sigmoid": lambda x: (1 + math.tanh(x / 2)) / 2,
    "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0), 1),
    "hard_tanh": lambda x: min(max(x, -1), 1),
    "relu": lambda x: max(x, 0),
    "relu6": lambda x: min(max(x, 0), 6),
    "softsign": lambda x: math.copysign(1, x) if math.isinf(x) else x / (1 + abs(x)),
    "softmax": lambda x: 1.0 if x > 0 else 0.0,
}


def adapt_colours(network: Description) -> tuple[Description, str, Range]:
    """Let a network take and give colours in [-1, 1], where what it takes and gives is certain.

    A first `Rescaling` tells what a network takes, and its last layers, through whatever models
    are nested, what it gives: [0, 255] after tanh and `Rescaling(127.5, 127.5)`. Both are brought
    to [-1, 1] by a `Rescaling` more.

    Args:
        network: of `describe_network`.

    Returns:
        The network; what was converted, in words, or an empty text; and what it paints in,
        infinite where its layers do not bound it.

    Raises:
        InputError: it paints in another range, or takes what cannot be told.
    """
    first = _first_rescaling(network)
    given = OURS if first is None else _taken(first)
    painted = _range_of(network, network["output"], given)
    target = _told(painted, first is not None or _last(network)[0] == "Rescaling")
    if target is None:
        low, high = painted
        raise InputError(
            f"the network must paint in [-1, 1], as those that end in tanh do, and it ends in "
            f"{_last(network)[1]} and paints from {low:.3g} to {high:.3g}; train one with tanh, or "
            "save the model without what follows it"
        )
    converted = [
        f"{verb} [{low:g}, {high:g}]"
        for verb, (low, high) in (("takes", given), ("gives", target))
        if (low, high) != OURS
    ]
    adapted = _with_output(_with_input(network, given), target)
    bounded = painted if target == OURS else OURS
    return adapted, " and ".join(converted), bounded


def _taken(rescaling: tuple[float, float]) -> Range:
    """Tell what a network takes by its first Rescaling."""
    scale, offset = rescaling
    for given in _GIVEN:
        if any(_close((scale * given[0] + offset, scale * given[1] + offset), one)
               for one in _USUAL):  # fmt: skip
            return given
    raise InputError(
        f"the network must take pictures in [-1, 1], [0, 1] or [0, 255], and it begins with "
        f"Rescaling({scale:g}, {offset:g}), which makes the usual [-1, 1] or [0, 1] of none of "
        "them; save the model without it"
    )


def _told(painted: Range, is_certain: bool) -> Range | None:
    """Tell which of the usual ranges a network paints in; None where it is none of them.

    What ends in a sigmoid says [0, 1] of its paintings, and nothing of its photos.
    """
    low, high = painted
    if math.isinf(low) and math.isinf(high):
        return OURS
    if _close(painted, _UNIT):
        return _UNIT if is_certain else None
    if low <= 0 and high >= 255 and math.isclose(low + high, 255, rel_tol=0.01):
        return _BYTES
    # What adds the photo to its paintings may go beyond.
    reaches = low <= -0.5 and high >= 0.5 and abs(low + high) <= 0.5
    return OURS if reaches and high <= 4 else None


def _close(one: Range, other: Range) -> bool:
    pairs = zip(one, other, strict=True)
    return all(math.isclose(*pair, rel_tol=0.01, abs_tol=0.01) for pair in pairs)


def _layers(network: Description) -> dict[str, Description]:
    return {layer["name"]: layer for layer in network["layers"]}


def _first_rescaling(network: Description) -> tuple[float, float] | None:
    """Give scale and offset of all Rescalings that pictures meet first, or None."""
    place, found = [network["input"], 0], None
    while True:
        users = [layer for layer in network["layers"] if [place] in layer["calls"]]
        if len(users) != 1 or len(users[0]["calls"]) != 1:
            return found
        (user,) = users
        if "model" in user:
            inner = _first_rescaling(user["model"])
            return _after(found, inner) if found and inner else found or inner
        if user["class_name"] == "Rescaling":
            this = _numbers(user["config"])
            found = this if found is None else _after(found, this)
        elif user["class_name"] not in _PASSING:
            return found
        place = [user["name"], 0]


def _after(first: tuple[float, float], then: tuple[float, float]) -> tuple[float, float]:
    return first[0] * then[0], first[1] * then[0] + then[1]


def _numbers(config: Mapping[str, Any]) -> tuple[float, float]:
    scale, offset = config["scale"], config.get("offset", 0.0)
    if not all(isinstance(one, int | float) for one in (scale, offset)):
        raise InputError(
            f"a Rescaling of the network must treat all colours alike, and {config['name']} has a "
            "scale or offset for each; save the model without it"
        )
    return scale, offset


def _last(network: Description) -> tuple[str, str]:
    """Give class and activation, or class alone, of the innermost layer that gives the output."""
    layer = _layers(network)[network["output"][0]]
    if "model" in layer:
        return _last(layer["model"])
    kind, activation = layer["class_name"], layer["config"].get("activation", "linear")
    if kind in _PASSING and layer["calls"]:
        return _last({**network, "output": layer["calls"][0][0]})
    return kind, kind if activation == "linear" else activation


def _range_of(network: Description, place: Sequence[Any], given: Range) -> Range:
    """Find between which values the features at a place lie."""
    layers, known = _layers(network), {}

    def visit(place: Sequence[Any]) -> Range:
        name, number = place
        if name == network["input"]:
            return given
        if (name, number) not in known:
            layer = layers[name]
            # What convolutions and norms are given does not bound what they give.
            matters = "model" in layer or layer["class_name"] in _RULES
            places = layer["calls"][number] if matters else []
            known[name, number] = _layer_range(layer, [visit(one) for one in places])
        return known[name, number]

    return visit(place)


def _layer_range(layer: Description, given: list[Range]) -> Range:
    if "model" in layer:
        return _range_of(layer["model"], layer["model"]["output"], given[0])
    if layer["class_name"] in _RULES:
        return _RULES[layer["class_name"]](layer["config"], given)
    return _bound(layer["config"].get("activation", "linear"), _UNBOUNDED)


def _bound(activation: str, given: Range) -> Range:
    """Give the range of an activation, all of which grow; others are taken to have no bounds."""
    bound = _BOUNDS.get(activation)
    return (bound(given[0]), bound(given[1])) if bound else _UNBOUNDED


def _hull(ranges: Sequence[Range]) -> Range:
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _sorted(ends: Any) -> Range:
    """Order the ends of a range; what is 0 times infinity has no bounds."""
    ends = list(ends)
    return _UNBOUNDED if any(map(math.isnan, ends)) else (min(ends), max(ends))


def _product(given: list[Range]) -> Range:
    found = given[0]
    for other in given[1:]:
        found = _sorted(one * two for one in found for two in other)
    return found


def _rescaled(config: Mapping[str, Any], given: list[Range]) -> Range:
    scale, offset = _numbers(config)
    return _sorted(scale * end + offset for end in given[0])


def _average(_: Mapping[str, Any], given: list[Range]) -> Range:
    low, high = _sum({}, given)
    return low / len(given), high / len(given)


def _sum(_: Mapping[str, Any], given: list[Range]) -> Range:
    return sum(low for low, _ in given), sum(high for _, high in given)


def _relu(config: Mapping[str, Any], given: list[Range]) -> Range:
    low, high = _bound("relu", given[0])
    return low, min(high, config.get("max_value", math.inf))


# What bounds the features that a layer gives, by its settings and those that it is given.
_RULES: Mapping[str, Callable[[Mapping[str, Any], list[Range]], Range]] = {
    **dict.fromkeys(_PASSING, lambda _, given: given[0]),
    "Rescaling": _rescaled,
    "Activation": lambda config, given: _bound(config["activation"], given[0]),
    "ReLU": _relu,
    "Softmax": lambda _, given: _UNIT,
    "Concatenate": lambda _, given: _hull(given),
    "ZeroPadding2D": lambda _, given: _hull([*given, (0.0, 0.0)]),
    "Add": _sum,
    "Average": _average,
    "Subtract": lambda _, given: (given[0][0] - given[1][1], given[0][1] - given[1][0]),
    "Multiply": lambda _, given: _product(given),
    "Maximum": lambda _, given: (max(low for low, _ in given), max(high for _, high in given)),
    "Minimum": lambda _, given: (min(low for low, _ in given), min(high for _, high in given)),
}


def _rescaling(name: str, start: Range, end: Range, place: list[Any]) -> Description:
    scale = (end[1] - end[0]) / (start[1] - start[0])
    config = {"name": name, "scale": scale, "offset": end[0] - scale * start[0]}
    return {"name": name, "class_name": "Rescaling", "config": config, "calls": [[place]]}


def _with_input(network: Description, given: Range) -> Description:
    """Let a network take [-1, 1] where it takes another range."""
    if given == OURS:
        return network
    place = [network["input"], 0]
    added = _rescaling("from_ours", OURS, given, place)
    moved = [
        {**layer, "calls": [[[added["name"], 0] if p == place else p for p in call]
                            for call in layer["calls"]]}
        for layer in network["layers"]
    ]  # fmt: skip
    return {**network, "layers": [*moved, added]}


def _with_output(network: Description, painted: Range) -> Description:
    """Let a network give [-1, 1] where it gives another range."""
    if painted == OURS:
        return network
    added = _rescaling("to_ours", painted, OURS, network["output"])
    return {**network, "layers": [*network["layers"], added], "output": [added["name"], 0]}
