-- How late a move was seen, and since when that is counted (LateSince); null when it was noted while connecting.
ALTER TABLE ref_update ADD COLUMN late_ms BIGINT;
ALTER TABLE ref_update ADD COLUMN late_since TEXT COLLATE "C";
CREATE INDEX ref_update_by_time ON ref_update (forge_uid, at);

ALTER TABLE webhook ADD COLUMN last_refused_at BIGINT;

CREATE TABLE reconcile_forge (
  forge_uid        TEXT COLLATE "C" PRIMARY KEY,
  started_at       BIGINT,
  ended_at         BIGINT,
  next_page        BIGINT NOT NULL,
  sweep_started_at BIGINT,
  sweep_ended_at   BIGINT,
  requests         BIGINT NOT NULL
);

CREATE TABLE reconcile_repository (
  forge_uid            TEXT COLLATE "C" NOT NULL,
  repository_id        BIGINT NOT NULL,
  asked_at             BIGINT NOT NULL,
  compared_at          BIGINT,
  hint                 BIGINT,
  settled              BOOLEAN NOT NULL,
  pull_requests_before BIGINT NOT NULL,
  unhandled            TEXT COLLATE "C",
  problem              TEXT COLLATE "C",
  PRIMARY KEY (forge_uid, repository_id)
);

-- What was connected before is compared from now on.
INSERT INTO reconcile_repository (forge_uid, repository_id, asked_at, settled, pull_requests_before)
SELECT forge_uid, id, 0, FALSE, 0 FROM repository r
WHERE EXISTS (SELECT 1 FROM known_ref k WHERE k.forge_uid = r.forge_uid AND k.repository_id = r.id);

-- Found moved by a comparison, until it has been looked at.
CREATE TABLE missed_ref (
  forge_uid     TEXT COLLATE "C" NOT NULL,
  repository_id BIGINT NOT NULL,
  ref           TEXT COLLATE "C" NOT NULL,
  since         BIGINT NOT NULL,
  kind          TEXT COLLATE "C" NOT NULL,
  found_at      BIGINT NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, ref)
);
