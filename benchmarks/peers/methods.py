"""What is compared: settings, and the methods of each library that reach them."""

from __future__ import annotations

from dataclasses import dataclass

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a model is brought to; methods of one setting stand in one table."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Method:
    """One way of one library to reach a setting."""

    peer: str  # the adapter's module
    setting: str
    name: str  # as its adapter knows it

    @property
    def key(self) -> str:
        """Its name in a file's name."""
        return f"{self.setting}-{self.name}"


SETTINGS = (
    Setting("float", "float32, trained as long as the others"),
    Setting("zeros-50", "50 % zeros"),
    Setting("zeros-80", "80 % zeros"),
    Setting("zeros-90", "90 % zeros"),
    Setting("channels-50", "half of the channels"),
    Setting("channels-25", "a quarter of the channels"),
    Setting("bits-8-after", "8 bits, without training"),
    Setting("bits-8-trained", "8 bits, trained"),
    Setting("bits-4-after", "4 bits, without training"),
    Setting("bits-4-trained", "4 bits, trained"),
)
ZEROS = tuple(setting.name for setting in SETTINGS if setting.name.startswith("zeros"))
CHANNELS = tuple(setting.name for setting in SETTINGS if setting.name.startswith("channels"))

# By adapter and by settings: the methods.
_TABLE: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (OURS, ("float",), ("train-on",)),
    (OURS, ZEROS, ("Prune",)),
    (OURS, CHANNELS, ("CutChannels-magnitude", "CutChannels-taylor")),
    (OURS, ("bits-8-after",), ("Quantize-int8", "Quantize-dynamic")),
    (OURS, ("bits-8-trained",), ("QuantizeAware-8",)),
    (OURS, ("bits-4-after",), ("Quantize-int4",)),
    (OURS, ("bits-4-trained",), ("QuantizeAware-4",)),
    ("keras", ("bits-8-after",), ("export-samples", "export-dynamic", "quantize-int8")),
    ("keras", ("bits-4-after",), ("quantize-int4",)),
    ("ai_edge_quantizer", ("bits-8-after",), ("static_wi8_ai8", "dynamic_wi8_afp32", "weight_only_wi8_afp32")),
    ("ai_edge_quantizer", ("bits-4-after",), ("dynamic_wi4_afp32", "weight_only_wi4_afp32")),
    ("tfmot", ZEROS, ("prune_low_magnitude",)),
    ("tfmot", ("bits-8-trained",), ("quantize_model",)),
    ("pquant", ZEROS, ("pdp",)),
    ("pquant", ("bits-8-trained", "bits-4-trained"), ("fixed-point",)),
    ("hgq", ("bits-8-trained", "bits-4-trained"), ("QDense-QConv2D",)),
    ("torch_prune", ZEROS, ("l1-at-once", "l1-rising")),
    ("torch_pruning", CHANNELS, ("taylor", "magnitude")),
    ("torch_ao", ("bits-8-after",), ("quantize_dynamic", "torchao-int8-dynamic", "torchao-int8-weight-only")),
    ("torch_ao", ("bits-4-after",), ("torchao-int4-weight-only",)),
)
METHODS = tuple(
    Method(peer, setting, name) for peer, settings, names in _TABLE for setting in settings for name in names
)
PEERS = tuple(dict.fromkeys(method.peer for method in METHODS))
# They need nothing beside the trainer's own environment.
AT_HOME = (OURS, "keras")


def methods_of(peer: str) -> list[Method]:
    """The methods of one library."""
    return [method for method in METHODS if method.peer == peer]
