-- Since when, and why, this installation acts on nothing until an operator says so: it was restored from a backup, or moved elsewhere.
ALTER TABLE installation ADD COLUMN held_at BIGINT;
ALTER TABLE installation ADD COLUMN held_because TEXT COLLATE "C";
