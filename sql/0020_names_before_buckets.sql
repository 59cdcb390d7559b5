-- The keys of what is looked up by its name, with the name first. A key that began with the bucket let PostgreSQL think
-- half of it good enough: a statement planned while a partition was empty went on to read all of the partition's rows
-- when it was full. Where tables are large, this takes as long as building their indexes does.
ALTER TABLE sessions
    DROP CONSTRAINT sessions_pkey, ADD PRIMARY KEY (id, bucket),
    DROP CONSTRAINT sessions_bucket_cookie_hash_key, ADD UNIQUE (cookie_hash, bucket);
ALTER TABLE grants DROP CONSTRAINT grants_pkey, ADD PRIMARY KEY (id, bucket);
ALTER TABLE authorization_requests DROP CONSTRAINT authorization_requests_pkey, ADD PRIMARY KEY (hash, bucket);
ALTER TABLE authorization_codes DROP CONSTRAINT authorization_codes_pkey, ADD PRIMARY KEY (hash, bucket);
ALTER TABLE access_tokens DROP CONSTRAINT access_tokens_pkey, ADD PRIMARY KEY (jti, bucket);
ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_pkey, ADD PRIMARY KEY (hash, bucket);
