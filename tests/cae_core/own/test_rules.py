"""What the readers promise, one rule a test: expected numbers are worked out by hand."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from cae_core.datasets.dataset import standardise
from cae_core.errors import DataError
from cae_core.own.images import pack_images
from cae_core.own.model import Prepared, Summary
from cae_core.own.reading import default_preparation, inspect, prepare
from tests.cae_core.own.hostile import npy, npz, zip_of

ROWS = 20


def read(where: Path, data: bytes | None = None, **changes: object) -> tuple[Summary, Prepared]:
    """What a file holds, and its samples; `where` is a folder for the file, or a folder of images."""
    path = where
    if data is not None:
        path = where / "file"
        path.write_bytes(data)
    summary = inspect(str(path), "file")
    default = default_preparation(summary)
    values = {name: getattr(default, name) for name in default.__slots__}
    prepared = prepare(str(path), "file", type(default)(**{**values, **changes}))
    return summary, prepared


def lines(*rows: str, mark: str = "\n") -> bytes:
    return mark.join(rows).encode()


def holes() -> bytes:
    """Squares without those of 3 and 7, and 0.5 to 4.5 in turn without the one of row 7."""
    rows = [f"{'' if i in {3, 7} else i * i},{'' if i == 7 else i % 5 + 0.5}" for i in range(ROWS)]
    return lines("a,b", *rows)


def test_missing_numbers_become_the_median_of_the_others(tmp_path: Path) -> None:
    _, prepared = read(tmp_path, holes(), scaling="none", label=None)
    # 18 squares are left: the ninth is 100 and the tenth 121. Of 0.5 to 4.5 in turn, 4 times each, one 2.5 is gone.
    assert prepared.x[3].tolist() == [110.5, 3.5]
    assert prepared.x[7].tolist() == [110.5, 2.5]
    assert prepared.x[4].tolist() == [16, 4.5]
    assert (
        "3 missing values in 2 rows: numbers were filled with their column's median, "
        "categories with 0 in all their inputs." in prepared.done
    )


def test_rows_with_missing_values_are_left_out(tmp_path: Path) -> None:
    more = b"\n401,0.5\n402,1.5"
    _, prepared = read(tmp_path, holes() + more, scaling="none", label=None, missing="drop")
    assert prepared.x[:, 0].tolist() == [i * i for i in range(ROWS) if i not in {3, 7}] + [401, 402]
    assert "3 missing values in 2 rows: these rows were left out." in prepared.done


def test_categories_become_inputs_of_0_and_1(tmp_path: Path) -> None:
    colours = ["red", "blue", "", "green"] * 5
    rows = [f"{c},{i % 7 / 2},{i % 3 / 4}" for i, c in enumerate(colours)]
    _, prepared = read(tmp_path, lines("colour,a,b", *rows), scaling="none", label=None)
    assert prepared.feature_names == ("colour = blue", "colour = green", "colour = red", "a", "b")
    assert prepared.x[:4, :3].tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert prepared.x[:4, 3].tolist() == [0, 0.5, 1, 1.5]
    assert "1 column of categories became 3 inputs of 0 and 1: colour." in prepared.done


def test_a_column_that_numbers_the_rows_is_an_input_only_by_choice(tmp_path: Path) -> None:
    data = lines("id,a,b", *(f"{i + 1},{i % 7 / 2},{i % 3 / 4}" for i in range(ROWS)))
    summary, prepared = read(tmp_path, data, scaling="none")
    assert [column.used for column in summary.columns] == [False, True, True]
    assert prepared.feature_names == ("a", "b")
    assert "1 column was left out by choice: id." in prepared.done
    _, prepared = read(tmp_path, data, scaling="none", left_out=())
    assert prepared.feature_names == ("id", "a", "b")
    assert prepared.x[:, 0].tolist() == list(range(1, ROWS + 1))


def test_a_name_that_comes_again_gets_a_number(tmp_path: Path) -> None:
    data = lines("a,a,b,a", *(f"{i % 7 / 2},{i % 3 / 4},{i % 5 / 4},{i % 4 / 8}" for i in range(ROWS)))
    summary, prepared = read(tmp_path, data, scaling="none", label=None)
    assert prepared.feature_names == ("a", "a (2)", "b", "a (3)")
    assert prepared.x[6].tolist() == [3, 0, 0.25, 0.25]
    assert summary.notes[1] == "1 name came more than once and got a number: a."


def test_columns_with_one_value_or_dates_or_none_are_left_out(tmp_path: Path) -> None:
    rows = [f"{i % 7 / 2},mm,3,2020-01-{i + 1:02d},{i + 1}.02.2021 10:30,,{i % 3 / 4}" for i in range(ROWS)]
    data = lines("a,unit,three,day,time,nothing,b", *rows)
    summary, prepared = read(tmp_path, data, scaling="none", label=None)
    kinds = ["number", "constant", "constant", "date", "date", "empty", "number"]
    assert [column.kind for column in summary.columns] == kinds
    assert prepared.feature_names == ("a", "b")
    assert prepared.done[1:] == (
        "1 empty column was left out: nothing.",
        "2 constant columns were left out: unit, three.",
        "2 columns of dates were left out: day, time.",
    )


@pytest.mark.parametrize(
    ("mark", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar"), (",", "comma")], ids=lambda m: m
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_separators_are_found_out(mark: str, name: str, ending: str, tmp_path: Path) -> None:
    rows = [
        mark.join((str(i % 7 / 2), f'"u{mark} v"' if i % 2 else "w", str(i % 3 / 4))) for i in range(ROWS)
    ]
    data = lines(mark.join(("a", "word", "b")), *rows, mark=ending)
    summary, prepared = read(tmp_path, data, scaling="none", label=None)
    assert summary.notes == (f"Text in UTF-8, separated by {name}, decimal point, names in the first line.",)
    assert prepared.feature_names == ("a", f"word = u{mark} v".replace("\t", " "), "word = w", "b")
    assert prepared.x[5].tolist() == [2.5, 1, 0, 0.5]


@pytest.mark.parametrize("mark", [";", "\t", "|"], ids=["semicolon", "tab", "bar"])
def test_a_decimal_comma_is_found_out(mark: str, tmp_path: Path) -> None:
    rows = [f"{i % 7 / 2}{mark}{-i % 3 / 4}".replace(".", ",") for i in range(ROWS)]
    summary, prepared = read(tmp_path, lines(f"a{mark}b", *rows), scaling="none", label=None)
    assert "decimal comma" in summary.notes[0]
    assert prepared.x[5].tolist() == [2.5, 0.25]


@pytest.mark.parametrize(
    ("head", "row", "columns"),
    [
        ("", "0.{i},1{i}.5,same,;{i}", 4),
        ("n0;n1;c0;c1", "0,{i};1{i},5;same;same", 4),
        ("n0;n1;c0;c1;c2;c3", "0,{i};1{i},5;same;same;same;same", 6),
        ("", "0,{i};1{i},5;same;same;same;same;same;same", 8),
        ("Levels, 2020\nn0;n1;c0;c1;c2;c3", "0,{i};1{i},5;same;same;same;same", 6),
        ("", "0,{i}\t1{i},5\t\t", 4),
        ("place;share", "Paris, FR;{i}", 2),
    ],
)
def test_a_mark_that_only_cuts_evenly_is_no_separator(
    head: str, row: str, columns: int, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("\n".join([head] * bool(head) + [row.format(i=i) for i in range(30)]))
    assert len(inspect(str(path), "table.csv").columns) == columns


@pytest.mark.parametrize(
    ("written", "decimal", "expected"),
    [
        ("{i},{i:03d}.5", ".", lambda i: 1000 * i + i + 0.5),
        ("{i},{i:03d}", ".", lambda i: 1001 * i),
        ("{i}.{i:03d},5", ",", lambda i: 1000 * i + i + 0.5),
        ("-{i}\u00a0{i:03d},5", ",", lambda i: -(1000 * i + i + 0.5)),
        ("{i}.25%", ".", lambda i: i + 0.25),
        ("$ {i},{i:03d}", ".", lambda i: 1001 * i),
        ("-{i},5 €", ",", lambda i: -i - 0.5),
    ],
)
def test_groups_and_signs_of_numbers_are_read(
    written: str, decimal: str, expected: Callable[[int], float], tmp_path: Path
) -> None:
    order = [1 + 7 * i % 20 for i in range(ROWS)]
    rows = [f'"{written.format(i=i)}";{str(i % 3 / 4).replace(".", decimal)}' for i in order]
    _, prepared = read(tmp_path, lines("a;b", *rows), scaling="none", label=None)
    assert prepared.x[:, 0].tolist() == [expected(i) for i in order]


@pytest.mark.parametrize("date", ["{d:02d}.03.2021", "2021.03.{d:02d}", "{d}.3.21"])
def test_a_date_is_no_number_where_the_decimal_mark_is_a_comma(date: str, tmp_path: Path) -> None:
    rows = [f"{date.format(d=i + 1)};{i % 7 / 2};{i % 3 / 4}".replace("/", ".") for i in range(ROWS)]
    rows = [row.split(";")[0] + ";" + ";".join(row.split(";")[1:]).replace(".", ",") for row in rows]
    summary, prepared = read(tmp_path, lines("day;a;b", *rows), scaling="none", label=None)
    assert [column.kind for column in summary.columns] == ["date", "number", "number"]
    assert prepared.x[5].tolist() == [2.5, 0.5]


@pytest.mark.parametrize("lead", ["", "   "])
@pytest.mark.parametrize("gap", [" ", "    "])
def test_spaces_separate_where_nothing_else_does(lead: str, gap: str, tmp_path: Path) -> None:
    rows = [f'{lead}{i % 7 / 2:g}{gap}{i % 3 / 4:.3e}\t"car no {i % 2}"' for i in range(ROWS)]
    summary, prepared = read(tmp_path, lines(*rows), scaling="none", label=None)
    assert "separated by spaces" in summary.notes[0]
    assert prepared.feature_names == ("column 1", "column 2", "column 3 = car no 0", "column 3 = car no 1")
    assert prepared.x[5].tolist() == [2.5, 0.5, 0, 1]


def test_the_head_line_of_numpy_is_a_line_of_names(tmp_path: Path) -> None:
    values = np.array([[i % 7 / 2, i % 3 / 4] for i in range(ROWS)])
    for mark in (",", " "):
        np.savetxt(tmp_path / "saved", values, delimiter=mark, header=mark.join(["left", "right"]))
        _, prepared = read(tmp_path, (tmp_path / "saved").read_bytes(), scaling="none", label=None)
        assert prepared.feature_names == ("left", "right")
        np.testing.assert_array_equal(prepared.x, values)


@pytest.mark.parametrize(
    "above",
    [
        "sep=,",
        "# by hand",
        "# one, two, three, four\n# five",
        "My measurements\n",
        "My measurements,,\n\nof May,,",
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_lines_above_a_table_are_passed_over(above: str, ending: str, tmp_path: Path) -> None:
    rows = [f"{i % 7 / 2},{i % 3 / 4},{i % 5 / 8}" for i in range(ROWS)]
    data = lines(*above.split("\n"), "a,ä,b", *rows, mark=ending)
    summary, prepared = read(tmp_path, data, scaling="none", label=None)
    assert (summary.rows, prepared.feature_names) == (ROWS, ("a", "ä", "b"))
    assert prepared.x[5].tolist() == [2.5, 0.5, 0]
    assert "above the table passed over" in summary.notes[1]


def test_a_column_of_row_names_may_be_without_a_name(tmp_path: Path) -> None:
    rows = [f"row {i},{i % 7 / 2},{i % 3 / 4}" for i in range(ROWS)]
    summary, prepared = read(tmp_path, lines("a,b", *rows), scaling="none", label=None)
    assert [column.name for column in summary.columns] == ["row name", "a", "b"]
    assert prepared.x[5].tolist() == [2.5, 0.5]
    summary, _ = read(
        tmp_path, lines("a,b", *(f"{row[7:]}," for row in rows)), label=None
    )  # a comma at the end
    assert [column.name for column in summary.columns][1:] == ["b", "column 3"]


def test_what_is_left_out_or_gives_the_classes_is_taken_in_where_too_little_is_left(tmp_path: Path) -> None:
    rows = [f"{i + 1},{i % 3}" for i in range(ROWS)]
    summary, prepared = read(tmp_path, lines("time,level", *rows), scaling="none")
    assert summary.label is None
    assert prepared.feature_names == ("time", "level")


@pytest.mark.parametrize("spaced", [False, True])
def test_a_file_without_names_gets_some(spaced: bool, tmp_path: Path) -> None:
    rows = [f"{i % 7 / 2},{i % 3 / 4}" for i in range(ROWS)]
    data = lines(*rows)
    summary, prepared = read(tmp_path, b"\n\n" + data if spaced else data, scaling="none", label=None)
    assert "no line of names" in summary.notes[0]
    assert summary.rows == ROWS
    assert prepared.feature_names == ("column 1", "column 2")
    assert prepared.x[[0, 5]].tolist() == [[0, 0], [2.5, 0.5]]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("latin-1", "Latin-1 (it is not UTF-8)"),
    ],
)
def test_encodings_are_found_out(encoding: str, said: str, tmp_path: Path) -> None:
    rows = [f"{i % 7 / 2},{('Köln', 'Århus')[i % 2]},{i % 3 / 4}" for i in range(ROWS)]
    data = "\n".join(["größe,stadt,b", *rows]).encode(encoding)
    summary, prepared = read(tmp_path, data, scaling="none", label=None)
    assert summary.notes[0].startswith(f"Text in {said}, separated by comma")
    assert prepared.feature_names == ("größe", "stadt = Köln", "stadt = Århus", "b")
    assert prepared.x[5].tolist() == [2.5, 0, 1, 0.5]


def test_texts_of_a_label_become_classes_in_order(tmp_path: Path) -> None:
    words = ["pear", "apple", "", "fig"]
    rows = [f"{i % 7 / 2},{i % 3 / 4},{words[i % 4]}" for i in range(32)]
    summary, prepared = read(tmp_path, lines("a,b,fruit", *rows), scaling="none")
    assert summary.label == "fruit"
    assert prepared.class_names == ("apple", "fig", "pear")
    assert prepared.y is not None
    assert prepared.y.tolist() == [2, 0, 1] * 8
    assert prepared.x[2].tolist() == [1.5, 0]
    assert "8 rows without a class in fruit were left out." in prepared.done


def test_numbers_of_a_label_become_classes_by_size(tmp_path: Path) -> None:
    rows = [f"{i % 7 / 2},{i % 3 / 4},{(10, 9, 2)[i % 3]}" for i in range(30)]
    _, prepared = read(tmp_path, lines("a,b,class", *rows), scaling="none")
    assert prepared.class_names == ("2", "9", "10")
    assert prepared.y is not None
    assert prepared.y[:3].tolist() == [2, 1, 0]


def test_a_last_column_of_few_whole_numbers_is_taken_for_the_classes(tmp_path: Path) -> None:
    rows = [f"{i % 7 / 2},{i % 9 / 4},{i % 3}" for i in range(ROWS)]
    assert read(tmp_path, lines("a,b,c", *rows))[0].label == "c"
    assert read(tmp_path, lines("a,b,c", *(f"{row}.5" for row in rows)))[0].label is None
    assert read(tmp_path, lines("a,b,c", *rows[:-1], rows[-1] + ".5"))[0].label is None


def unequal() -> tuple[list[str], bytes]:
    """1,000 rows: 910 of class a, 10 each of b to j."""
    label = ["a"] * 910 + [c for c in "bcdefghij" for _ in range(10)]
    return label, lines("x,y,label", *(f"{i % 997 / 8},{i % 991 / 16},{c}" for i, c in enumerate(label)))


def test_a_stratified_limit_keeps_the_shares(tmp_path: Path) -> None:
    _, data = unequal()
    _, first = read(tmp_path, data, scaling="none", limit=100, sampling="stratified")
    assert first.y is not None
    assert np.bincount(first.y).tolist() == [91, *[1] * 9]
    assert "100 of 1,000 samples were drawn in proportion to the classes." in first.done
    _, again = read(tmp_path, data, scaling="none", limit=100, sampling="stratified")
    np.testing.assert_array_equal(first.x, again.x)
    _, few = read(tmp_path, data, scaling="none", limit=55, sampling="stratified")
    # Shares are 50.05 and nine of 0.55: rounded 50 and five of 1, and the four without one get it from the largest.
    assert few.y is not None
    assert np.bincount(few.y).tolist() == [46, *[1] * 9]


def test_a_random_limit_takes_different_rows_and_the_same_ones_again(tmp_path: Path) -> None:
    label, data = unequal()
    _, first = read(tmp_path, data, scaling="none", limit=100)
    _, again = read(tmp_path, data, scaling="none", limit=100)
    np.testing.assert_array_equal(first.x, again.x)
    assert "100 of 1,000 samples were drawn at random." in first.done
    rows = {(i % 997 / 8, i % 991 / 16): c for i, c in enumerate(label)}
    pairs = [tuple(row) for row in first.x.tolist()]
    assert len(set(pairs)) == 100
    assert first.y is not None
    assert [rows[pair] for pair in pairs] == [first.class_names[c] for c in first.y]


def test_each_column_is_scaled_to_0_and_1(tmp_path: Path) -> None:
    rows = [f"{i % 5 * 3 - 4},{i % 3 * 0.5 + 1e6}" for i in range(ROWS)]
    _, prepared = read(tmp_path, lines("a,b", *rows), scaling="0-1", label=None)
    assert prepared.x[:5].tolist() == [[0, 0], [0.25, 0.5], [0.5, 1], [0.75, 0], [1, 0.5]]
    assert "Each input was scaled to the range 0 to 1." in prepared.done


@pytest.mark.parametrize("others", [1, 3], ids=["points", "table"])
def test_times_in_seconds_keep_their_digits(others: int, tmp_path: Path) -> None:
    """In single precision they would be cut to multiples of 128."""
    rng = np.random.default_rng(5)
    times = 1.7e9 + rng.permutation(1000)
    rest = rng.normal(size=(1000, others)).round(3)
    rows = [f"{time:.0f}," + ",".join(map(str, row)) for time, row in zip(times, rest, strict=True)]
    data = lines(",".join(["time", *"abc"[:others]]), *rows)
    _, prepared = read(tmp_path, data)
    assert prepared.kind == ("points" if others == 1 else "table")
    x = prepared.x.astype(np.float64)
    wide = standardise(x, x)
    for column, expected in zip(wide.T, [times, *rest.T], strict=True):
        assert np.corrcoef(column, expected)[0, 1] == pytest.approx(1, abs=1e-6)
        np.testing.assert_allclose(column, (expected - expected.mean()) / expected.std(), atol=1e-6)
    _, prepared = read(tmp_path, data, scaling="0-1")
    np.testing.assert_allclose(prepared.x[:, 0], (times - 1.7e9) / 999, atol=1e-6)


def test_the_largest_numbers_stay_finite(tmp_path: Path) -> None:
    """Without their median, -3e38, some would be 6e38: more than single precision holds."""
    data = lines("a,b", *(f"{'3e38' if i % 3 == 0 else '-3e38'},{i % 7 / 2}" for i in range(ROWS)))
    _, prepared = read(tmp_path, data, label=None)
    np.testing.assert_array_equal(prepared.x[:, 0] > 0, np.arange(ROWS) % 3 == 0)
    assert np.isfinite(prepared.x).all()


def png(pixels: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", **options)
    return file.getvalue()


def greys(count: int = ROWS) -> np.ndarray:
    """Images of 2 x 3 pixels with greys i to i + 5."""
    return (np.arange(count)[:, None, None] + np.arange(6).reshape(2, 3)).astype(np.uint8)


def test_a_folder_of_images_is_read_with_its_folders_as_classes(tmp_path: Path) -> None:
    for i, image in enumerate(greys()):
        folder = tmp_path / ("dog" if i % 2 else "cat")
        folder.mkdir(exist_ok=True)
        (folder / f"{i:02d}.png").write_bytes(png(image))
    (tmp_path / ".hidden.png").write_bytes(b"nothing")
    (tmp_path / "notes.txt").write_text("hello")
    summary, prepared = read(tmp_path)
    assert (summary.form, summary.rows, summary.image_shape) == ("folder of images", ROWS, (2, 3))
    assert prepared.class_names == ("cat", "dog")
    assert prepared.y is not None
    assert prepared.y.tolist() == [0] * 10 + [1] * 10
    order = [*range(0, ROWS, 2), *range(1, ROWS, 2)]
    np.testing.assert_allclose(prepared.x, greys()[order].reshape(ROWS, 6) / 255, rtol=1e-6)
    assert any("1 file was passed over" in step and "notes.txt" in step for step in prepared.done)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, [[0, 200], [0, 0], [90, 90]]),
        (3, [[90, 90], [0, 0], [200, 0]]),
        (6, [[90, 0, 0], [90, 0, 200]]),
        (8, [[200, 0, 90], [0, 0, 90]]),
    ],
)
def test_images_are_turned_as_the_camera_was(
    form: str, orientation: int, upright: list[list[int]], tmp_path: Path
) -> None:
    """6: the camera was turned so that what is kept has its left column on top; 8: its right column."""

    def made(change: int) -> bytes:
        pixels = np.array([[0, 200], [0, 0], [90, 90]], dtype=np.uint8).repeat(8, axis=0).repeat(8, axis=1)
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        file = io.BytesIO()
        options = {"lossless": True} if form == "WEBP" else {"quality": 95} if form == "JPEG" else {}
        Image.fromarray(np.maximum(pixels, change)).save(file, form, exif=exif, **options)
        return file.getvalue()

    files = [("i", made(i)) for i in range(ROWS)]
    summary, prepared = read(tmp_path, pack_images(files), scaling="none")
    expected = np.array(upright).repeat(8, axis=0).repeat(8, axis=1)
    assert summary.image_shape == prepared.image_shape == expected.shape
    np.testing.assert_allclose(prepared.x[0], expected.reshape(-1), atol=0 if form != "JPEG" else 6)


def test_damaged_exif_data_do_not_lose_an_image(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3)).save(
        file, "PNG", exif=b"Exif\0\0no such data"
    )
    files = [(f"{i}.png", png(image)) for i, image in enumerate(greys())]
    _, prepared = read(tmp_path, pack_images([*files, ("x.png", file.getvalue())]), scaling="none")
    assert prepared.x[ROWS].tolist() == [0, 1, 2, 3, 4, 5]


def test_packed_images_come_back_in_order(tmp_path: Path) -> None:
    files = [(f"dir\\{ROWS - i}.png", png(image)) for i, image in enumerate(greys())]
    summary, prepared = read(tmp_path, pack_images(files), scaling="none")
    assert (summary.form, summary.rows, summary.labels) == ("ZIP of images", ROWS, ())
    assert prepared.y is None
    np.testing.assert_array_equal(prepared.x, greys().reshape(ROWS, 6))


def test_16_bits_become_grey_from_0_to_1(tmp_path: Path) -> None:
    images = [png(image.astype(np.uint16) * 257 * 10) for image in greys()]
    _, prepared = read(tmp_path, pack_images([("i.png", image) for image in images]))
    np.testing.assert_allclose(prepared.x, greys().reshape(ROWS, 6) * 10 / 255, rtol=1e-6)


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    images = np.zeros((ROWS, 1, 3, 4), dtype=np.uint8)
    images[:, 0, :, 0] = images[:, 0, :, 1] = images[:, 0, :, 2] = np.arange(ROWS)[:, None]
    images[:, 0, :, 3] = [255, 0, 51]
    images[0, 0, 1, :3] = 200
    images[:, 0, 1, 3] = np.where(np.arange(ROWS) < 10, 0, 255)
    _, prepared = read(tmp_path, pack_images([("i.png", png(image)) for image in images]), scaling="none")
    assert prepared.x[0].tolist() == [0, 255, 204]  # 51 / 255 is a fifth: 4/5 of white is 204
    assert prepared.x[15].tolist() == [15, 15, 207]  # 204 and a fifth of 15


def test_transparency_of_a_palette_becomes_white(tmp_path: Path) -> None:
    def made(i: int) -> bytes:
        image = Image.fromarray(np.array([[0, 1, 1 + i % 2]], dtype=np.uint8))
        image.putpalette([0, 0, 0, 10, 10, 10, 20, 20, 20])
        image = Image.frombytes("P", (3, 1), bytes([0, 1 + (i // 2) % 2, 1 + i % 2]))
        image.putpalette([0, 0, 0, 10, 10, 10, 20, 20, 20])
        file = io.BytesIO()
        image.save(file, "PNG", transparency=0)
        return file.getvalue()

    _, prepared = read(tmp_path, pack_images([("i.png", made(i)) for i in range(ROWS)]), scaling="none")
    assert prepared.x[:4].tolist() == [[255, 10, 10], [255, 10, 20], [255, 20, 10], [255, 20, 20]]


def test_colours_become_grey_by_their_luma(tmp_path: Path) -> None:
    images = np.full((ROWS, 2, 2, 3), [200, 100, 50], dtype=np.uint8)
    images[:, 0, 0] = np.arange(ROWS)[:, None]
    images[:, 0, 1, 1] = np.arange(ROWS)
    _, prepared = read(tmp_path, pack_images([("i.png", png(image)) for image in images]), scaling="none")
    # 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2
    assert prepared.x[3, [0, 2, 3]].tolist() == [3, 124, 124]
    assert prepared.x[3, 1] == 67  # 59.8 + 0.587 * 3 + 5.7 = 67.261
    _, prepared = read(tmp_path, npy(images), scaling="none")
    np.testing.assert_allclose(prepared.x[3], [3, 67.261, 124.2, 124.2], rtol=1e-6)


def test_a_scaled_image_keeps_its_aspect(tmp_path: Path) -> None:
    wide = [np.full((10, 20), 10 * i, dtype=np.uint8) for i in range(ROWS)]
    for image in wide:
        image[:, 10:] += 5
    files = [("i.png", png(image)) for image in wide]
    _, prepared = read(tmp_path, pack_images(files), scaling="none", side=8)
    assert prepared.image_shape == (4, 8)
    assert prepared.x[2].reshape(4, 8)[1, [0, 2, 5, 7]].tolist() == [20, 20, 25, 25]
    assert prepared.done[-1] == "Images were turned grey and scaled to 4×8 pixels."


def test_images_of_other_shapes_are_centred(tmp_path: Path) -> None:
    shapes = [(4, 8), (8, 4)] * 10
    files = [("i.png", png(np.full(shape, 10 * i, dtype=np.uint8))) for i, shape in enumerate(shapes)]
    white = np.zeros((4, 8), dtype=np.uint8)
    white[1:3, 1:7] = 255
    _, prepared = read(tmp_path, pack_images([*files, ("w.png", png(white))]), scaling="none")
    assert prepared.image_shape == (8, 8)
    assert (prepared.x[:ROWS] == 10 * np.arange(ROWS)[:, None]).all()
    expected = np.zeros((8, 8))
    expected[3:5, 1:7] = 255
    np.testing.assert_array_equal(prepared.x[ROWS].reshape(8, 8), expected)


@pytest.mark.parametrize("name", ["labels", "target"])
def test_npz_labels_are_found_by_name(name: str, tmp_path: Path) -> None:
    x = np.arange(60.0).reshape(ROWS, 3) % 7
    y = np.array([5, 3] * 10, dtype=np.int32)
    summary, prepared = read(tmp_path, npz(samples=x, other=np.arange(ROWS) % 4, **{name: y}), scaling="none")
    assert summary.label == name
    assert prepared.class_names == ("3", "5")
    assert prepared.y is not None
    assert prepared.y.tolist() == [1, 0] * 10
    np.testing.assert_array_equal(prepared.x, x)


@pytest.mark.parametrize("kind", ["<f8", ">f8", ">f4", ">i2", "<f2", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_byte_order_and_axis_order_do_not_matter(kind: str, order: str, tmp_path: Path) -> None:
    values = np.arange(100).reshape(ROWS, 5) % 11
    _, prepared = read(tmp_path, npy(np.array(values, dtype=kind, order=order)), scaling="none", label=None)
    np.testing.assert_array_equal(prepared.x, values)
    cube = np.arange(240).reshape(ROWS, 4, 3)
    _, prepared = read(tmp_path, npy(np.array(cube, dtype=kind, order=order)), scaling="none")
    np.testing.assert_array_equal(prepared.x, cube.reshape(ROWS, 12))


def test_arrays_of_bytes_are_images_from_0_to_255(tmp_path: Path) -> None:
    images = (np.arange(240).reshape(ROWS, 4, 3)).astype(np.uint8)
    summary, prepared = read(tmp_path, npy(images))
    assert (summary.kind, summary.image_shape, prepared.image_shape) == ("image", (4, 3), (4, 3))
    np.testing.assert_allclose(prepared.x, images.reshape(ROWS, 12) / 255, rtol=1e-6)
    digits = (images % 17).astype(np.uint8)
    _, prepared = read(tmp_path, npy(digits))
    np.testing.assert_allclose(prepared.x, digits.reshape(ROWS, 12) / 16, rtol=1e-6)


@pytest.mark.parametrize("colours", [1, 3])
def test_colours_may_come_before_rows_and_columns(colours: int, tmp_path: Path) -> None:
    first = np.random.default_rng(0).integers(0, 256, (ROWS, colours, 5, 4)).astype(np.uint8)
    summary, prepared = read(tmp_path, npy(first))
    assert summary.image_shape == (5, 4)
    _, last = read(tmp_path, npy(np.moveaxis(first, 1, 3)))
    np.testing.assert_array_equal(prepared.x, last.x)


def test_rows_of_greys_are_images(tmp_path: Path) -> None:
    greys = np.random.default_rng(0).integers(0, 256, (ROWS, 9, 9)).astype(np.uint8)
    greys[:, 0] = 0  # a border of one value is a part of the picture
    flat = greys.reshape(ROWS, 81)
    _, as_array = read(tmp_path, npy(greys))
    summary, prepared = read(tmp_path, npy(flat))
    assert (summary.square, summary.greys, prepared.kind, prepared.image_shape) == (9, True, "image", (9, 9))
    np.testing.assert_array_equal(prepared.x, as_array.x)

    names = ",".join(["id", "label", *(f"pixel{i}" for i in range(81))])
    rows = [f"{i + 1},{i % 2}," + ",".join(map(str, row)) for i, row in enumerate(flat)]
    _, prepared = read(tmp_path, lines(names, *rows))
    assert prepared.class_names == ("0", "1")
    np.testing.assert_array_equal(prepared.x, as_array.x)

    _, prepared = read(tmp_path, npy(flat), square=False, scaling="none")
    assert (prepared.kind, prepared.x.shape) == ("table", (ROWS, 72))


@pytest.mark.parametrize(
    ("shape", "change", "side"), [((ROWS, 80), 0.0, None), ((ROWS, 81), 0.5, 9), ((ROWS, 81), -1.0, 9)]
)
def test_other_rows_are_no_images_unless_they_are_said_to_be(
    shape: tuple[int, int], change: float, side: int | None, tmp_path: Path
) -> None:
    x = np.random.default_rng(0).integers(0, 256, shape) + change
    summary, prepared = read(tmp_path, npy(x), label=None)
    assert (summary.square, summary.greys, prepared.kind) == (side, False, "table")
    if side is None:
        with pytest.raises(DataError, match="Got 80 columns"):
            read(tmp_path, npy(x), label=None, square=True)
    else:
        _, prepared = read(tmp_path, npy(x), label=None, square=True, scaling="none")
        np.testing.assert_array_equal(prepared.x, x.astype(np.float32))
        assert prepared.image_shape == (9, 9)


def test_missing_pixels_of_rows_are_filled_or_left_out(tmp_path: Path) -> None:
    x = np.random.default_rng(0).integers(0, 256, (ROWS + 1, 64)).astype(np.float64)
    x[3, 5] = np.nan
    _, prepared = read(tmp_path, npy(x), label=None, square=True, scaling="none")
    assert prepared.x[3, 5] == np.median(np.delete(x[:, 5], 3))
    _, prepared = read(tmp_path, npy(x), label=None, square=True, scaling="none", missing="drop")
    np.testing.assert_array_equal(prepared.x, np.delete(x, 3, axis=0))


def test_labels_of_an_npz_may_be_bytes(tmp_path: Path) -> None:
    y = np.array(["köln".encode("latin-1"), b"rome"] * 10)
    _, prepared = read(tmp_path, npz(x=np.arange(60.0).reshape(ROWS, 3) % 7, y=y))
    assert prepared.class_names == ("köln", "rome")


@pytest.mark.parametrize(
    "name",
    ["set/{c}/images/{i}.png", "{c}\\{i}.png", "set/train/{c}/{i}.png"],
)
def test_classes_are_the_innermost_folders_that_differ(name: str, tmp_path: Path) -> None:
    files = [(name.format(c=("cat", "dog")[i % 2], i=i), png(image)) for i, image in enumerate(greys())]
    _, prepared = read(tmp_path, zip_of(*files))
    assert prepared.class_names == ("cat", "dog")


def test_an_archive_in_folders_has_them_as_classes_by_number(tmp_path: Path) -> None:
    files = [(f"{(10, 9)[i % 2]}/{i}.png", png(image)) for i, image in enumerate(greys())]
    _, prepared = read(tmp_path, zip_of(*files))
    assert prepared.class_names == ("9", "10")


def test_a_table_may_begin_with_a_mark(tmp_path: Path) -> None:
    rows = "\n".join(f"{i % 7}.5,{i * i % 11}.25" for i in range(40))
    summary, _ = read(tmp_path, f"<1h,MATLAB\n{rows}\n".encode())
    assert [column.name for column in summary.columns] == ["<1h", "MATLAB"]
    for page in (b" <!DOCTYPE html>", b"<html>", b"<?xml version='1.0'?>"):
        (tmp_path / "page").write_bytes(page)
        with pytest.raises(DataError, match="web page or XML"):
            inspect(str(tmp_path / "page"), "page")
