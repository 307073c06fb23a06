-- The operator's own names for contracts, numbers and IDs. Those of contracts are looked up, and
-- name one; lines and seats of different customers may be called the same.
ALTER TABLE accounts ADD COLUMN reference TEXT;
ALTER TABLE numbers ADD COLUMN reference TEXT;
ALTER TABLE phone_ids ADD COLUMN reference TEXT;
CREATE UNIQUE INDEX accounts_reference ON accounts (reference);
