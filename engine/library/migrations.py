"""The database's tables, one numbered step after another; `PRAGMA user_version` is the number of the last one applied.

A step that has been released is never edited; a change is a new step.
"""

from __future__ import annotations

from engine.library.learning_tables import LEARNING
from engine.library.tags import TAG_OF

# Step 1: `images` and `comparisons` are spec 5's tables with more columns beside them.
_FOUNDATION = """
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    path TEXT UNIQUE NOT NULL
);
CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    filepath TEXT UNIQUE NOT NULL,
    filename TEXT NOT NULL,
    mu REAL DEFAULT 25.0,
    sigma REAL DEFAULT 8.333333,
    comparison_count INTEGER DEFAULT 0,
    added_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    last_compared_at TIMESTAMP,
    source_id INTEGER REFERENCES sources(id),
    size_bytes INTEGER NOT NULL DEFAULT 0,
    mtime_ns INTEGER NOT NULL DEFAULT 0,
    companions TEXT NOT NULL DEFAULT '',
    content_hash TEXT,
    missing_since TIMESTAMP,
    quarantine TEXT,
    quarantine_hint TEXT
);
CREATE TABLE comparisons (
    id INTEGER PRIMARY KEY,
    winner_id INTEGER REFERENCES images(id),
    loser_id INTEGER REFERENCES images(id),
    was_draw BOOLEAN DEFAULT FALSE,
    compared_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_images_exposure ON images((mu - 3 * sigma) DESC);
CREATE INDEX idx_images_uncertainty ON images(sigma DESC);
CREATE INDEX idx_images_filepath ON images(filepath);
CREATE INDEX idx_images_content ON images(content_hash);
CREATE INDEX idx_images_missing ON images(missing_since) WHERE missing_since IS NOT NULL;
CREATE INDEX idx_images_quarantine ON images(quarantine) WHERE quarantine IS NOT NULL;

-- an image's earlier paths, so that a journal written before a move still finds it
CREATE TABLE aliases (
    filepath TEXT PRIMARY KEY,
    image_id INTEGER NOT NULL REFERENCES images(id)
) WITHOUT ROWID;

-- what intake measured; version names the code and decoder that did
CREATE TABLE features (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    version TEXT NOT NULL,
    format TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    phash INTEGER NOT NULL,
    dhash INTEGER NOT NULL,
    taken_at TEXT NOT NULL,
    quality BLOB NOT NULL
);
CREATE TABLE generations (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    tool TEXT NOT NULL,
    prompt TEXT NOT NULL,
    negative TEXT NOT NULL,
    seed TEXT NOT NULL,
    model TEXT NOT NULL,
    sampler TEXT NOT NULL,
    steps TEXT NOT NULL,
    cfg TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    origin TEXT NOT NULL
);

-- groups and what the picks propose: derived, replaced as a whole
CREATE TABLE groups (
    id INTEGER PRIMARY KEY,
    key TEXT UNIQUE NOT NULL,
    label TEXT NOT NULL,
    position INTEGER NOT NULL,
    review INTEGER NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL
);
CREATE INDEX idx_groups_queue ON groups(status, position);
CREATE TABLE members (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    group_id INTEGER NOT NULL REFERENCES groups(id) ON DELETE CASCADE,
    rank INTEGER NOT NULL,
    distance INTEGER NOT NULL,
    stage REAL,
    decision TEXT NOT NULL,
    score REAL NOT NULL,
    quality REAL NOT NULL,
    defects BLOB NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX idx_members_group ON members(group_id, rank);

-- what a person decided, each line of the journal once
CREATE TABLE decisions (
    seq INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    ts TEXT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    set_id TEXT NOT NULL,
    state TEXT NOT NULL,
    record BLOB NOT NULL,
    changes BLOB NOT NULL
);
CREATE INDEX idx_decisions_state ON decisions(state, seq);
CREATE TABLE journal_files (
    name TEXT PRIMARY KEY,
    applied INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE verdicts (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    verdict TEXT NOT NULL CHECK (verdict IN ('keep', 'alternate', 'reject', 'open')),
    tags TEXT NOT NULL,
    set_id TEXT NOT NULL,
    decided_at TEXT NOT NULL
);
CREATE TABLE flags (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    flagged_at TEXT NOT NULL
);

-- small facts that are nobody's decision: place, signatures of derived tables
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
"""

