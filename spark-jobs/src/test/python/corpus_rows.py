"""Rows of the corpus, and tensors made of them."""

import numpy as np
import pyarrow

ROWS = 300
SEQUENCE, WIDTH = 6, 4
FLOATS = [f"f{i}" for i in range(8)]
HOLED = [f"h{i}" for i in range(8)]
LONGS = [f"i{i}" for i in range(4)]
CITIES = ["Newark", "La Guardia", "São Paulo", "Zürich", ""]
KINDS = ["jet", "prop", "glider"]
ELEMENTS = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(string)": np.str_,
}


def make_rows():
    """Numbers with and without holes, whole numbers, texts, and arrays; a hole is null or NaN."""
    random = np.random.default_rng(4001)
    columns = {"id": np.arange(ROWS, dtype=np.int64)}
    for i, name in enumerate(FLOATS):
        columns[name] = random.normal(0.5 * i, 1 + i, ROWS).astype(np.float32)
    for i, name in enumerate(HOLED):
        values = random.normal(0, 1 + i, ROWS).astype(np.float32)
        values[random.random(ROWS) < 0.1] = np.nan
        values[random.random(ROWS) < 0.05] = 0.0
        columns[name] = pyarrow.array(values, from_pandas=i % 2 == 0)
    for i, name in enumerate(LONGS):
        columns[name] = random.integers(-3, 4 + 10 * i, ROWS)
    columns["city"] = random.choice(CITIES, ROWS)
    columns["kind"] = random.choice(KINDS, ROWS)
    table = pyarrow.table(columns)
    sequence = random.normal(0, 1, (ROWS, SEQUENCE * WIDTH)).astype(np.float32)
    tokens = random.integers(0, 50, (ROWS, SEQUENCE))
    table = table.append_column("sequence", pyarrow.array(list(sequence)))
    return table.append_column("tokens", pyarrow.array(list(tokens)))


def matrix(rows, names, dtype=np.float32):
    """Columns side by side."""
    return np.stack([rows[name].to_numpy() for name in names], axis=1).astype(dtype)


def tensor(rows, names, element, shape):
    """What a model's input is fed with; a single column of arrays takes the input's own shape."""
    if len(names) == 1 and pyarrow.types.is_list(rows[names[0]].type):
        values = np.stack(rows[names[0]].to_numpy())
        return values.astype(ELEMENTS[element]).reshape([ROWS, *shape[1:]])
    if element == "tensor(string)":
        return np.stack([np.array(rows[name].to_pylist(), dtype=object) for name in names], axis=1)
    return matrix(rows, names, ELEMENTS[element])


def labels(rows):
    """What the models learn: a class of two, a class of three (texts), a number."""
    random = np.random.default_rng(4002)
    clean, holed = matrix(rows, FLOATS, float), np.nan_to_num(matrix(rows, HOLED, float))
    city = np.array([CITIES.index(text) for text in rows["city"].to_pylist()])
    signal = clean[:, 0] - 0.4 * clean[:, 1] + 0.3 * holed[:, 2] + 0.5 * city
    number = signal + random.normal(0, 0.3, ROWS)
    binary = (number > np.median(number)).astype(np.int64)
    names = np.array(["early", "late", "on time"])
    third = names[np.digitize(number, np.quantile(number, [0.33, 0.66]))]
    return binary, third, number
