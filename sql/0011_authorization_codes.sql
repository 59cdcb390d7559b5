-- Authorization codes (RFC 6749 §4.1.2); bucket: the hour in which they expire.
CREATE TABLE authorization_codes (
    bucket integer NOT NULL,
    hash bytea NOT NULL,                                -- SHA-256 of the code
    grant_bucket integer NOT NULL,
    grant_id text NOT NULL,
    client_id text NOT NULL,
    redirect_uri text NOT NULL,                         -- as sent to the authorization endpoint
    code_challenge text,                                -- S256 (RFC 7636 §4.2)
    expires_at timestamptz NOT NULL,
    redeemed_at timestamptz,
    PRIMARY KEY (bucket, hash)
) PARTITION BY RANGE (bucket);

-- Kept for a week after: a replay is known for one, and revokes what the code had brought.
INSERT INTO partition_plans VALUES ('authorization_codes', 'hour', 6, 12, 36, NULL, 168);
INSERT INTO serving_rights VALUES ('authorization_codes', 'SELECT, INSERT, UPDATE');
