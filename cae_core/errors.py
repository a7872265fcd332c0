"""Everything this package raises on purpose.

.. code-block:: text

    ContractionLabError
    ├── ConfigError          (also a ValueError)    a setting is out of its range or unknown
    ├── DataError            (also a ValueError)    arrays that cannot be trained on or encoded
    ├── DatasetUnavailable   (also an OSError)      files are missing or could not be downloaded
    └── EngineError          (also a RuntimeError)  a worker process could not do its work

Each message has three parts: the requirement, what came, what to do.
A page shows that sentence as it stands.
"""

from __future__ import annotations


class ContractionLabError(Exception):
    """Base of all errors that this package raises on purpose."""


class ConfigError(ContractionLabError, ValueError):
    """A setting is unknown or out of its range."""


class DataError(ContractionLabError, ValueError):
    """Arrays that cannot be trained on or encoded."""


class DatasetUnavailable(ContractionLabError, OSError):
    """A dataset's files are missing, damaged or could not be downloaded."""


class EngineError(ContractionLabError, RuntimeError):
    """A worker process could not do its work, a second attempt included."""
