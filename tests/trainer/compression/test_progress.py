from trainer.compression import progress
from trainer.compression.progress import ProgressBar


class Seen:
    """What a bar was told."""

    def __init__(self, desc, total, disable, leave):
        self.title, self.total, self.n, self.closed = desc, total, 0, False
        assert disable is None

    def update(self, by):
        self.n += by

    def close(self):
        self.closed = True


def test_a_bar_for_each_training(monkeypatch):
    made = []

    def bar_of(**settings):
        made.append(Seen(**settings))
        return made[-1]

    monkeypatch.setattr(progress, "tqdm", bar_of)
    bar = ProgressBar("squeeze")
    for title, rounds in (("cut", 3), ("factor", 1)):
        for done in range(rounds + 1):
            bar(title, done, rounds)
            assert made[-1].n == done
            assert made[-1].closed == (done == rounds)
    assert [(each.title, each.total) for each in made] == [("squeeze: cut", 3), ("squeeze: factor", 1)]
