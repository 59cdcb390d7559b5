-- Secrets of confidential clients, several alive at once while one is being replaced.
CREATE TABLE client_secrets (
    id text PRIMARY KEY,
    client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
    hash bytea NOT NULL,                                -- HMAC-SHA256 under a key of the server
    created_at timestamptz NOT NULL,
    expires_at timestamptz,                             -- null for the current one
    last_used_at timestamptz,
    use_count bigint NOT NULL DEFAULT 0
);
CREATE INDEX client_secrets_by_client ON client_secrets (client_id, created_at, id);
-- Two rotations at once cannot both leave a current secret: the second runs again and ends the first one's.
CREATE UNIQUE INDEX client_secrets_one_current ON client_secrets (client_id) WHERE expires_at IS NULL;

INSERT INTO serving_rights VALUES ('client_secrets', 'SELECT, INSERT, UPDATE, DELETE');
