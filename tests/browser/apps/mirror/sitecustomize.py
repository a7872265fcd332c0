"""Downloads from the server of a test, with the sizes and checksums of its made-up files.

Python imports this at its start where the folder is on its path: in the server's process and in its workers.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace

from cae_core.datasets import sources

for _name, _files in json.loads(os.environ["CAE_TEST_FILES"]).items():
    _source = sources.SOURCES[_name]
    sources.SOURCES[_name] = replace(
        _source,
        files=tuple(
            replace(file, size=size, sha256=sha256, urls=(url,))
            for file, (size, sha256, url) in zip(_source.files, _files, strict=True)
        ),
    )
