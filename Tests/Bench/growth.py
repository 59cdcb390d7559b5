"""CPU time of issuing, introspecting and revoking by the number of live tokens."""

import load
from figures import Measurement, Row
from place import Place, cost
from stage import basic
from workloads import INTROSPECT, REVOKE, TOKEN

SIZES = [10_000, 100_000, 1_000_000, 10_000_000]
ACTS = ["issue", "introspect", "revoke"]
THREADS = 2
BATCH = 1_000_000

# Live tokens of the day that new tokens have now. Each batch goes in in the order of its keys, which loads faster;
# since the keys are random, several batches leave the index as full as random inserts do.
FILL = """
INSERT INTO access_tokens (bucket, jti, client_id, scopes, audience, issued_at, expires_at)
SELECT day_bucket(moment + interval '1 hour'), jti, '{client}', ARRAY['contracts:read'], ARRAY['{issuer}'], moment,
       moment + interval '1 hour'
FROM (SELECT translate(rtrim(encode(uuid_send(gen_random_uuid()), 'base64'), '='), '+/', '-_') AS jti, now() AS moment
      FROM generate_series(1, {rows}) OFFSET 0) AS made
ORDER BY jti
"""


def fill(place, size):
    for first in range(0, size, BATCH):
        place.psql(FILL.format(
            client=place.stage.service["clientId"], issuer=place.server.issuer, rows=min(BATCH, size - first)))
    # What autovacuum would begin by itself in the middle of a measurement.
    place.psql("VACUUM ANALYZE access_tokens")
    place.psql("CHECKPOINT")


def acts(place, seconds):
    """CPU seconds of one issue, introspect and revoke: tokens are made, then asked for, then revoked, each once."""
    stage = place.stage
    file = place.folder / "tokens"
    service = basic(stage.service)

    def issue(seconds):
        return load.wrk(
            stage.server.issuer, "collect.lua", file, TOKEN, service, "grant_type=client_credentials",
            seconds=seconds, threads=THREADS)

    def send(path, expected, how):
        return lambda seconds: load.wrk(
            stage.server.issuer, "tokens.lua", path, service, file, how, seconds=seconds, threads=THREADS,
            expect=expected)
    return [
        cost(place, issue, seconds)[0],
        cost(place, send(INTROSPECT, '"active":true', "again"), seconds)[0],
        cost(place, send(REVOKE, "", "once"), seconds)[0],
    ]


def measurements(stack, seconds, points, sizes=SIZES):
    """Four databases side by side, so that sizes alternate. `points` collects (act, size) → microseconds."""
    places = {}

    def measure():
        if not places:
            for size in sizes:
                places[size] = Place(stack, "external")
                fill(places[size], size)
            for place in places.values():
                acts(place, 1)
        found = {size: acts(place, seconds) for size, place in places.items()}
        for size, costs in found.items():
            for act, seconds_of_act in zip(ACTS, costs):
                points.setdefault((act, size), []).append(seconds_of_act * 1e6)
        return [most / least for least, most in zip(found[sizes[0]], found[sizes[-1]])]
    return [Measurement(
        [Row(f"10,000,000 live tokens ÷ 10,000: {act}", "external", 1.15, 1.05) for act in ACTS], measure,
        is_large=True)]
