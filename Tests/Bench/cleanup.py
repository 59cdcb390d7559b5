"""p99 of issuing tokens while a million expired ones are cleaned up."""

import subprocess
import time

import load
from figures import Measurement, Row
from latency import issuing
from meter import wait_until

EXPIRED_ROWS = 1_000_000

# A partition whose time is over is filled apart under a name that no janitor looks for, then attached at once, as
# partitions are made: when the janitor finds it, it is whole. day_bucket and partition_name are the schema's own.
FILL = """
CREATE TABLE bench_expired (LIKE access_tokens INCLUDING ALL);
INSERT INTO bench_expired (bucket, jti, client_id, scopes, audience, issued_at, expires_at)
SELECT day_bucket(now()) - 4, translate(rtrim(encode(uuid_send(gen_random_uuid()), 'base64'), '='), '+/', '-_'),
       '{client}', ARRAY['contracts:read'], ARRAY['{issuer}'], now() - interval '97 hours', now() - interval '96 hours'
FROM generate_series(1, {rows});
VACUUM ANALYZE bench_expired;
CHECKPOINT;
"""
ATTACH = """
DO $$
DECLARE
    expired integer := day_bucket(now()) - 4;
    partition name := (SELECT partition_name(plan, expired) FROM partition_plans plan
                       WHERE table_name = 'access_tokens');
BEGIN
    EXECUTE format('ALTER TABLE bench_expired RENAME TO %I', partition);
    EXECUTE format('ALTER TABLE %I ADD CHECK (bucket >= %s AND bucket < %s)', partition, expired, expired + 1);
    EXECUTE format('ALTER TABLE access_tokens ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                   partition, expired, expired + 1);
END
$$
"""
# attached, leaving, gone
STATE = """
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_class WHERE oid = {oid}) THEN 'gone'
            WHEN EXISTS (SELECT FROM pg_inherits WHERE inhrelid = {oid} AND NOT inhdetachpending) THEN 'attached'
            ELSE 'leaving' END;
"""


class Observer:
    """One psql that asks again and again: to start one for each question would disturb what it looks at."""

    def __init__(self, url):
        self.process = subprocess.Popen(
            ["psql", url, "-AtXq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def ask(self, sql):
        self.process.stdin.write(sql.replace("\n", " ") + "\n")
        return self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def clean_up(place, seconds, rows=EXPIRED_ROWS):

    def measure():
        place.psql("DROP TABLE IF EXISTS bench_expired")
        # One statement at a time: VACUUM and CHECKPOINT must stand outside of transactions.
        for statement in FILL.format(
                client=place.stage.service["clientId"], issuer=place.server.issuer, rows=rows).split(";\n"):
            if statement.strip():
                place.psql(statement)
        [[oid]] = place.psql("SELECT 'bench_expired'::regclass::oid")
        with issuing(place, seconds) as stream, Observer(place.cluster.url) as observer:
            began = time.monotonic() + 1
            time.sleep(max(seconds, 5) + 1)  # the measurement of the time before
            attached = time.monotonic()
            place.psql(ATTACH)
            state = STATE.format(oid=oid)
            observed = [time.monotonic()]

            def changes(to):
                observed.append(time.monotonic())
                return observer.ask(state) in to
            wait_until(lambda: changes(("leaving", "gone")), "the janitor to come")
            # It may have begun right after the look before the last.
            started = observed[-2]
            wait_until(lambda: changes(("gone",)), "the partition to be dropped")
            # Each link plans its statements anew after it.
            ended = time.monotonic() + 1
            time.sleep(1)
            answers = stream.end()
        return [load.percentile(answers, 0.99, started, ended) / load.percentile(answers, 0.99, began, attached)]
    return Measurement(
        [Row("clean-up of 1,000,000 tokens: p99 ÷ before", place.database, 1.5, 1.1)], measure, is_large=True)
