-- Until when a call that says that it calls back after an emergency call is believed: for a while
-- after the contract has called 110, 118 or 119. NULL, or an instant that has passed = it is not.
ALTER TABLE accounts ADD COLUMN callbacks_until TIMESTAMP;
