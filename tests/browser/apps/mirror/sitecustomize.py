"""Fashion-MNIST's files from the server of a test, with the checksums of its made-up files.

Python imports this at its start where the folder is on its path: in the server's process and in its workers.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace

from cae_core.datasets import sources

_SOURCE = sources.SOURCES["fashion_mnist"]
_FILES = tuple(
    replace(file, size=size, sha256=sha256, urls=(url,))
    for file, (size, sha256, url) in zip(_SOURCE.files, json.loads(os.environ["CAE_TEST_FILES"]), strict=True)
)
sources.SOURCES["fashion_mnist"] = replace(_SOURCE, files=_FILES)
