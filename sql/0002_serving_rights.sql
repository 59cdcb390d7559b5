-- The role that owns the tables migrates; the one that serves gets exactly the rights listed here, each table's line
-- standing in that table's own file. They are granted after every migration (and not in it), because the serving role
-- may be named, or named differently, long after the tables were made.
CREATE TABLE serving_rights (
    table_name name PRIMARY KEY,
    rights text NOT NULL
);

CREATE FUNCTION grant_serving_rights(serving name) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    line record;
BEGIN
    -- With one role for both there is nothing to grant, and a REVOKE would hit the owner itself.
    IF serving = current_user THEN RETURN; END IF;
    -- Two servers that start at once would otherwise trip over the same catalogue rows.
    PERFORM pg_advisory_xact_lock(hashtextextended('martlet.rights', 0));
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema, serving);
    FOR line IN SELECT * FROM serving_rights ORDER BY table_name LOOP
        EXECUTE format('REVOKE ALL ON TABLE %I FROM %I', line.table_name, serving);
        EXECUTE format('GRANT %s ON TABLE %I TO %I', line.rights, line.table_name, serving);
    END LOOP;
    EXECUTE format('GRANT EXECUTE ON FUNCTION ensure_partitions TO %I', serving);
END
$$;
REVOKE ALL ON FUNCTION grant_serving_rights FROM PUBLIC;

INSERT INTO serving_rights VALUES
    ('serving_rights', 'SELECT'), ('partition_plans', 'SELECT'), ('partitions', 'SELECT');
