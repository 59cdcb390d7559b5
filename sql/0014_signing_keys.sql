-- Keys that sign tokens, from their publication to their retirement.
CREATE TABLE signing_keys (
    kid text PRIMARY KEY,                               -- RFC 7638 thumbprint
    algorithm text NOT NULL,
    state text NOT NULL CHECK (state IN ('published', 'active', 'retiring', 'retired')),
    sealed_private_key bytea NOT NULL,                  -- PKCS#8 under the master key, AES-256-GCM
    public_jwk text NOT NULL,                           -- JSON, byte for byte as it was made
    created_at timestamptz NOT NULL,
    activates_at timestamptz NOT NULL,
    retires_at timestamptz,
    first_of_algorithm boolean NOT NULL DEFAULT false   -- made because there was none
);
-- Of several servers that start on an empty database one makes the first key.
CREATE UNIQUE INDEX signing_keys_first ON signing_keys (algorithm) WHERE first_of_algorithm AND state <> 'retired';

INSERT INTO serving_rights VALUES ('signing_keys', 'SELECT, INSERT, UPDATE');
