-- Whoever has many networks is counted by all of them, and a mailbox by what was asked in its name. Rows of an earlier
-- version of the program have no delegation; they count by their network, and altogether.
ALTER TABLE applications ADD COLUMN delegation text;
CREATE INDEX applications_undecided_of_delegation ON applications (delegation) WHERE status = 'pending';
CREATE INDEX applications_undecided_of_mailbox ON applications (lower(email)) WHERE status = 'pending';
