-- When mail with another link was ordered, the last time.
ALTER TABLE applications ADD COLUMN resent_at timestamptz;
