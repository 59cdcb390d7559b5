-- The address of a user that was confirmed last. An account that ever had one has an owner: another address may stand
-- beside it, but gives nothing away until it is confirmed, too. A trigger keeps it, so that servers of the former version do.
ALTER TABLE users ADD COLUMN owner_email text;
UPDATE users SET owner_email = email WHERE email_verified;

CREATE FUNCTION keep_owner_email() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.email_verified AND NEW.email IS NOT NULL THEN
        NEW.owner_email := NEW.email;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER users_owner_email BEFORE INSERT OR UPDATE OF email, email_verified ON users
    FOR EACH ROW EXECUTE FUNCTION keep_owner_email();
