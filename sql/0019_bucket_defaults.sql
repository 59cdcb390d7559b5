-- The day of writing, as `day_bucket(now())` has it, but worked out in the statement itself: a function whose body
-- depends on the time zone is called for every row, which took more time than the rest of the insert.
ALTER TABLE outbox ALTER COLUMN bucket SET DEFAULT (now() AT TIME ZONE 'UTC')::date - DATE '1970-01-01';
ALTER TABLE webhook_deliveries ALTER COLUMN bucket SET DEFAULT (now() AT TIME ZONE 'UTC')::date - DATE '1970-01-01';
