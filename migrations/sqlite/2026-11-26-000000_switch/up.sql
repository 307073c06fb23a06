-- When something about an account changed last, by the database's own clock, also of accounts that are gone: what routes calls follows it.
CREATE TABLE account_changes (
    account_id TEXT NOT NULL PRIMARY KEY,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX account_changes_at ON account_changes (changed_at);

-- JSON, sealed: what the basic ID's terminal is asked for by digest authentication (RFC 8760), since its password is kept as a hash only.
ALTER TABLE phone_ids ADD COLUMN sealed_digest TEXT;
