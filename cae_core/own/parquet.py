"""Parquet: sizes from the metadata at its end first; then one column after the other.

A column of texts stays a dictionary of distinct texts with codes: a text that is written once and repeated a million
times would otherwise unpack to gigabytes. Lists, structs and bytes are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from cae_core.errors import DataError
from cae_core.own.limits import Limits
from cae_core.own.numerals import cells_of_texts
from cae_core.own.tables import Cells, Table, check_size, unique_names
from cae_core.own.words import counted, listed, megabytes, short

THRIFT_BYTES = 2**22
"""Longest text in the metadata, in bytes."""

MEMORY = Path("/proc/self/statm")
"""Where Linux says how much memory this process has, in pages."""


def read_parquet(path: Path, limits: Limits) -> Table:
    """Read a table.

    Args:
        path: a Parquet file.
        limits: how large it may be.

    Returns:
        The table.

    Raises:
        DataError: it is damaged or beyond the limits.
    """
    try:
        with _bounded(limits):
            return _read(path, limits)
    except MemoryError as error:
        raise DataError(
            f"A Parquet file must unpack to at most {megabytes(limits.unpacked_bytes)}. Got more than its "
            "metadata say. Write fewer rows or columns."
        ) from error
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise DataError(
            f"A Parquet file must be whole. Got one that is damaged ({short(str(error))}). Write it again."
        ) from error


@contextmanager
def _bounded(limits: Limits) -> Iterator[None]:
    """Bound the memory of this process: sizes in the metadata are what the file says, which need not be so.

    Arrow's own allocator reserves memory far ahead, which a bound cannot tell from memory that is used.
    """
    if not MEMORY.exists():
        yield
        return
    import resource  # not on every system

    pool = pa.default_memory_pool()
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = int(MEMORY.read_text().split()[5]) * resource.getpagesize() + limits.memory_bytes
    bounds = [bound for bound in (soft, hard, most) if bound != resource.RLIM_INFINITY]
    pa.set_memory_pool(pa.system_memory_pool())
    resource.setrlimit(resource.RLIMIT_DATA, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
        pa.set_memory_pool(pool)


def _read(path: Path, limits: Limits) -> Table:
    metadata = pq.read_metadata(path)
    _check(metadata, limits)
    schema = metadata.schema.to_arrow_schema()
    names, repeated = unique_names(schema.names)
    texts = [field.name for field in schema if _is_text(field.type)]
    with pq.ParquetFile(
        path, metadata=metadata, read_dictionary=texts, thrift_string_size_limit=THRIFT_BYTES
    ) as file:
        cells = tuple(
            _cells(name, field, file, schema.names.count(field.name) > 1)
            for name, field in zip(names, schema, strict=True)
        )
    notes = []
    if repeated:
        notes.append(
            f"{counted(len(repeated), 'name')} came more than once and got a number: {listed(repeated)}."
        )
    return Table("Parquet", metadata.num_rows, cells, tuple(notes))


def _check(metadata: Any, limits: Limits) -> None:
    """Refuse what would unpack to too much."""
    check_size(metadata.num_rows, metadata.num_columns, limits)
    groups = range(metadata.num_row_groups)
    if metadata.num_rows < 1 or sum(metadata.row_group(i).num_rows for i in groups) != metadata.num_rows:
        raise DataError("A table must have rows. Got a Parquet file without any. Bring one with rows.")
    size = sum(metadata.row_group(i).total_byte_size for i in groups)
    if size > limits.unpacked_bytes:
        raise DataError(
            f"A Parquet file must unpack to at most {megabytes(limits.unpacked_bytes)}. Got {megabytes(size)}. "
            "Write fewer rows or columns."
        )


def _is_text(kind: Any) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or (pa.types.is_dictionary(kind) and _is_text(kind.value_type))
    )


def _is_number(kind: Any) -> bool:
    return bool(
        pa.types.is_boolean(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_null(kind)
        or (pa.types.is_dictionary(kind) and _is_number(kind.value_type))
    )


def _cells(name: str, field: Any, file: Any, repeated: bool) -> Cells:
    """One column; of several with one name none can be told from the others, so none is read."""
    kind = field.type
    if pa.types.is_temporal(kind):
        return Cells(name, unusable="date", note="dates are no inputs")
    if repeated or not (_is_text(kind) or _is_number(kind)):
        why = "the file has its name twice" if repeated else f"{short(str(kind))} is no input"
        return Cells(name, unusable="text", note=why)
    column = file.read(columns=[field.name], use_threads=False).column(0)
    if _is_text(kind):
        whole = column.unify_dictionaries().combine_chunks()
        codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return cells_of_texts(name, codes.astype(np.int32), whole.dictionary.to_pylist(), ".")
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    numbers = column.cast(pa.float64(), safe=False).to_numpy()
    return Cells(name, numbers=numbers.astype(np.float64), boolean=pa.types.is_boolean(column.type))
