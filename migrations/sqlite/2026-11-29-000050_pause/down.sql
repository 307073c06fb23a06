ALTER TABLE numbers DROP COLUMN pause_until;
