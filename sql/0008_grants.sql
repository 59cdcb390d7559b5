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
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bucket, id)
) PARTITION BY RANGE (bucket);
CREATE INDEX grants_by_user ON grants (user_id, client_id);
CREATE INDEX grants_by_client ON grants (client_id);
CREATE INDEX grants_by_session ON grants (session_id) WHERE NOT offline;

-- Whether a grant is alive, said once for every statement. Each reason is one row's own state, so ending a grant, a
-- session or a client is one change of one row, and a token minted in the same moment is born dead: no order of a race
-- leaves a live token behind. What the clock ends is compared by the statement, which knows the moment: `expires_at`
-- for everything of the family, `refresh_ends_at` for its refresh tokens, which without `offline` end with the session.
CREATE VIEW grant_states AS
SELECT g.bucket, g.id, g.client_id, g.user_id, g.session_bucket, g.session_id, g.consent_id, g.scopes, g.resources,
       g.offline, g.auth_time, g.amr, g.acr, g.nonce, g.claims_request, g.created_at, g.expires_at, g.revoked_at,
       CASE WHEN g.offline THEN g.expires_at
            ELSE least(g.expires_at, coalesce(s.expires_at, '-infinity')) END AS refresh_ends_at,
       g.revoked_at IS NULL
           AND c.id IS NOT NULL
           AND (g.offline OR s.ended_at IS NULL) AS alive
FROM grants g
LEFT JOIN clients c ON c.id = g.client_id AND c.registered_at <= g.written_at
LEFT JOIN sessions s ON s.bucket = g.session_bucket AND s.id = g.session_id;

INSERT INTO partition_plans VALUES ('grants', 'day', 1, 28, 7, 400, 1);
INSERT INTO serving_rights VALUES ('grants', 'SELECT, INSERT, UPDATE'), ('grant_states', 'SELECT');
