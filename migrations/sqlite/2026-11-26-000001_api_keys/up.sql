-- Keys of integrators: what they open of one account.
CREATE TABLE api_keys (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The first characters of the key.
    hint TEXT NOT NULL,
    -- SHA-256 of the key; keys are 256 random bits.
    key_hash TEXT NOT NULL,
    -- JSON array of scopes.
    scopes TEXT NOT NULL,
    -- JSON array of addresses and networks; empty = from everywhere.
    allowed_addresses TEXT NOT NULL,
    -- NULL = it does not end by itself.
    expires_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    -- To the minute.
    last_used_at TIMESTAMP,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (key_hash);
