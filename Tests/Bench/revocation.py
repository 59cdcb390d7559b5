"""How long it takes to revoke a million tokens at once, and whether the answer is what introspection then says."""

import time

from figures import Measurement, Row
from load import Unexpected

ROWS = 1_000_000

# As an hour of issuing leaves them: times that differ, and pages that autovacuum has looked at.
OF_A_SERVICE = """
INSERT INTO access_tokens (bucket, jti, client_id, scopes, audience, issued_at, expires_at)
SELECT day_bucket(expires), translate(rtrim(encode(uuid_send(gen_random_uuid()), 'base64'), '='), '+/', '-_'),
       '{client}', ARRAY['contracts:read'], ARRAY['{issuer}'], issued, expires
FROM (SELECT moment AS issued, date_trunc('second', moment) + interval '1 hour' AS expires
      FROM (SELECT now() - n * interval '3 milliseconds' AS moment FROM generate_series({rows}, 1, -1) n) AS made
      OFFSET 0) AS times
"""
# A grant each, with an access and a refresh token; one in a hundred was logged out since.
OF_USERS = """
CREATE TEMPORARY TABLE made AS
SELECT n, day_bucket(now() + interval '12 hours') AS bucket,
       day_bucket(now() + interval '12 hours') || '-' || translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/=', '-_') AS id,
       'bench-' || '{client}' || n % 10000 AS holder, now() - n * interval '6 milliseconds' AS issued
FROM generate_series({rows} / 2, 1, -1) n;
INSERT INTO users (id, username, folded, skeleton, email_verified, roles, claims, created_at, updated_at)
SELECT DISTINCT holder, holder, holder, holder, false, ARRAY[]::text[], '{{}}'::jsonb, now(), now() FROM made;
INSERT INTO grants (bucket, id, client_id, user_id, session_bucket, session_id, scopes, resources, offline, auth_time, amr,
                    acr, created_at, expires_at, refresh_ends_at, revoked_at)
SELECT bucket, id, '{client}', holder, bucket, bucket || '-s' || n, '{{openid}}', '{{}}', false, issued, '{{pwd}}', 'x', issued,
       now() + interval '12 hours', now() + interval '12 hours', CASE WHEN n % 100 = 0 THEN now() END
FROM made;
INSERT INTO access_tokens (bucket, jti, client_id, user_id, grant_bucket, grant_id, scopes, audience, issued_at, expires_at)
SELECT day_bucket(date_trunc('second', issued) + interval '1 hour'),
       translate(rtrim(encode(uuid_send(gen_random_uuid()), 'base64'), '='), '+/', '-_'), '{client}', holder, bucket, id,
       '{{openid}}', ARRAY['{issuer}'], issued, date_trunc('second', issued) + interval '1 hour'
FROM made;
INSERT INTO refresh_tokens (bucket, hash, grant_id, client_id, user_id, scopes, issued_at, idle_expires_at)
SELECT bucket, sha256(id::bytea), id, '{client}', holder, '{{openid}}', issued, now() + interval '12 hours' FROM made;
"""
TABLES = ["grants", "access_tokens", "refresh_tokens"]


def revoke(place, client, **members):
    """(milliseconds, how many tokens the answer says)."""
    began = time.monotonic()
    answer = place.server.manage(
        "POST", "/oauth2/tokens/bulk-revoke", json={"clientId": client["clientId"], **members})
    took = (time.monotonic() - began) * 1000
    if answer.status_code != 200:
        raise Unexpected(answer.text)
    return took, answer.json()["revoked"]


def checked(place, client, filled):
    """The milliseconds of a revocation that does what it says."""
    server = place.server

    def token():
        return server.token(client, grant_type="client_credentials").json()["access_token"]

    def is_active(token):
        return server.introspect(client, token)["active"]
    # Its last statement before: the pages that the answer is counted from are in memory, as in an hour of work.
    before = [token() for _ in range(3)]
    _, dry = revoke(place, client, dryRun=True)
    if dry != filled + len(before) or not all(map(is_active, before)):
        raise Unexpected(f"a dry run counts {dry} of {filled + len(before)} tokens")
    took, wet = revoke(place, client)
    later = token()
    if wet != dry or any(map(is_active, before)) or not is_active(later) or revoke(place, client, dryRun=True)[1] != 1:
        raise Unexpected(f"{wet} tokens were revoked, {dry} were announced, or the wrong ones")
    return took


def revoking(place, fill, rows, expected):
    def measure():
        client = place.stage.server.client(
            name="Bench revocation", redirectUris=None, grantTypes=["client_credentials"],
            allowedScopes=["contracts:read"])
        place.psql(fill.format(client=client["clientId"], issuer=place.server.issuer, rows=rows))
        for table in TABLES:
            place.psql(f"VACUUM ANALYZE {table}")
        place.psql("CHECKPOINT")
        return [checked(place, client, expected)]
    return measure


def measurements(place, rows=ROWS):
    def row(what):
        return Row(f"bulk revocation of 1,000,000 tokens of {what}", place.database, 200, 100, unit="ms", digits=0)
    return [
        Measurement([row("a service")], revoking(place, OF_A_SERVICE, rows, rows), is_large=True),
        Measurement(
            [row("users")], revoking(place, OF_USERS, rows, rows - rows // 100), is_large=True)]
