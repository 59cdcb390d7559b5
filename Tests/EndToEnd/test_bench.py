"""The benchmark itself: it measures something, tells good from bad, and draws what it says. Its figures are no matter
here: they would be those of a debug build on a busy machine."""

import contextlib
import pathlib
import sys
import xml.etree.ElementTree

import pytest

from documents import table
from martlet import ROOT

sys.path.insert(0, str(ROOT / "Tests" / "Bench"))
import bench  # noqa: E402
import chart  # noqa: E402
import costs  # noqa: E402
import figures  # noqa: E402
import flood  # noqa: E402
import load  # noqa: E402
import meter  # noqa: E402
import revocation  # noqa: E402
import workloads  # noqa: E402
from place import CHEAP_PASSWORDS, Place  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def place():
    with contextlib.ExitStack() as stack:
        yield Place(stack, "embedded", **CHEAP_PASSWORDS)


def test_a_signature_takes_a_time():
    assert 1e-5 < meter.seconds_per_signature("rsa2048") < 0.1


def test_two_workloads_make_a_table(place):
    chosen = [work for work in workloads.OTHERS if work.name in ("introspect", "discovery")]
    measurements = [costs.costing(place, work, 1) for work in chosen]
    bench.run(measurements, 1)
    rows = [row for measurement in measurements for row in measurement.rows]
    assert [len(row.values) for row in rows] == [1, 1]
    introspect, discovery = (row.median for row in rows)
    # A signature is the unit: no answer is free, none takes a hundred of them, and the database makes one dearer.
    assert 0.001 < discovery < introspect < 100

    head, rule, *lines = figures.text_table(rows).splitlines()
    assert head.split()[:2] == ["workload", "database"] and set(rule) <= {"-", " "}
    assert [line.split()[:2] for line in lines] == [["introspect", "embedded"], ["discovery", "embedded"]]
    cells = table(figures.markdown_table(rows), "workload")
    assert [float(cell[2]) for cell in cells] == pytest.approx([introspect, discovery], abs=0.001)
    assert all(cell[-1] in ("aim", "must", "NO") for cell in cells)


def test_a_wrong_answer_ends_the_benchmark(place):
    """Whether its status says so or its body."""
    issuer = place.stage.server.issuer
    with pytest.raises(load.Unexpected, match="refused"):
        load.wrk(issuer, "same.lua", "GET", "/nowhere", seconds=1)
    with pytest.raises(load.Unexpected, match="unexpected answer 200"):
        load.wrk(issuer, "same.lua", "GET", workloads.JWKS, seconds=1, expect="no such text")


def test_a_stream_keeps_its_pace_and_its_times(place, tmp_path):
    with load.stream(
            place.stage.server.issuer, tmp_path / "times", "GET", workloads.JWKS, pause=10, connections=8) as stream:
        meter.wait_until(
            lambda: sum(file.stat().st_size for file in tmp_path.iterdir()) > 10_000, "answers to be written")
        answers = stream.end()
    assert answers == sorted(answers)
    assert 0 < load.percentile(answers, 0.5) <= load.percentile(answers, 0.99) < 10
    gaps = (answers[-1][0] - answers[0][0]) / len(answers)
    assert 0.0005 < gaps < 0.1


def test_many_tokens_are_revoked_as_announced():
    """The rows of a million tokens with a thousand: the count is what introspection then says."""
    with contextlib.ExitStack() as stack:
        outside = Place(stack, "external", **CHEAP_PASSWORDS)
        for measurement in revocation.measurements(outside, rows=1000):
            assert measurement.measure()[0] > 0


def test_goals():
    cost = figures.Row("cost", "external", 1.5, 1.25, values=[1.6, 1.2, 1.4])
    assert cost.median == 1.4 and cost.verdict == "must"
    rate = figures.Row("rate", "external", 0.9, 1.2, more_is_better=True, values=[1.3])
    assert rate.verdict == "aim"
    assert figures.Row("cost", "external", 1.5, 1.25, values=[1.51]).verdict == "NO"
    assert figures.Row("cost", "external", 1.5, 1.25, skipped="no way").verdict == "skipped: no way"


def test_a_flood_is_one():
    """Refusals are counted apart from tokens, and another answer than these two is none."""
    with contextlib.ExitStack() as stack:
        place = Place(stack, "embedded", **{**flood.LIMITS, "MARTLET_RATE_LIMITS": "token:client=1/2"})
        admitted, refused = flood.flooded(place.stage.service, 1, place.stage.server.issuer)
        assert 1 <= admitted < 10 < refused
        with pytest.raises(load.Unexpected, match="unanswered"):
            flood.flooded({**place.stage.service, "clientSecret": "wrong"}, 1, place.server.issuer)


def test_a_row_that_cannot_be_measured_says_why():
    def refuse():
        raise figures.Skipped("not here")

    measurement = figures.Measurement([figures.Row("row", "external", 1, 1)], refuse)
    bench.run([measurement], 2)
    assert "skipped: not here" in figures.text_table(measurement.rows)


def test_charts_are_svg():
    lines = {"issue": [(10_000, 400.0), (10_000_000, 420.0)], "revoke <b>": [(10_000, 1.0), (10_000_000, 2.5)]}
    text = chart.chart("Cost & size", "rows", "µs", lines)
    svg = xml.etree.ElementTree.fromstring(text)
    assert svg.tag == SVG + "svg"
    assert "prefers-color-scheme: dark" in text
    words = [element.text for element in svg.iter(SVG + "text")]
    assert {"Cost & size", "rows", "µs", "issue", "revoke <b>", "10,000", "10,000,000"} <= set(words)
    width, height = map(float, svg.get("viewBox").split()[2:])
    curves = [element.get("points").split() for element in svg.iter(SVG + "polyline")]
    assert [len(curve) for curve in curves] == [2, 2]
    for point in (point for curve in curves for point in curve):
        x, y = map(float, point.split(","))
        assert 0 < x < width and 0 < y < height
    # More is higher.
    assert float(curves[0][0].split(",")[1]) > float(curves[0][1].split(",")[1])


def test_table_and_plots_go_into_the_documents(tmp_path):
    """Between the marks, and nothing else of the document changes."""
    document = tmp_path / "benchmark.md"
    document.write_text(f"before\n{bench.BEGIN}\nold\n{bench.END}\nafter\n")
    rates = {("introspect", 1): [100.0, 300.0, 200.0], ("introspect", 128): [900.0]}
    bench.write_documents("A machine.", [figures.Row("row", "external", 1, 1, values=[1.0])], bench.charts(rates, {}),
                          folder=tmp_path)
    text = document.read_text()
    assert text.startswith(f"before\n{bench.BEGIN}\nA machine.\n\n| workload |") and text.endswith("\nafter\n")
    assert "old" not in text
    assert [path.name for path in tmp_path.glob("*.svg")] == ["benchmark-concurrency.svg"]
    assert bench.medians(rates) == {"introspect": [(1, 200.0), (128, 900.0)]}


def test_the_document_has_the_marks_and_the_plots():
    text = (ROOT / "docs" / "benchmark.md").read_text()
    assert text.count(bench.BEGIN) == text.count(bench.END) == 1
    for name in ("benchmark-concurrency.svg", "benchmark-size.svg"):
        assert f"]({name})" in text
        xml.etree.ElementTree.parse(pathlib.Path(ROOT / "docs" / name))
