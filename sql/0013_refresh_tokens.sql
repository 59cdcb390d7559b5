-- Refresh tokens, each in the bucket of its grant. A token that was rotated stays as the witness of its use.
CREATE TABLE refresh_tokens (
    bucket integer NOT NULL,
    hash bytea NOT NULL,                                -- SHA-256 of the token
    grant_id text NOT NULL,                             -- in the same bucket
    client_id text NOT NULL,
    user_id text NOT NULL,
    scopes text[] NOT NULL,
    issued_at timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,               -- unused past this moment it is dead
    rotated_at timestamptz,                             -- its first use; from here the grace window runs
    grace_ends_at timestamptz,
    -- successor = HMAC-SHA256(key = the presented token, seed): whoever repeats the refresh inside the window is told
    -- the same successor, which nobody could compute from this row alone. Erased once the successor has been used or
    -- the window is over.
    seed bytea,
    successor_hash bytea,                               -- hash of the successor that follows from the first seed
    predecessor_hash bytea,
    PRIMARY KEY (bucket, hash),
    CHECK ((rotated_at IS NULL) = (grace_ends_at IS NULL)),
    CHECK (rotated_at IS NOT NULL OR seed IS NULL)
) PARTITION BY RANGE (bucket);
-- What is to be erased soon.
CREATE INDEX refresh_tokens_seeds ON refresh_tokens (grace_ends_at) WHERE seed IS NOT NULL;

INSERT INTO partition_plans VALUES ('refresh_tokens', 'day', 1, 28, 7, 400, 1);
INSERT INTO serving_rights VALUES ('refresh_tokens', 'SELECT, INSERT, UPDATE');
