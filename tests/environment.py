"""The environment of the tests, set before settings are read (loaded by ``-p`` in pyproject.toml).

Run with ``python -m pytest``, which puts the repository on the path.
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("CUTSCORE_TESTING", "1")
os.environ.setdefault("DATA_DIR", str(Path(tempfile.gettempdir()) / "cutscore-tests"))
Path(os.environ["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
