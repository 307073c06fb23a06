ALTER TABLE accounts DROP COLUMN callbacks_until;
