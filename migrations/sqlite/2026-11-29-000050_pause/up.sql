-- Until when calls to the number do not ring; NULL, or an instant that has passed = they do.
ALTER TABLE numbers ADD COLUMN pause_until TIMESTAMP;
