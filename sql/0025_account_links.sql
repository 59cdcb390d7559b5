-- Links that were mailed, of which only the hash is kept; a table for each kind, so that one can never pass as another.
-- A link is good for the address that it was mailed to, as long as that is the user's.

-- Bucket: the hour in which it expires.
CREATE TABLE password_resets (
    bucket integer NOT NULL,
    hash bytea NOT NULL,                                -- SHA-256 of the link's secret
    user_id text NOT NULL,
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,                                -- or made worthless by another new password
    PRIMARY KEY (hash, bucket)
) PARTITION BY RANGE (bucket);
CREATE INDEX password_resets_by_user ON password_resets (user_id) WHERE used_at IS NULL;

-- Bucket: the day in which it expires.
CREATE TABLE email_verifications (
    bucket integer NOT NULL,
    hash bytea NOT NULL,
    user_id text NOT NULL,
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (hash, bucket)
) PARTITION BY RANGE (bucket);

INSERT INTO partition_plans VALUES
    ('password_resets', 'hour', 6, 12, 36, NULL, 24), ('email_verifications', 'day', 1, 2, 7, NULL, 1);
INSERT INTO serving_rights VALUES
    ('password_resets', 'SELECT, INSERT, UPDATE'), ('email_verifications', 'SELECT, INSERT, UPDATE');

-- Ends what a password, or an account, had opened: every session of the user but one, every grant with all its tokens
-- (offline ones and those of the session that stays included), every link that could set a password. Answers what it
-- ended, to be told.
--
-- A grant is written under a lock of its session's row (`lock_session`). So sessions come first: the statement waits for
-- grants that are being written, the next one sees them, and who comes later finds the session ended. A session is begun
-- under a lock of its user's row, which the caller of this has changed before.
CREATE FUNCTION end_logins(wanted_user text, kept_session text, moment timestamptz)
RETURNS TABLE (kind text, id text, client_id text, scopes text[]) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM sessions s WHERE s.user_id = wanted_user AND s.ended_at IS NULL AND s.expires_at > moment
    ORDER BY s.id FOR NO KEY UPDATE;
    RETURN QUERY
        UPDATE sessions s SET ended_at = moment
        WHERE s.user_id = wanted_user AND s.ended_at IS NULL AND s.expires_at > moment
          AND s.id IS DISTINCT FROM kept_session
        RETURNING 'session', s.id, NULL::text, NULL::text[];
    RETURN QUERY
        UPDATE grants g SET revoked_at = moment
        WHERE g.user_id = wanted_user AND g.revoked_at IS NULL AND g.expires_at > moment
        RETURNING 'grant', g.id, g.client_id, g.scopes;
    UPDATE password_resets r SET used_at = moment WHERE r.user_id = wanted_user AND r.used_at IS NULL;
END
$$;

-- What a person may do with their own account by a client; always asked.
INSERT INTO scopes (name, descriptions) VALUES
    ('account', '{"en": "See and change your account", "de": "Ihr Konto ansehen und ändern"}')
ON CONFLICT DO NOTHING;

-- Accounts by the beginning of their name or address, and by an address in whatever letter case.
CREATE INDEX users_by_name_prefix ON users (folded text_pattern_ops);
CREATE INDEX users_by_lower_email ON users (lower(email) text_pattern_ops) WHERE email IS NOT NULL;
