-- Who decided what. Append-only: the serving role may insert and read, and a trigger refuses changes by anybody, the
-- owner included.
CREATE TABLE audit_logs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time timestamptz NOT NULL,
    actor text NOT NULL,                                -- `client:<id>`, `user:<id>`, `cli`, `system` …
    action text NOT NULL,                               -- dotted verb, such as `client.rotate_secret`
    subject text NOT NULL,
    request_id text NOT NULL,
    address text NOT NULL
);
CREATE INDEX audit_logs_by_time ON audit_logs (time, id);
CREATE INDEX audit_logs_by_actor ON audit_logs (actor, time);
CREATE INDEX audit_logs_by_action ON audit_logs (action, time);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

INSERT INTO serving_rights VALUES ('audit_logs', 'SELECT, INSERT');
