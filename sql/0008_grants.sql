-- One authorization of a client by a user: the family of every code and token that comes of it. Bucket: the day after
-- which nothing of the family works, or the last of that day's month when it is far off.
CREATE TABLE grants (
    bucket integer NOT NULL,
    id text NOT NULL,
    client_id text NOT NULL,
    user_id text NOT NULL,
    session_bucket integer NOT NULL,
    session_id text NOT NULL,
    consent_id text,                                    -- the consent it stands on; null where none was asked
    scopes text[] NOT NULL,
    resources text[] NOT NULL,
    offline boolean NOT NULL,                           -- outlives its session
    auth_time timestamptz NOT NULL,
    amr text[] NOT NULL,
    acr text NOT NULL,
    nonce text,
    claims_request text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,                    -- end of everything of the family
    refresh_ends_at timestamptz NOT NULL,               -- end of its refresh tokens: without `offline`, the session's
    revoked_at timestamptz,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bucket, id)
) PARTITION BY RANGE (bucket);
CREATE INDEX grants_by_user ON grants (user_id, client_id);
CREATE INDEX grants_by_client ON grants (client_id);
CREATE INDEX grants_by_session ON grants (session_id) WHERE NOT offline;

-- Whether a grant is alive, said once for every statement. Ending a grant or a client is one change of one row that
-- every check reads, so a token minted in the same moment is born dead: no order of a race leaves a live token behind.
-- What the clock ends is compared by the statement, which knows the moment.
CREATE VIEW grant_states AS
SELECT g.bucket, g.id, g.client_id, g.user_id, g.session_bucket, g.session_id, g.consent_id, g.scopes, g.resources,
       g.offline, g.auth_time, g.amr, g.acr, g.nonce, g.claims_request, g.created_at, g.expires_at, g.refresh_ends_at,
       g.revoked_at,
       g.revoked_at IS NULL
           AND (SELECT c.registered_at <= g.written_at FROM clients c WHERE c.id = g.client_id) IS TRUE AS alive
FROM grants g;

-- The same for a grant whose bucket stands in another row. A join by it would open every partition before it looks into
-- one; the statement in here has the bucket as a parameter and opens that one alone (an eighth of the time).
CREATE FUNCTION grant_state(wanted_bucket integer, wanted_id text)
RETURNS SETOF grant_states LANGUAGE plpgsql STABLE STRICT ROWS 1 AS $$
BEGIN
    RETURN QUERY SELECT * FROM grant_states WHERE bucket = wanted_bucket AND id = wanted_id;
END
$$;

-- A session's end, whoever comes first. A grant is written under a lock of its session's row and takes over what the
-- row says; ending a session first changes the row, which waits for such locks, and then, in a snapshot taken after
-- that, revokes the grants that do not outlive it. So no grant escapes between the two, and checks need not look at
-- sessions.
CREATE FUNCTION lock_session(wanted_bucket integer, wanted_id text, OUT ended_at timestamptz, OUT expires_at timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.ended_at, s.expires_at INTO ended_at, expires_at FROM sessions s
    WHERE s.bucket = wanted_bucket AND s.id = wanted_id FOR SHARE;
    -- A session that nobody began is over.
    IF NOT FOUND THEN
        ended_at := '-infinity';
        expires_at := '-infinity';
    END IF;
END
$$;

CREATE FUNCTION end_session(wanted_bucket integer, wanted_id text, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sessions SET ended_at = moment
    WHERE bucket = wanted_bucket AND id = wanted_id AND ended_at IS NULL AND expires_at > moment;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE grants SET revoked_at = moment WHERE session_id = wanted_id AND NOT offline AND revoked_at IS NULL;
    RETURN true;
END
$$;

INSERT INTO partition_plans VALUES ('grants', 'day', 1, 28, 7, 400, 1);
INSERT INTO serving_rights VALUES ('grants', 'SELECT, INSERT, UPDATE'), ('grant_states', 'SELECT');
