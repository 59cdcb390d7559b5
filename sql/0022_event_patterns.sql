-- Whether an event's type is among those asked for: `oauth2.*` asks for all that begin so, `*` or an empty list for all.
CREATE OR REPLACE FUNCTION event_type_matches(type text, wanted text[]) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN cardinality(wanted) = 0 OR EXISTS (
    SELECT FROM unnest(wanted) AS pattern
    WHERE pattern IN (type, '*') OR (right(pattern, 2) = '.*' AND starts_with(type, left(pattern, -1))));
