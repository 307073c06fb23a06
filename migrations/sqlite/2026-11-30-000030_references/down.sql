DROP INDEX accounts_reference;
ALTER TABLE phone_ids DROP COLUMN reference;
ALTER TABLE numbers DROP COLUMN reference;
ALTER TABLE accounts DROP COLUMN reference;
