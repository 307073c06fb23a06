ALTER TABLE phone_ids DROP COLUMN sealed_digest;
DROP TABLE account_changes;
