-- What users allowed clients, with its history: a consent that is revoked stays, and a later one is a row of its own.
-- A grant names the consent it stands on (`grants.consent_id`).
CREATE TABLE user_consents (
    id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    client_id text NOT NULL,                            -- no reference: the history outlives the client
    scopes text[] NOT NULL,
    granted_at timestamptz NOT NULL,
    revoked_at timestamptz
);
-- At most one that stands.
CREATE UNIQUE INDEX user_consents_standing ON user_consents (user_id, client_id) WHERE revoked_at IS NULL;
CREATE INDEX user_consents_by_client ON user_consents (client_id) WHERE revoked_at IS NULL;

INSERT INTO serving_rights VALUES ('user_consents', 'SELECT, INSERT, UPDATE');
