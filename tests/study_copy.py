"""A study that tests may change: its settings laid over, its files edited."""

from pathlib import Path

import yaml


class StudyCopy:
    """A copy of the template study whose files a test may change."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.file = folder / "study.yaml"

    def change(self, **sections):
        """Lay settings over the study file; None removes a key."""
        content = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        lay_over(content, sections)
        self.file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        return self

    def replace(self, name, old, new):
        """Replace text in one of the study's files, which must hold it."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return self


def lay_over(below, above):
    """Change nested settings in place."""
    for key, value in above.items():
        if value is None:
            below.pop(key, None)
        elif isinstance(value, dict) and isinstance(below.get(key), dict):
            lay_over(below[key], value)
        else:
            below[key] = value


def backwards(value):
    """Return nested settings with every map the other way round, but for the order of the arms."""
    if not isinstance(value, dict):
        return value
    return {key: value[key] if key == "arms" else backwards(value[key]) for key in reversed(value)}
