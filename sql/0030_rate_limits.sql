-- What servers tell one another about rate limits: who is there, and what each let through. Worth seconds only, so
-- unlogged: after a crash of the database everybody begins anew.
CREATE UNLOGGED TABLE servers (
    id text PRIMARY KEY,                                -- made at the server's start
    seen_at timestamptz NOT NULL
);
INSERT INTO serving_rights VALUES ('servers', 'SELECT, INSERT, UPDATE, DELETE');

CREATE UNLOGGED TABLE rate_limit_uses (
    server_id text NOT NULL,
    policy text NOT NULL,                               -- `token-client`
    subject text NOT NULL,
    count bigint NOT NULL,                              -- ever since the row is there; readers remember what they saw
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (server_id, policy, subject)
);
CREATE INDEX rate_limit_uses_by_age ON rate_limit_uses (noted_at);
INSERT INTO serving_rights VALUES ('rate_limit_uses', 'SELECT, INSERT, UPDATE, DELETE');
