-- Relying parties that are told when a session ends (OpenID Connect Back-Channel Logout 1.0, Front-Channel Logout 1.0).

-- Worked out of `settings` by the database itself, for the statements that ask who is to be told.
ALTER TABLE clients
    ADD COLUMN backchannel_logout_uri text GENERATED ALWAYS AS (settings->>'backchannelLogoutUri') STORED,
    ADD COLUMN frontchannel_logout_uri text GENERATED ALWAYS AS (settings->>'frontchannelLogoutUri') STORED;

-- An offline grant outlives its session, but its relying party has logged somebody in all the same. Where there are many
-- grants, this takes as long as building the index does.
DROP INDEX grants_by_session;
CREATE INDEX grants_by_session ON grants (session_id);

-- One relying party that is to be told of one session's end; bucket: the day of writing. The token that tells it is made
-- when it is sent. A row knows all that the token says, since session and user may be gone by then.
CREATE TABLE logout_notices (
    bucket integer NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date - DATE '1970-01-01',
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),
    client_id text NOT NULL,                            -- no reference: expiring tables have none
    user_id text NOT NULL,
    session_id text NOT NULL,
    ended_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts integer NOT NULL DEFAULT 0,                -- begun; also tells a late report of an earlier attempt apart
    next_attempt_at timestamptz NOT NULL,               -- of one that runs: when somebody else may try
    last_status integer,
    last_error text,
    delivered_at timestamptz,
    PRIMARY KEY (id, bucket)
) PARTITION BY RANGE (bucket);
CREATE INDEX logout_notices_due ON logout_notices (next_attempt_at, id) WHERE state = 'pending';

-- Nobody is told after three days.
INSERT INTO partition_plans VALUES ('logout_notices', 'day', 1, 1, 7, NULL, 7);
INSERT INTO serving_rights VALUES ('logout_notices', 'SELECT, INSERT, UPDATE');

-- Whoever ends a session, by whatever statement, writes the notices with it, in its transaction. A grant is written under
-- a lock of its session's row (`lock_session`), which the change of the row waited for, so the query in here sees every
-- grant that there will ever be.
CREATE FUNCTION note_session_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO logout_notices (client_id, user_id, session_id, ended_at, next_attempt_at)
    SELECT c.id, NEW.user_id, NEW.id, NEW.ended_at, NEW.ended_at
    FROM (SELECT DISTINCT g.client_id FROM grants g WHERE g.session_id = NEW.id) AS party
    JOIN clients c ON c.id = party.client_id
    WHERE c.backchannel_logout_uri IS NOT NULL
    ORDER BY c.id;
    RETURN NULL;
END
$$;
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION note_session_end SET search_path = %I, pg_temp', current_schema);
END
$$;
CREATE TRIGGER sessions_ended AFTER UPDATE OF ended_at ON sessions
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION note_session_end();
