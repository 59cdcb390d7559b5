-- Authorization requests that wait for their user; bucket: the hour in which they expire.
CREATE TABLE authorization_requests (
    bucket integer NOT NULL,
    hash bytea NOT NULL,                                -- SHA-256 of the handle
    client_id text NOT NULL,
    parameters jsonb NOT NULL,                          -- as they came
    browser_hash bytea,                                 -- SHA-256 of the browser's cookie, once one has claimed it
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, hash)
) PARTITION BY RANGE (bucket);

-- Kept for a day after, so that a page can tell somebody who comes back that the time is over.
INSERT INTO partition_plans VALUES ('authorization_requests', 'hour', 6, 12, 36, NULL, 24);
INSERT INTO serving_rights VALUES ('authorization_requests', 'SELECT, INSERT, UPDATE');
