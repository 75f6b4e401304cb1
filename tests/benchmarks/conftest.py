"""The folder of the benchmarks on the path, for the modules that they share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
