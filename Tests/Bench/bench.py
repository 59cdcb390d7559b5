#!/usr/bin/env python3
"""The benchmark: runs the workloads and prints one table. docs/benchmark.md says what the rows mean.

Usage: script/bench, or this file with a release binary in MARTLET_BINARY.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys

import chart
import cleanup
import concurrency
import costs
import flood
import footprint
import growth
import latency
import nginx
import revocation
from cluster import BIN
from figures import markdown_table, text_table
from load import Unexpected
from meter import GaveUp, seconds_per_signature
from place import CHEAP_PASSWORDS, Place, end_by_signals
from stage import martlet

DOCUMENTS = martlet.ROOT / "docs"
BEGIN, END = "<!-- written by script/bench --document -->", "<!-- end -->"


def parsed(arguments):
    parser = argparse.ArgumentParser(prog="script/bench", description="Prints one table; see docs/benchmark.md.")
    parser.add_argument("--rounds", type=int, default=3, help="how often all workloads run, one after the other")
    parser.add_argument("--seconds", type=int, default=5, help="how long a workload runs each time")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="rows whose name has one of these in it")
    parser.add_argument("--skip-large", action="store_true", help="nothing with millions of rows or requests")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write all figures of all rounds, too")
    parser.add_argument("--markdown", action="store_true", help="print the table as docs/benchmark.md has it")
    parser.add_argument("--document", action="store_true", help="write table and plots into docs/")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.seconds < 1:
        parser.error("--rounds and --seconds begin at 1")
    if options.document and options.only:
        parser.error("--document is for a whole run")
    return options


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0].strip()


def machine(options):
    """What the figures depend on."""
    cpu = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    postgres = first_line(BIN / "postgres", "--version").replace("postgres (PostgreSQL)", "PostgreSQL").split(" (")[0]
    openssl = first_line("openssl", "version").split(" (")[0]
    rounds = "one round" if options.rounds == 1 else f"{options.rounds} rounds"
    return (
        f"{os.cpu_count()} cores ({cpu[1] if cpu else platform.machine()}), {memory:.0f} GiB, "
        f"Linux {platform.release()}, {postgres}, {openssl}; one RSA-2048 signature takes "
        f"{seconds_per_signature('rsa2048') * 1e6:.0f} µs; {rounds} of {options.seconds} s; "
        f"load of the machine before: {os.getloadavg()[0]:.1f}.")


def all_measurements(stack, options, rates, token_costs):
    """In the order of the table. Servers start when something is measured on them."""
    seconds = options.seconds
    external = Place(stack, "external", **CHEAP_PASSWORDS)
    embedded = Place(stack, "embedded", **CHEAP_PASSWORDS)
    # With passwords as dear as operators have them.
    real = Place(stack, "external")
    return [
        *costs.measurements(external, seconds),
        *costs.measurements(embedded, seconds),
        *nginx.measurements(external, seconds),
        latency.at_half_rate(external, seconds),
        latency.during_logins(real, seconds),
        flood.beside_a_flood(Place(stack, "external", **flood.LIMITS), seconds),
        cleanup.clean_up(real, seconds),
        *footprint.measurements(Place(stack, "external")),
        *revocation.measurements(Place(stack, "external")),
        *growth.measurements(stack, seconds, token_costs),
        *concurrency.measurements(external, min(seconds, 3), rates),
    ]


def wanted(measurement, options):
    if not options.only:
        return True
    return any(name.lower() in row.name.lower() for row in measurement.rows for name in options.only)


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(measurements, rounds):
    """Rounds alternate: everything once, then again, so that a slow minute of the machine does not fall on one row."""
    for number in range(1, rounds + 1):
        for measurement in measurements:
            had = [len(row.values) for row in measurement.rows]
            measurement.run()
            for row, count in zip(measurement.rows, had):
                what = row.figure(row.values[-1]) if len(row.values) > count else row.skipped
                if what:
                    say(f"round {number}: {row.name}, {row.database}: {what}")


def medians(points):
    """{(line, x): values} as the lines of a chart."""
    lines = {}
    for (name, x), values in points.items():
        lines.setdefault(name, []).append((x, statistics.median(values)))
    return lines


def charts(rates, token_costs):
    """File name → SVG, of what was measured."""
    drawn = {}
    if rates:
        drawn["benchmark-concurrency.svg"] = chart.chart(
            "Throughput by concurrency", "connections", "requests per second", medians(rates))
    if token_costs:
        drawn["benchmark-size.svg"] = chart.chart(
            "Cost by table size", "live rows of access_tokens", "CPU time per request, µs (server + database)",
            medians(token_costs))
    return drawn


def write_documents(facts, rows, drawn, folder=DOCUMENTS):
    document = folder / "benchmark.md"
    before, _, rest = document.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise SystemExit(f"{document} lacks its marks")
    document.write_text(f"{before}{BEGIN}\n{facts}\n\n{markdown_table(rows)}{END}{after}")
    for name, svg in drawn.items():
        (folder / name).write_text(svg)


def record(facts, rows, rates, token_costs):
    return {
        "machine": facts, "rows": [row.record for row in rows],
        "throughputByConcurrency": medians(rates), "microsecondsByTableSize": medians(token_costs)}


def main(arguments):
    options = parsed(arguments)
    end_by_signals()
    facts = machine(options)
    say(facts)
    rates, token_costs = {}, {}
    failure = None
    with contextlib.ExitStack() as stack:
        measurements = [
            measurement for measurement in all_measurements(stack, options, rates, token_costs)
            if wanted(measurement, options)]
        if options.skip_large:
            for measurement in (each for each in measurements if each.is_large):
                measurement.skip("--skip-large")
        try:
            run(measurements, options.rounds)
        except (Unexpected, GaveUp) as reason:
            failure = reason
    rows = [row for measurement in measurements for row in measurement.rows]
    table = markdown_table(rows) if options.markdown else text_table(rows)
    print(f"{facts}\n\n{table}", end="")
    if options.json:
        figures = record(facts, rows, rates, token_costs)
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    if failure:
        raise SystemExit(f"The benchmark failed, and what the table lacks was not measured: {failure}")
    if options.document:
        write_documents(facts, rows, charts(rates, token_costs))


if __name__ == "__main__":
    main(sys.argv[1:])
