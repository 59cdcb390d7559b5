-- Where mail goes that gives an account away. The first address that is confirmed is its owner's; another one only becomes
-- it when somebody has shown the password with it (`next_owner_email`) and it is confirmed, or when an administrator says
-- so. A trigger keeps it, so that servers of the former version do, too.
ALTER TABLE users ADD COLUMN owner_email text, ADD COLUMN next_owner_email text;
UPDATE users SET owner_email = email WHERE email_verified;
CREATE INDEX users_by_owner_email ON users (lower(owner_email)) WHERE owner_email IS NOT NULL;

CREATE FUNCTION keep_owner_email() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.email_verified AND (NEW.owner_email IS NULL OR NEW.email = NEW.next_owner_email) THEN
        NEW.owner_email := NEW.email;
        NEW.next_owner_email := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER users_owner_email BEFORE INSERT OR UPDATE OF email, email_verified ON users
    FOR EACH ROW EXECUTE FUNCTION keep_owner_email();
