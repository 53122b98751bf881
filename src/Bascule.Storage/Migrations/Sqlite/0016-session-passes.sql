-- The session that a token for git was given to; NULL for one that a token from outside was exchanged for. With the session's row the token ends.
ALTER TABLE git_pass ADD COLUMN session_uid TEXT;
