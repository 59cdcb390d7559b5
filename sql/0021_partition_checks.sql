-- A partition's CHECK proves to ATTACH that its rows fit; from then on the partition's bounds say the same, and a CHECK
-- is read again for every statement that writes. So it goes when it has served.
CREATE OR REPLACE FUNCTION make_partitions(parent name, moment timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    plan partition_plans;
    missing record;
    partition name;
    made integer := 0;
BEGIN
    SELECT * INTO STRICT plan FROM partition_plans WHERE table_name = parent;
    PERFORM pg_advisory_xact_lock(hashtextextended('martlet.partitions', 0));
    FOR missing IN SELECT * FROM missing_partitions(plan, moment, true) LOOP
        partition := partition_name(plan, missing.first);
        EXECUTE format(
            'CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING IDENTITY,
                 CONSTRAINT within_range CHECK (bucket >= %s AND bucket < %s))',
            partition, parent, missing.first, missing.past);
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
            parent, partition, missing.first, missing.past);
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT within_range', partition);
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;

DO $$
DECLARE
    present record;
BEGIN
    FOR present IN
        SELECT p.partition_name, c.conname FROM partitions p
        JOIN pg_constraint c ON c.conrelid = to_regclass(quote_ident(p.partition_name))
        WHERE c.contype = 'c' AND c.coninhcount = 0 AND c.conname = p.partition_name || '_bucket_check'
    LOOP
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', present.partition_name, present.conname);
    END LOOP;
END
$$;
