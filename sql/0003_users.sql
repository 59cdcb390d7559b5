-- The people who log in.
CREATE TABLE users (
    id text PRIMARY KEY,                                -- the `sub` claim, never reassigned
    username text NOT NULL,                             -- as the person writes it
    folded text NOT NULL UNIQUE,                        -- NFKC and case-folded: what a login is looked up by
    skeleton text NOT NULL UNIQUE,                      -- UTS 39: equal for names the eye cannot tell apart
    password_hash text,                                 -- scrypt in its encoded form; null when none was ever set
    email text,
    email_verified boolean NOT NULL,
    tenant_id text,
    roles text[] NOT NULL,
    claims jsonb NOT NULL,                              -- the other standard claims by their names
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX users_by_age ON users (created_at, id);
CREATE INDEX users_by_email ON users (email) WHERE email IS NOT NULL;

INSERT INTO serving_rights VALUES ('users', 'SELECT, INSERT, UPDATE, DELETE');
