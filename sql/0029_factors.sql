-- What users have beside their passwords. What every login must know stands with the user, changed in one statement
-- with what it is about.
ALTER TABLE users ADD COLUMN has_authenticator boolean NOT NULL DEFAULT false;
ALTER TABLE users ADD COLUMN passkey_count integer NOT NULL DEFAULT 0;

-- Authenticators that make one-time passwords (RFC 6238).
CREATE TABLE authenticators (
    user_id text PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    sealed_secret bytea NOT NULL,                       -- under the master key
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,                           -- when the user showed that it works
    last_step bigint                                    -- of the last code that was accepted: none is good twice
);
INSERT INTO serving_rights VALUES ('authenticators', 'SELECT, INSERT, UPDATE, DELETE');

-- Codes on paper, for whoever has lost the authenticator.
CREATE TABLE recovery_codes (
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    hash bytea NOT NULL,                                -- SHA-256 of user and code
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, hash)
);
INSERT INTO serving_rights VALUES ('recovery_codes', 'SELECT, INSERT, DELETE');

-- Passkeys (WebAuthn).
CREATE TABLE passkeys (
    credential_id bytea PRIMARY KEY,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    public_key bytea NOT NULL,                          -- COSE_Key (RFC 9052)
    sign_count bigint NOT NULL,
    challenge_at timestamptz,                           -- of the last login: no challenge is good twice
    name text NOT NULL,
    transports text[] NOT NULL,
    is_backed_up boolean NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX passkeys_by_user ON passkeys (user_id, created_at);
INSERT INTO serving_rights VALUES ('passkeys', 'SELECT, INSERT, UPDATE, DELETE');
