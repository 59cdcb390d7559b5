"""Requests a second by the number of connections."""

from figures import Measurement
from load import wrk
from workloads import DISCOVERY, introspection, token_request

CONNECTIONS = [1, 2, 4, 8, 16, 32, 64, 128]
# Discovery is so much faster that its curve is drawn at a tenth.
WORKLOADS = {
    "client_credentials": lambda stage: token_request(stage.service),
    "introspect": introspection,
    "discovery ÷ 10": lambda stage: ["GET", DISCOVERY],
}


def measurements(place, seconds, points):
    """`points` collects (workload, connections) → requests a second, as the plot has them."""
    def measure():
        for name, request in WORKLOADS.items():
            arguments = request(place.stage)
            for connections in CONNECTIONS:
                seen = wrk(place.stage.server.issuer, "same.lua", *arguments, seconds=seconds, connections=connections)
                rate = seen.rate / 10 if name.endswith("÷ 10") else seen.rate
                points.setdefault((name, connections), []).append(rate)
        return []
    return [Measurement([], measure)]
