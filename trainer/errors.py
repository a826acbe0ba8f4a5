"""The trainer's errors: one class for each case a caller can act on."""


class TrainerError(Exception):
    """Anything the trainer refuses; the message says what, where and how to mend it."""


class TrainingError(TrainerError):
    """Training cannot start or has diverged."""


class CompressionError(TrainerError):
    """A compression step that does not fit the model it was given."""


class ExportError(TrainerError):
    """A model that cannot become a bundle."""


class ConfigError(TrainerError):
    """A setting that is unknown, of the wrong type or out of range."""


class LogError(TrainerError):
    """A click log or an articles file that cannot be used."""


class TextVectorsError(TrainerError):
    """Text vectors that are not there or do not fit the articles."""


class ClusterError(TrainerError):
    """Machines that are to share the work: not there, not ours, or lost."""


class CatalogueError(TrainerError):
    """Vectors of a catalogue: made by something else, missing, damaged, or not to be written."""