# Step 2: counts and pages from an index alone; `place` is the order of the queue, `keepers` how many a group gives.
# Groups and members hold no foreign key to each other, so that both can be built aside and swapped in at once.
ORDER = "CASE status WHEN 'review' THEN 0 WHEN 'auto' THEN 1 ELSE 2 END"
GROUPS = """
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    position INTEGER NOT NULL,
    review INTEGER NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    keepers INTEGER NOT NULL
"""
MEMBERS = """
    image_id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    distance INTEGER NOT NULL,
    stage REAL,
    decision TEXT NOT NULL,
    score REAL NOT NULL,
    quality REAL NOT NULL,
    defects BLOB NOT NULL,
    reason TEXT NOT NULL
"""
_DERIVED = """
DROP TABLE members;
DROP TABLE groups;
CREATE TABLE groups (@groups);
CREATE TABLE members (@members);
UPDATE facts SET value = '' WHERE name = 'formed';
CREATE INDEX idx_images_source ON images(source_id, missing_since);
DROP INDEX idx_images_quarantine;
CREATE INDEX idx_images_quarantine ON images(filepath) WHERE quarantine IS NOT NULL AND missing_since IS NULL;
""".replace("@groups", GROUPS).replace("@members", MEMBERS)


def index_derived(suffix: str = "", mark: str = "") -> str:
    """The indexes of `groups` and `members` (or of the tables of that name with `suffix`)."""
    return f"""
    CREATE UNIQUE INDEX groups_key{mark} ON groups{suffix}(key);
    CREATE INDEX groups_order{mark} ON groups{suffix}({ORDER}, position);
    CREATE INDEX groups_keepers{mark} ON groups{suffix}(position, keepers) WHERE keepers;
    CREATE INDEX members_group{mark} ON members{suffix}(group_id, rank);
    """


# Step 3: what ranking keeps. `shown` is a JSON list of image ids, the winner first where there is one. The person here
# (judge "") is rated in `images`, everybody else in `ratings`. A match of n images has n - 1 rows in `comparisons`.
# The two indexes are for deleting an image row (the placeholder of a moved file), which reads all comparisons without
# them; `match_id` is no foreign key because an undo would do the same.
_RANKING = """
CREATE TABLE matches (
    id INTEGER PRIMARY KEY,
    decision TEXT NOT NULL,
    judge TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('pick', 'draw', 'skip')),
    shown TEXT NOT NULL,
    at TEXT NOT NULL
);
ALTER TABLE comparisons ADD COLUMN match_id INTEGER;
CREATE INDEX idx_comparisons_winner ON comparisons(winner_id);
CREATE INDEX idx_comparisons_loser ON comparisons(loser_id);
CREATE TABLE ratings (
    image_id INTEGER NOT NULL REFERENCES images(id),
    judge TEXT NOT NULL,
    mu REAL NOT NULL,
    sigma REAL NOT NULL,
    comparison_count INTEGER NOT NULL,
    last_compared_at TEXT NOT NULL,
    PRIMARY KEY (image_id, judge)
) WITHOUT ROWID;
"""

