-- What a plan would do, in lines for people, as the platform said it when the plan was made. NULL where it said nothing.
ALTER TABLE run ADD COLUMN plan_summary TEXT;
