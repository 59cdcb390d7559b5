-- The chain over the audit log: a link for each line, with a MAC over the link before it under a key that is not in the
-- database. Lines are hung on about once a second, by one server at a time.
CREATE TABLE audit_chain (
    position bigint PRIMARY KEY,                        -- 1, 2, 3 … without gaps
    line_id bigint NOT NULL UNIQUE,                     -- no reference: a line that is gone leaves its link
    hash bytea NOT NULL,
    linked_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
INSERT INTO serving_rights VALUES ('audit_chain', 'SELECT, INSERT');

CREATE INDEX audit_logs_by_subject ON audit_logs (subject, time);
