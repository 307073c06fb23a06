-- Until when a softphone stays signed in without being used; NULL = a terminal that the operator entered, which stays.
ALTER TABLE terminals ADD COLUMN expires_at TIMESTAMP;

-- Refresh tokens. Those of one terminal are a family: the terminal goes, and they go with it.
CREATE TABLE refresh_tokens (
    account_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    phone_id TEXT COLLATE "C" NOT NULL,
    terminal_id TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the token.
    token_hash TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    -- When it was exchanged for the next one; kept until it expires, to recognise a second use.
    used_at TIMESTAMP,
    -- Keyed hash of the Idempotency-Key that it was exchanged under: the same request again is no second use.
    repeat_hash TEXT,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, phone_id, terminal_id) REFERENCES terminals (account_id, phone_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX refresh_tokens_hash ON refresh_tokens (token_hash);
CREATE INDEX refresh_tokens_terminal ON refresh_tokens (account_id, phone_id, terminal_id);

-- Links that sign an app in, once.
CREATE TABLE sign_in_links (
    account_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    phone_id TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the token in the link.
    token_hash TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, phone_id) REFERENCES phone_ids (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sign_in_links_hash ON sign_in_links (token_hash);
