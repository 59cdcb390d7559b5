-- Access tokens, of which only the `jti` and what decides about them is kept; bucket: the day of `exp`.
CREATE TABLE access_tokens (
    bucket integer NOT NULL,
    jti text NOT NULL,
    client_id text NOT NULL,
    user_id text,                                       -- null for client_credentials
    grant_bucket integer,                               -- null for client_credentials: a family of its own
    grant_id text,
    scopes text[] NOT NULL,
    audience text[] NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bucket, jti),
    CHECK ((grant_id IS NULL) = (grant_bucket IS NULL))
) PARTITION BY RANGE (bucket);

-- No access token lives longer than 30 days, so it needs no months.
INSERT INTO partition_plans VALUES ('access_tokens', 'day', 1, 31, 7, NULL, 1);
INSERT INTO serving_rights VALUES ('access_tokens', 'SELECT, INSERT, UPDATE');
