-- Browsers in which somebody is logged in; bucket: the day of the absolute end.
CREATE TABLE sessions (
    bucket integer NOT NULL,
    id text NOT NULL,                                   -- public: the `sid` claim
    cookie_hash bytea NOT NULL,                         -- SHA-256 of the cookie's value
    user_id text NOT NULL,
    auth_time timestamptz NOT NULL,
    amr text[] NOT NULL,
    acr text NOT NULL,
    user_agent text NOT NULL,
    address text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,                               -- logged out, or replaced by another user's session
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, cookie_hash)
) PARTITION BY RANGE (bucket);
CREATE INDEX sessions_by_user ON sessions (user_id);

INSERT INTO partition_plans VALUES ('sessions', 'day', 1, 28, 7, 400, 1);
INSERT INTO serving_rights VALUES ('sessions', 'SELECT, INSERT, UPDATE');
