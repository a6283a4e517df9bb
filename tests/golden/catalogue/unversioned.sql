BEGIN TRANSACTION;
CREATE TABLE batches (
	seq INTEGER NOT NULL,
	table_name TEXT NOT NULL,
	submission_id TEXT NOT NULL,
	state TEXT NOT NULL,
	rows INTEGER NOT NULL,
	sha256 TEXT NOT NULL,
	file TEXT NOT NULL,
	delta_version INTEGER,
	run_id TEXT NOT NULL,
	PRIMARY KEY (seq),
	CONSTRAINT batches_state CHECK (state in ('open', 'committed', 'aborted'))
);
CREATE TABLE events (
	seq INTEGER NOT NULL,
	prev_hash TEXT NOT NULL,
	kind TEXT NOT NULL,
	object_id TEXT NOT NULL,
	detail TEXT NOT NULL,
	actor TEXT NOT NULL,
	role TEXT NOT NULL,
	at_utc TEXT NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (seq),
	UNIQUE (hash)
);
INSERT INTO "events" VALUES(1,'0000000000000000000000000000000000000000000000000000000000000000','submission_received','SUB-2026-0001','{"contract":"visit","run_id":"run","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","wave":"W1","zone":"deqing"}','li','','2026-11-21T09:30:53.309518+00:00','42a7c33266c4d266d8050d879b210e04fdeb964c6ca87031e199401418e8044b');
INSERT INTO "events" VALUES(2,'42a7c33266c4d266d8050d879b210e04fdeb964c6ca87031e199401418e8044b','submission_settled','SUB-2026-0001','{"rows_accepted":2,"rows_quarantined":1,"rows_read":3,"rows_unchanged":0,"status":"accepted"}','li','','2026-11-21T09:30:53.340425+00:00','22ebe038a60def419648d6d1f3d82a3f9936c57a2fd0adff366a1c923326b57f');
CREATE TABLE releases (
	release_id TEXT NOT NULL,
	generation_id TEXT NOT NULL,
	manifest_sha256 TEXT NOT NULL,
	PRIMARY KEY (release_id)
);
CREATE TABLE submissions (
	submission_id TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	file_name TEXT NOT NULL,
	zone TEXT NOT NULL,
	contract TEXT NOT NULL,
	wave TEXT,
	actor TEXT NOT NULL,
	status TEXT NOT NULL,
	rows_read INTEGER NOT NULL,
	rows_accepted INTEGER NOT NULL,
	rows_quarantined INTEGER NOT NULL,
	rows_unchanged INTEGER NOT NULL,
	problems TEXT NOT NULL,
	correction_reason TEXT,
	received_at TEXT NOT NULL,
	run_id TEXT NOT NULL,
	PRIMARY KEY (submission_id)
);
INSERT INTO "submissions" VALUES('SUB-2026-0001','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','wave1.xlsx','deqing','visit','W1','li','accepted',3,2,1,0,'[]',NULL,'2026-11-21T09:30:53.305716+00:00','run');
CREATE INDEX submissions_content ON submissions (sha256, contract);
CREATE UNIQUE INDEX batches_submission ON batches (submission_id) WHERE state != 'aborted';
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_at_the_end BEFORE INSERT ON events
       WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
COMMIT;
