-- Devices that wait for a user's decision (RFC 8628); bucket: the hour in which they expire.
CREATE TABLE device_authorizations (
    bucket integer NOT NULL,
    hash bytea NOT NULL,                                -- SHA-256 of the device code
    user_code_hash bytea NOT NULL,                      -- keyed: it has too few bits for a plain hash
    client_id text NOT NULL,
    scopes text[] NOT NULL,                             -- as asked for
    resources text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    poll_seconds integer NOT NULL,                      -- that must lie between two polls
    polled_at timestamptz,                              -- the last poll
    user_id text,                                       -- who opened its page first, and alone may decide
    decided_at timestamptz,
    grant_bucket integer,                               -- what the user allowed; null when denied
    grant_id text,
    redeemed_at timestamptz,
    PRIMARY KEY (bucket, hash),
    UNIQUE (bucket, user_code_hash)
) PARTITION BY RANGE (bucket);

-- Kept for a day after, so that a device that asks late is told that its time is over.
INSERT INTO partition_plans VALUES ('device_authorizations', 'hour', 6, 12, 36, NULL, 24);
INSERT INTO serving_rights VALUES ('device_authorizations', 'SELECT, INSERT, UPDATE');
