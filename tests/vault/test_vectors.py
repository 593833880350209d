import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DamageError, UsageError
from core.vault import vectors

NAME = "vectors/nodes.npy"


def saved(array: np.ndarray, path) -> None:
    with path.open("wb") as out:
        np.save(out, array)


def loaded(path) -> np.ndarray:
    with path.open("rb") as file:
        return vectors.load(file, NAME)


def test_rows_are_mapped_from_the_disk_and_cannot_be_written(tmp_path):
    (tmp_path / "a.npy").write_bytes(b"".join(vectors.encode(np.ones((3, 4), np.float32))))
    rows = loaded(tmp_path / "a.npy")
    assert isinstance(rows, np.memmap)
    assert rows.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        rows[0, 0] = 5


@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<f2", "<i4", "|i1", "|u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_other_programs_read_as_float32_and_take_more_rows(tmp_path, dtype, order):
    path = tmp_path / "a.npy"
    saved(np.asarray(np.arange(12).reshape(4, 3), dtype=dtype, order=order), path)
    expected = np.arange(12, dtype=np.float32).reshape(4, 3)
    assert np.array_equal(loaded(path), expected)
    assert loaded(path).dtype == np.float32
    with path.open("rb") as file:
        data = b"".join(vectors.appended(file, 4, np.full((1, 3), 9, np.float32), 1, NAME))
    assert np.array_equal(np.load(io.BytesIO(data)), np.vstack([expected, np.full((1, 3), 9)]))


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 9))
def test_appending_equals_writing_whole(old, new, width):
    before, after = np.full((old, width), 1, np.float32), np.full((new, width), 2, np.float32)
    file = io.BytesIO(b"".join(vectors.encode(before)))
    data = b"".join(vectors.appended(file, old, after, new, NAME))
    assert data == b"".join(vectors.encode(np.concatenate([before, after])))


def test_an_empty_array_of_another_program_has_no_rows(tmp_path):
    saved(np.array([]), tmp_path / "a.npy")
    assert loaded(tmp_path / "a.npy").shape == (0, 0)


@pytest.mark.parametrize("cut", [0, 5, 40, 127, 130])
def test_a_truncated_file_is_damage(tmp_path, cut):
    path = tmp_path / "a.npy"
    saved(np.ones((2, 2), np.float32), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DamageError):
        loaded(path)


@pytest.mark.parametrize(
    "array",
    [np.ones(3, np.float32), np.ones((2, 2, 2), np.float32), np.array([["text"]]), np.ones((1, 1), np.complex64)],
)
def test_an_array_that_is_no_table_of_numbers_is_damage(tmp_path, array):
    saved(array, tmp_path / "a.npy")
    with pytest.raises(DamageError):
        loaded(tmp_path / "a.npy")


def test_a_pickled_array_is_never_loaded(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[{"a": 1}]], dtype=object), allow_pickle=True)
    with pytest.raises(DamageError):
        loaded(tmp_path / "a.npy")


@pytest.mark.parametrize("bad", [[[1.0], [1.0, 2.0]], [1.0, 2.0], "text", [[float("nan")]], [[float("inf")]], [[None]]])
def test_what_is_no_table_of_finite_numbers_is_refused(bad):
    with pytest.raises(UsageError) as caught:
        vectors.require_matrix(bad)
    assert caught.value.code == "vault.not_vectors"
