-- Which metric that a run's workflow requires became worse, in a sentence. NULL where none did.
ALTER TABLE run ADD COLUMN shortfall TEXT;
