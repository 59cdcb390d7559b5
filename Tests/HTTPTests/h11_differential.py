#!/usr/bin/env python3
"""Compares the request table with h11, an independent HTTP/1.1 reader (RFC 9112).

Reads Requests/*.txt beside this file (Requests/README.md says how a case is written), feeds every case to h11 whole,
byte by byte and in halves, and checks that the recorded `h11:` lines are what h11 really says, and that a case has a
`why:` exactly where the two readers differ. `--record` writes the `h11:` lines anew instead.

Needs h11 (tested with 0.16.0): python3 -m venv DIR && DIR/bin/pip install h11==0.16.0
The last line is `N passed, M failed`; the exit status is 1 when something failed.
"""

import pathlib
import re
import sys

import h11

TABLE = pathlib.Path(__file__).parent / "Requests"
SIMPLE = {"r": "\r", "n": "\n", "t": "\t", "0": "\0"}


def unescape(text, start=0, inside=False):
    """The bytes of an escaped text, and where reading stopped."""
    out, index = bytearray(), start
    while index < len(text):
        if inside and text[index] == "}":
            return bytes(out), index + 1
        if text[index] != "\\":
            out += text[index].encode()
            index += 1
            continue
        escape = text[index + 1]
        if escape in SIMPLE:
            out += SIMPLE[escape].encode()
            index += 2
        elif escape == "x":
            out.append(int(text[index + 2 : index + 4], 16))
            index += 4
        elif escape == "*":
            brace = text.index("{", index)
            repeated, end = unescape(text, brace + 1, inside=True)
            out += repeated * int(text[index + 2 : brace])
            index = end
        else:
            out += escape.encode()
            index += 2
    return bytes(out), index


def escape(data):
    """The escaped text of bytes, as the table writes it."""
    names = {0x0D: "\\r", 0x0A: "\\n", 0x09: "\\t", 0x00: "\\0", 0x5C: "\\\\"}
    return "".join(names.get(b) or (chr(b) if 0x20 <= b <= 0x7E else f"\\x{b:02x}") for b in data)


class Case:
    """One case of the table with the lines it was read from."""

    def __init__(self, title):
        self.title, self.data, self.martlet, self.h11, self.why, self.lines = title, b"", [], [], None, []


def load(path):
    cases = []
    for line in path.read_text().splitlines():
        if line.startswith("== "):
            cases.append(Case(line[3:]))
        elif line.startswith(">> "):
            cases[-1].data += unescape(line[3:])[0]
        elif line.startswith("martlet: "):
            cases[-1].martlet.append(re.sub(r"^(refuse \d+).*", r"\1", line[9:]))
        elif line.startswith("h11: "):
            cases[-1].h11.append(line[5:])
        elif line.startswith("why: "):
            cases[-1].why = line[5:]
        if cases and line and not line.startswith(("h11: ", "why: ")):
            cases[-1].lines.append(line)
    return cases


def transcript(portions):
    """What h11, as a server that answers every request at once with 404, makes of the portions."""
    connection, lines, request, body = h11.Connection(h11.SERVER), [], None, b""
    for portion in portions:
        connection.receive_data(portion)
        while True:
            try:
                event = connection.next_event()
            except h11.RemoteProtocolError as error:
                return lines + [f"refuse {error.error_status_hint}"]
            if isinstance(event, h11.Request):
                request, body = event, b""
                if connection.they_are_waiting_for_100_continue:
                    lines.append("continue")
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                line = f"request {request.method.decode()} {escape(request.target)}"
                if body:
                    line += f" body={escape(body)}"
                request = None
                connection.send(h11.Response(status_code=404, headers=[("Content-Length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is h11.MUST_CLOSE:
                    return lines + [line + " close"]
                lines.append(line)
                connection.start_next_cycle()
            else:  # NEED_DATA, or PAUSED at the end of a request that changes the protocol
                break
    if request is not None or connection.trailing_data[0]:
        lines.append("waits")
    return lines


def judge(case):
    """Everything wrong with a case."""
    data, faults = case.data, []
    whole = transcript([data])
    if case.h11 != whole:
        faults.append(f"recorded {case.h11}, but h11 says {whole}")
    for name, portions in {
        "byte by byte": [data[i : i + 1] for i in range(len(data))],
        "in halves": [data[: len(data) // 2], data[len(data) // 2 :]],
    }.items():
        # An empty portion would mean the end of the connection.
        if transcript([p for p in portions if p]) != whole:
            faults.append(f"h11 says otherwise when fed {name}")
    if (case.martlet != whole) != bool(case.why):
        faults.append("differs without a why" if case.martlet != whole else "has a why without a difference")
    return faults


def record(path, cases):
    blocks = []
    for case in cases:
        lines = case.lines + [f"h11: {line}" for line in transcript([case.data])]
        blocks.append("\n".join(lines + ([f"why: {case.why}"] if case.why else [])))
    path.write_text("\n\n".join(blocks) + "\n")


def main():
    passed = failed = differing = 0
    for path in sorted(TABLE.glob("*.txt")):
        cases = load(path)
        if "--record" in sys.argv[1:]:
            record(path, cases)
            cases = load(path)
        for case in cases:
            faults = judge(case)
            for fault in faults:
                print(f"{path.name}: {case.title}: {fault}")
            passed, failed = (passed, failed + 1) if faults else (passed + 1, failed)
            differing += case.why is not None
    print(f"{differing} cases in which Martlet and h11 {h11.__version__} differ, each explained")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
