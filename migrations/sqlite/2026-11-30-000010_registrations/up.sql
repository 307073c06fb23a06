-- Telephones and boxes that a switch says are registered; apps that are signed in are in terminals.
CREATE TABLE registrations (
    account_id TEXT NOT NULL,
    phone_id TEXT NOT NULL,
    -- SHA-256 of the contact, which may be of any length; empty = what was said of all contacts.
    contact_hash TEXT NOT NULL,
    id TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    -- By the switch's clock: an older report changes nothing.
    reported_at TIMESTAMP NOT NULL,
    -- Over then. Of what has unregistered, the time of that: kept for a while for reports that come late.
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, phone_id, contact_hash),
    FOREIGN KEY (account_id, phone_id) REFERENCES phone_ids (account_id, id) ON DELETE CASCADE
);
CREATE INDEX registrations_end ON registrations (expires_at);
