"""Step 7 of `migrations`: what learning keeps.

`links`, `agreements`, `promoted`, `trials` and `shut_gates` are what a person decided or what came of it, `draws` what
chance gave; the others hold what the model in use says.
"""

from __future__ import annotations

LEARNING = """
-- whether two images belong to one family, one < other; same is NULL where the person cannot say
CREATE TABLE links (
    one INTEGER NOT NULL REFERENCES images(id),
    other INTEGER NOT NULL REFERENCES images(id),
    same INTEGER,
    at TEXT NOT NULL,
    PRIMARY KEY (one, other)
) WITHOUT ROWID;
-- a decision beside what was recommended for it; checked: drawn by chance and decided without seeing that
CREATE TABLE agreements (
    decision TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    agreed INTEGER NOT NULL,
    confidence REAL NOT NULL,
    checked INTEGER NOT NULL,
    model TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX idx_agreements_at ON agreements(kind, at);
CREATE INDEX idx_agreements_subject ON agreements(subject, kind, at);
CREATE INDEX idx_decisions_set ON decisions(set_id, kind);
-- what was decided in bulk; checked: drawn by chance, so that looking at it tells how good the rest is
CREATE TABLE promoted (
    image_id INTEGER NOT NULL REFERENCES images(id),
    kind TEXT NOT NULL,
    batch TEXT NOT NULL,
    confidence REAL NOT NULL,
    checked INTEGER NOT NULL,
    reviewed INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (image_id, kind)
) WITHOUT ROWID;
CREATE INDEX idx_promoted_review ON promoted(confidence) WHERE NOT reviewed;
-- what chance drew to judge by (library/trials.py): kind is the gate, what is judged a winner or a crop, of the group
-- `subject`, in a batch or "" (asked blind, or a crop of the person's own); x to h the crop, 0 for the whole picture;
-- tags say what is wrong in it; good is NULL until a person answered, place counts the answers
CREATE TABLE trials (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    image_id INTEGER NOT NULL REFERENCES images(id),
    subject TEXT NOT NULL,
    batch TEXT NOT NULL,
    confidence REAL NOT NULL,
    x INTEGER NOT NULL, y INTEGER NOT NULL, w INTEGER NOT NULL, h INTEGER NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    good INTEGER,
    place INTEGER,
    at TEXT NOT NULL
);
CREATE INDEX idx_trials_image ON trials(image_id, what);
CREATE INDEX idx_trials_subject ON trials(subject, kind) WHERE subject != '';
CREATE INDEX idx_trials_place ON trials(kind, place);
CREATE TABLE shut_gates (kind TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE predictions (
    image_id INTEGER PRIMARY KEY,
    mean REAL NOT NULL,
    variance REAL NOT NULL
);
CREATE TABLE recommended (
    group_key TEXT PRIMARY KEY,
    image_id INTEGER NOT NULL,
    confidence REAL NOT NULL,
    information REAL NOT NULL,
    differs INTEGER NOT NULL,
    checked INTEGER NOT NULL,
    reasons BLOB NOT NULL,
    model TEXT NOT NULL
) WITHOUT ROWID;
-- of images of groups that something was recommended of, what chance gave them; 1 once told openly (see learning/draws)
CREATE TABLE draws (image_id INTEGER PRIMARY KEY, lot REAL NOT NULL);
CREATE INDEX idx_recommended_confidence ON recommended(confidence);
CREATE INDEX idx_recommended_information ON recommended(information);
"""
