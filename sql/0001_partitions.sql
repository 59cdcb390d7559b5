-- Rows that expire live in tables partitioned by an integer bucket: the number of the hour or day (since the epoch, in
-- UTC) that holds the row's last possible moment. Clean-up drops a partition; it never deletes rows.
--
-- A hash or id that a client presents carries its bucket, so every statement says `bucket = $1 AND hash = $2` and
-- touches one partition. There is no default partition: a row without a place is a mistake that must be heard.

CREATE FUNCTION day_bucket(moment timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor(extract(epoch FROM moment) / 86400)::integer;

CREATE FUNCTION hour_bucket(moment timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor(extract(epoch FROM moment) / 3600)::integer;

-- How each partitioned table is cut. Near days have a partition each; what ends later than `ahead` days from now is put
-- into the last day of its month by whoever names the bucket (`Bucket.day(of:from:)` in the provider), so beyond the
-- near days only the months' last days need one. As time passes, the days around such a last day get theirs too: ranges
-- never overlap, nothing is ever split, and fewer than 60 partitions live at once.
CREATE TABLE partition_plans (
    table_name name PRIMARY KEY,
    unit text NOT NULL CHECK (unit IN ('hour', 'day')),
    step integer NOT NULL CHECK (step > 0),             -- buckets in one partition
    ahead integer NOT NULL CHECK (ahead > 0),           -- buckets from now on that the server relies on
    spare integer NOT NULL CHECK (spare > 0),           -- buckets made beyond these, so that nothing is made in a hurry
    horizon integer CHECK (unit = 'day' OR horizon IS NULL), -- -- days within which each month's last day has a partition
    keep integer NOT NULL CHECK (keep > 0)              -- buckets that a partition outlives its last one
);

-- The partitions that exist, with their range [first, past).
CREATE VIEW partitions AS
SELECT plan.table_name, child.relname AS partition_name, link.inhdetachpending AS detaching,
       bounds.texts[1]::integer AS first, bounds.texts[2]::integer AS past
FROM partition_plans plan
JOIN pg_inherits link ON link.inhparent = to_regclass(quote_ident(plan.table_name))
JOIN pg_class child ON child.oid = link.inhrelid
CROSS JOIN LATERAL (
    SELECT regexp_match(pg_get_expr(child.relpartbound, child.oid), 'FROM \((\d+)\) TO \((\d+)\)') AS texts
) bounds;

-- The ranges a table needs at a moment; generously: those that are made ahead of need.
CREATE FUNCTION wanted_partitions(plan partition_plans, moment timestamptz, generously boolean)
RETURNS TABLE (first integer, past integer) LANGUAGE sql STABLE AS $$
    WITH present AS (
        SELECT CASE plan.unit WHEN 'hour' THEN hour_bucket(moment) ELSE day_bucket(moment) END AS bucket
    )
    -- One bucket back, for servers whose clock is a little behind.
    SELECT near.first, near.first + plan.step
    FROM present, generate_series(
        (bucket - 1) / plan.step * plan.step,
        bucket + plan.ahead + CASE WHEN generously THEN plan.spare ELSE 0 END,
        plan.step) AS near (first)
    UNION
    SELECT day_bucket(month.begin + interval '1 month') - 1, day_bucket(month.begin + interval '1 month')
    FROM generate_series(
        date_trunc('month', moment, 'UTC'),
        moment + make_interval(days => plan.horizon, months => CASE WHEN generously THEN 1 ELSE 0 END),
        interval '1 month') AS month (begin)
    WHERE plan.horizon IS NOT NULL
    ORDER BY 1
$$;
-- Months are counted in UTC whatever the session's time zone is.
ALTER FUNCTION wanted_partitions SET TimeZone = 'UTC';

-- The partition that begins with a bucket: `grants_20261121`, `authorization_codes_20261121_06`.
CREATE FUNCTION partition_name(plan partition_plans, first integer) RETURNS name LANGUAGE sql STABLE AS $$
    SELECT plan.table_name || '_' || CASE plan.unit
        WHEN 'hour' THEN to_char(to_timestamp(first * 3600.0) AT TIME ZONE 'UTC', 'YYYYMMDD_HH24')
        ELSE to_char(to_timestamp(first * 86400.0) AT TIME ZONE 'UTC', 'YYYYMMDD') END
$$;

-- Those of them that are not there. (Ranges never shift, so the name tells; reading bounds from the catalogue takes
-- fifty times as long, and readiness asks often.)
CREATE FUNCTION missing_partitions(plan partition_plans, moment timestamptz, generously boolean)
RETURNS TABLE (first integer, past integer) LANGUAGE sql STABLE AS $$
    SELECT wanted.first, wanted.past
    FROM wanted_partitions(plan, moment, generously) wanted
    WHERE NOT EXISTS (
        SELECT FROM pg_class existing
        WHERE existing.oid = to_regclass(quote_ident(partition_name(plan, wanted.first))) AND existing.relispartition)
    ORDER BY 1
$$;

-- Makes one table's missing partitions and answers how many. `CREATE … PARTITION OF` would stall every reader and
-- writer of the table; a table made apart with a matching CHECK is attached without either.
CREATE FUNCTION make_partitions(parent name, moment timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
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
            'CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING IDENTITY, CHECK (bucket >= %s AND bucket < %s))',
            partition, parent, missing.first, missing.past);
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
            parent, partition, missing.first, missing.past);
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;

-- The same for the present moment, by the owner's rights: what the serving role may ask for. The role can neither
-- create tables of its own nor choose the moment.
CREATE FUNCTION ensure_partitions(parent name) RETURNS integer LANGUAGE sql SECURITY DEFINER AS $$
    SELECT make_partitions(parent, now())
$$;

-- What runs with the owner's rights finds its tables and functions in this schema alone, whatever the caller's path is.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION ensure_partitions SET search_path = %I, pg_temp', current_schema);
END
$$;

REVOKE ALL ON FUNCTION make_partitions FROM PUBLIC;
REVOKE ALL ON FUNCTION ensure_partitions FROM PUBLIC;

-- Partitions that have left their table and are only to be dropped. (They are made and attached in one transaction, so
-- one that stands apart can only be on its way out.)
CREATE VIEW detached_partitions AS
SELECT apart.relname AS partition_name
FROM pg_class apart JOIN partition_plans plan
  ON apart.relname ~ ('^' || plan.table_name || '_[0-9]{8}(_[0-9]{2})?$')
WHERE apart.relkind = 'r' AND NOT apart.relispartition
  AND apart.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'partition_plans'::regclass);

-- Drops one. Nobody uses it any more; should somebody still, nobody shall queue behind this.
CREATE FUNCTION drop_detached_partition(partition name) RETURNS void LANGUAGE plpgsql SET lock_timeout = '100ms' AS $$
BEGIN
    IF EXISTS (SELECT FROM detached_partitions WHERE partition_name = partition) THEN
        EXECUTE format('DROP TABLE %I', partition);
    END IF;
END
$$;
REVOKE ALL ON FUNCTION drop_detached_partition FROM PUBLIC;

-- What has outlived its time, or was interrupted on its way out.
CREATE FUNCTION expired_partitions(moment timestamptz)
RETURNS TABLE (table_name name, partition_name name, detaching boolean) LANGUAGE sql STABLE AS $$
    SELECT part.table_name, part.partition_name, part.detaching
    FROM partitions part JOIN partition_plans plan USING (table_name)
    WHERE part.detaching OR part.past + plan.keep
        <= CASE plan.unit WHEN 'hour' THEN hour_bucket(moment) ELSE day_bucket(moment) END
    ORDER BY part.table_name, part.first
$$;
