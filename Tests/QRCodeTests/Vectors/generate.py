"""Writes figures.json and versions.json beside this file, with PyPI's `segno` (1.6) as the other side.

    python3 generate.py
"""

import hashlib
import json
import pathlib

import segno
from segno import encoder

HERE = pathlib.Path(__file__).parent

# --- The rules of ISO/IEC 18004 §7.8.3.1, on text: '#' is dark, '.' light ---


def penalty(rows):
    size = len(rows)
    lines = rows + ["".join(column) for column in zip(*rows)]
    points = 0
    for line in lines:
        run = 1
        for before, module in zip(line, line[1:] + "|"):
            if module == before:
                run += 1
            else:
                points += run - 2 if run >= 5 else 0
                run = 1
        padded = "...." + line + "...."
        for place in range(4, size - 3 + 1):
            if padded[place:place + 7] == "#.###.#":
                before, after = padded[place - 4:place], padded[place + 7:place + 11]
                points += 40 if "...." in (before, after) else 0
    for upper, lower in zip(rows, rows[1:]):
        for x in range(size - 1):
            points += 3 if upper[x:x + 2] + lower[x:x + 2] in ("....", "####") else 0
    dark = sum(row.count("#") for row in rows)
    deviation = abs(dark * 100 / size ** 2 - 50)
    return points + 10 * int(deviation / 5)


# --- Symbols ---


def symbols(content, version, **options):
    """The rows of the symbol under each mask."""
    for mask in range(8):
        code = segno.make(content, version=version, error="m", boost_error=False, micro=False, mask=mask, **options)
        assert code.version == version and code.mask == mask
        yield ["".join("#" if module else "." for module in row) for row in code.matrix]


def best(candidates):
    """The mask with the lowest penalty, the first of equals, and its rows."""
    scores = [(penalty(rows), mask, rows) for mask, rows in enumerate(candidates)]
    return min(scores)[1:]


def data_codewords(content, version):
    """What segno makes of the content before error correction."""
    kept = []
    original = encoder.make_blocks

    def keep(ec_infos, codewords):
        count = sum(info.num_blocks * info.num_data for info in ec_infos)
        kept.append(list(codewords.toints())[:count])
        return original(ec_infos, codewords)

    encoder.make_blocks = keep
    try:
        segno.make(content, version=version, error="m", boost_error=False, micro=False)
    finally:
        encoder.make_blocks = original
    return kept[0]


FIGURES = [
    ("Figure 1 (2024)", "QR Code Symbol", 1, 6),
    ("Figure 29, first (2024)", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 4, 4),
    ("Figure I.4", "01234567", 1, 2),
]


def figures():
    for name, text, version, shown in FIGURES:
        mask, rows = best(symbols(text, version))
        assert mask == shown, (name, mask)
        codewords = bytes(data_codewords(text, version)).hex()
        yield {"name": name, "version": version, "dataCodewords": codewords, "mask": mask, "rows": rows}


CAPACITIES = [
    14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711, 779, 857, 911,
    997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331,
]


def filling(version, count):
    """Bytes of no pattern; QRSymbolTests.swift makes the same."""
    state = version
    content = []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2 ** 31
        content.append(state >> 16 & 255)
    return bytes(content)


def versions():
    for version, capacity in enumerate(CAPACITIES, 1):
        mask, rows = best(symbols(filling(version, capacity), version, mode="byte"))
        digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        yield {"version": version, "byteCount": capacity, "mask": mask, "sha256": digest}


for name, values in [("figures", figures()), ("versions", versions())]:
    (HERE / f"{name}.json").write_text(json.dumps(list(values), indent=2) + "\n")
