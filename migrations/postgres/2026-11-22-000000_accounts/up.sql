-- Every table of an account starts its primary key with account_id, so that it can be sharded by account.
-- Texts that are sorted or compared byte by byte carry COLLATE "C": the order is then the same as on SQLite.

CREATE TABLE accounts (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    contact_mail TEXT,
    status TEXT NOT NULL,
    suspended_reason TEXT,
    option_ip_phone BOOLEAN NOT NULL,
    option_premises_device BOOLEAN NOT NULL,
    option_voicemail BOOLEAN NOT NULL,
    option_fax BOOLEAN NOT NULL,
    revision BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE notify_rules (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE numbers (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT COLLATE "C" NOT NULL,
    e164 TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    ringtone TEXT NOT NULL,
    priority_phone_id TEXT COLLATE "C",
    notify_rule_id TEXT COLLATE "C",
    channel_limit INTEGER NOT NULL CHECK (channel_limit BETWEEN 1 AND 9),
    max_channels INTEGER NOT NULL CHECK (max_channels BETWEEN 1 AND 9),
    busy_announcement BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX numbers_e164 ON numbers (e164);
CREATE UNIQUE INDEX numbers_one_primary ON numbers (account_id) WHERE kind = 'primary';

CREATE TABLE phone_ids (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT COLLATE "C" NOT NULL,
    login_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    extension TEXT COLLATE "C" NOT NULL,
    terminal_name TEXT NOT NULL,
    device_option TEXT,
    outbound_number_id TEXT COLLATE "C",
    -- The basic ID's password is only hashed; an additional ID's is sealed, because its holder may look at it again.
    password_hash TEXT,
    sealed_password TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX phone_ids_login_id ON phone_ids (login_id);
CREATE UNIQUE INDEX phone_ids_extension ON phone_ids (account_id, extension);
CREATE UNIQUE INDEX phone_ids_one_basic ON phone_ids (account_id) WHERE kind = 'basic';

CREATE TABLE terminals (
    account_id TEXT COLLATE "C" NOT NULL,
    phone_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, phone_id, id),
    FOREIGN KEY (account_id, phone_id) REFERENCES phone_ids (account_id, id) ON DELETE CASCADE
);

-- Only what was switched off stands here: a new ID rings for every number, and a new number rings everywhere.
CREATE TABLE silent_targets (
    account_id TEXT COLLATE "C" NOT NULL,
    number_id TEXT COLLATE "C" NOT NULL,
    phone_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, number_id, phone_id),
    FOREIGN KEY (account_id, number_id) REFERENCES numbers (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, phone_id) REFERENCES phone_ids (account_id, id) ON DELETE CASCADE
);

CREATE TABLE sessions (
    account_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    phone_id TEXT COLLATE "C" NOT NULL,
    token_hash TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    confirmed_until TIMESTAMP,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, phone_id) REFERENCES phone_ids (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sessions_token_hash ON sessions (token_hash);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE password_resets (
    account_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    phone_id TEXT COLLATE "C" NOT NULL,
    token_hash TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, phone_id) REFERENCES phone_ids (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX password_resets_token_hash ON password_resets (token_hash);

-- Failed attempts by a hashed address or login id; belongs to nobody, since nobody is known yet.
CREATE TABLE sign_in_attempts (
    subject_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    blocked_until TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX sign_in_attempts_updated_at ON sign_in_attempts (updated_at);

CREATE TABLE service_keys (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    hint TEXT NOT NULL,
    key_hash TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP
);
CREATE UNIQUE INDEX service_keys_key_hash ON service_keys (key_hash);

CREATE TABLE audit_log (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT COLLATE "C" NOT NULL,
    action TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX audit_log_object ON audit_log (account_id, object_id, id);

-- Answers to POSTs that create, sealed: they may contain a password that is shown once.
CREATE TABLE idempotency_keys (
    caller TEXT COLLATE "C" NOT NULL,
    idempotency_key TEXT COLLATE "C" NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    sealed_answer TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (caller, idempotency_key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