# Step 4: thinning. `apart`, `choices` and `staged` are what a person decided; the others hold the last search.
_THINNING = """
ALTER TABLE images ADD COLUMN cropped INTEGER NOT NULL DEFAULT 0;

-- pairs that are no copies of each other, one < other
CREATE TABLE apart (
    one INTEGER NOT NULL REFERENCES images(id),
    other INTEGER NOT NULL REFERENCES images(id),
    PRIMARY KEY (one, other)
) WITHOUT ROWID;
-- exceptions to the rule: it stays (1) or goes (0)
CREATE TABLE choices (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    stays INTEGER NOT NULL
);
CREATE TABLE staged (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    batch TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX idx_staged_batch ON staged(batch);

CREATE TABLE copy_groups (
    id INTEGER PRIMARY KEY,
    key TEXT UNIQUE NOT NULL,
    keeper INTEGER NOT NULL,
    present INTEGER NOT NULL,
    going INTEGER NOT NULL,
    bytes INTEGER NOT NULL
);
CREATE TABLE copies (
    image_id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    distance INTEGER,
    similarity REAL,
    stays INTEGER NOT NULL,
    reason TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX idx_copies_group ON copies(group_id, rank);
CREATE TABLE set_matches (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    stays TEXT NOT NULL,
    goes TEXT NOT NULL,
    about BLOB NOT NULL
) WITHOUT ROWID;
"""

# Step 5: what the detectors saw; all of it can be worked out again.
_VISION = """
CREATE TABLE looked (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    content TEXT NOT NULL,
    version TEXT NOT NULL,
    hands INTEGER NOT NULL,
    faces INTEGER NOT NULL,
    bodies INTEGER NOT NULL,
    abstained INTEGER NOT NULL
);
CREATE TABLE cues (
    image_id INTEGER NOT NULL REFERENCES images(id),
    name TEXT NOT NULL,
    score REAL NOT NULL,
    x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX idx_cues_image ON cues(image_id);
CREATE INDEX idx_cues_name ON cues(name, score);
"""

# Step 6: what a person said of doubts, and crops. `checks`, `to_crop`, `crop_answers`, `taste_resets` and `crop_copies`
# are what a person decided; `crops` can be worked out again. `tag` is the anomaly tag a cue stands for.
_TAUGHT = """
ALTER TABLE cues ADD COLUMN tag TEXT NOT NULL DEFAULT '';
@tags
CREATE INDEX idx_cues_asked ON cues(tag, image_id, name) WHERE tag != '' AND score >= 0.2;
CREATE INDEX idx_cues_strongest ON cues(score DESC, image_id, tag, name) WHERE tag != '' AND score >= 0.2;
CREATE INDEX idx_verdicts_said ON verdicts(verdict, tags);
CREATE TABLE checks (
    image_id INTEGER NOT NULL REFERENCES images(id),
    tag TEXT NOT NULL,
    yes INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (image_id, tag)
) WITHOUT ROWID;
CREATE TABLE to_crop (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    at TEXT NOT NULL
);
CREATE TABLE crops (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    content TEXT NOT NULL,
    version TEXT NOT NULL,
    clean INTEGER NOT NULL,
    confidence REAL NOT NULL,
    proposal BLOB NOT NULL
);
CREATE INDEX idx_crops_order ON crops(confidence DESC, image_id);
CREATE TABLE crop_answers (
    image_id INTEGER PRIMARY KEY REFERENCES images(id),
    choice TEXT NOT NULL,
    x INTEGER NOT NULL, y INTEGER NOT NULL, w INTEGER NOT NULL, h INTEGER NOT NULL,
    tags TEXT NOT NULL,
    note BLOB NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX idx_crop_answers_at ON crop_answers(at);
CREATE TABLE taste_resets (at TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE crop_copies (
    path TEXT PRIMARY KEY,
    image_id INTEGER NOT NULL REFERENCES images(id),
    batch TEXT NOT NULL,
    at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX idx_crop_copies_image ON crop_copies(image_id, at);
""".replace("@tags", " ".join(f"UPDATE cues SET tag = '{tag}' WHERE name = '{name}';" for name, tag in TAG_OF.items()))  # noqa: S608

MIGRATIONS: tuple[str, ...] = (
    _FOUNDATION, _DERIVED + index_derived(), _RANKING, _THINNING, _VISION, _TAUGHT, LEARNING,
)  # fmt: skip
