"""How large a file may be, and what is in it: all of it is checked before anything is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a visitor's file may hold.

    Attributes:
        file_bytes: largest file, in bytes: what a page lets through.
        unpacked_bytes: most bytes that an archive, an array or a Parquet file may unpack to.
        ratio: largest number of bytes that a packed byte may unpack to, in entries of more than a megabyte.
        entries: most files in an archive or folder.
        line_bytes: longest first line of a text table, in bytes; no longer than the sample it is understood from.
        columns: most columns of a table.
        rows: most rows of a table as it is read.
        cells: most cells of a table as it is read, rows times columns.
        categories: most values of a column that are turned into inputs of 0 and 1.
        classes: most classes.
        inputs: most inputs, d.
        numbers: most numbers, n times d; of more samples than that, some are drawn.
        samples: most samples, n.
        least_rows: fewest samples.
        least_inputs: fewest inputs.
        pixels: most pixels of an image before it is resized.
        array_pixels: most pixels of an image in an array, where they are all in memory at once.
        side: longest side of an image after it is resized, in pixels.
        memory_bytes: what reading and preparing any file within these limits takes at most, above the imports;
            measured in ``docs/hostile-files.md``.
    """

    file_bytes: int = 20 * 2**20
    unpacked_bytes: int = 200 * 2**20
    ratio: int = 200
    entries: int = 20_000
    line_bytes: int = 100_000
    columns: int = 2000
    rows: int = 1_000_000
    cells: int = 20_000_000
    categories: int = 20
    classes: int = 50
    inputs: int = 4096
    numbers: int = 20_000_000
    samples: int = 70_000
    least_rows: int = 20
    least_inputs: int = 2
    pixels: int = 25_000_000
    array_pixels: int = 2**20
    side: int = 32
    memory_bytes: int = 600 * 2**20


LIMITS = Limits()
"""The limits of pages; the command line lets larger files through."""
