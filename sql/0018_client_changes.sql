-- One row that changes whenever a client, its secrets or its scopes do. Servers keep clients in memory; before they
-- rely on one they ask whether the stamp is still the one it was read under, so a change counts everywhere from the
-- moment it is acknowledged. A random stamp and no counter: after a failover that lost changes a counter would come to
-- the same number with other clients behind it.
CREATE TABLE client_changes (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    stamp uuid NOT NULL
);
INSERT INTO client_changes (stamp) VALUES (gen_random_uuid());

CREATE FUNCTION note_client_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE client_changes SET stamp = gen_random_uuid();
    RETURN NULL;
END
$$;
-- Whoever writes, by whatever path.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION note_client_change SET search_path = %I, pg_temp', current_schema);
END
$$;
CREATE TRIGGER clients_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clients
    FOR EACH STATEMENT EXECUTE FUNCTION note_client_change();
CREATE TRIGGER client_scopes_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON client_scopes
    FOR EACH STATEMENT EXECUTE FUNCTION note_client_change();
-- Not when uses are counted.
CREATE TRIGGER client_secrets_changed AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF id, client_id, hash, expires_at
    ON client_secrets FOR EACH STATEMENT EXECUTE FUNCTION note_client_change();

INSERT INTO serving_rights VALUES ('client_changes', 'SELECT, UPDATE');
