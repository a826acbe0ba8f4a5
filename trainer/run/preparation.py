"""The first stage of a run: the log is read, checked and written as a dataset. Nothing here needs TensorFlow."""

from __future__ import annotations

import tempfile
from functools import cached_property, partial
from pathlib import Path

from trainer.data.dataset import ClickDataset, DatasetFacts, load_dataset
from trainer.data.log_files import LogFiles, as_files, files_read, log_files
from trainer.data.prepare import OpenRunner, prepare
from trainer.data.progress import Bar
from trainer.run.sources import sources_key
from trainer.run.workspace import Workspace, file_key, key_of
from trainer.settings.checks import check_settings
from trainer.settings.config import DataSettings, RunSettings, save_settings
from trainer.training.learnable import check_learnable, check_titles
from trainer.training.run_data import RunData

SETTINGS_FILE = "settings.json"


class Preparation:
    """A run's folder up to the dataset; a stage whose inputs have not changed since it was done is not done again."""

    def __init__(self, out: Path, settings: RunSettings, bar: Bar) -> None:
        """Open the folder.

        Args:
            out: Where all files go.
            settings: Of all stages; kept in settings.json, so that single stages can be run later.
            bar: Opens a progress bar.

        Raises:
            ConfigError: The settings are not in order; nothing is written then.
            TrainerError: The folder cannot be used.
        """
        self.out, self.settings, self._bar = out, settings, bar
        check_settings(settings)
        self._space = Workspace(out)
        save_settings(settings, out / SETTINGS_FILE)

    @property
    def dataset(self) -> ClickDataset:
        """The dataset that `prepare` wrote."""
        return self.data.dataset

    @cached_property
    def data(self) -> RunData:
        """The log as all stages see it.

        Raises:
            LogError: No model can come from it; see `check_learnable`.
        """
        found = RunData(load_dataset(self.out / "dataset", self.settings.data.window), self.settings.data.languages)
        check_learnable(found)
        return found

    def prepare(self, open_runner: OpenRunner | None = None) -> DatasetFacts:
        """Read the log and write the dataset, unless that is done already.

        Args:
            open_runner: Makes what does the work; processes of this machine if not given. The result is the same.
        """
        data, dataset = self.settings.data, self.out / "dataset"
        with tempfile.TemporaryDirectory(dir=self.out, ignore_cleanup_errors=True) as folder:
            files = as_files(log_files(data), Path(folder))
            contents = [[file_key(path) for path in paths] for paths in files_read(files)]
            spoken = [data.original_language, *(language for language, _ in files.translations)]
            code = sources_key("prepare")
            key = key_of(contents, data.dev_share, data.max_bad_share, data.name, data.licence, spoken, code)
            work = partial(read_log, data, dataset, self._bar, files, open_runner)
            facts = self._space.run("prepare", key, dataset, DatasetFacts, work)
        self.__dict__.pop("data", None)
        check_titles(self.data, self.settings)  # told before the training
        return facts


def read_log(
    chosen: DataSettings,
    out: Path,
    bar: Bar,
    files: LogFiles | None = None,
    open_runner: OpenRunner | None = None,
) -> DatasetFacts:
    """Read the log once, into a folder of shards.

    Args:
        chosen: Names the files.
        out: The folder.
        bar: Opens a progress bar.
        files: The same, where those that were named have been copied.
        open_runner: Makes what does the work; processes of this machine if not given.

    Raises:
        LogError: See `prepare`.
    """
    with bar("read the log", 0) as step:
        return prepare(files or log_files(chosen), out, chosen.name, chosen.licence, step, open_runner=open_runner)
