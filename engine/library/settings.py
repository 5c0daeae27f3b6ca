"""The settings of a library: one typed tree, from which pickwise.toml is checked and the Settings screen is drawn."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every section."""


def num(title: str, about: str, low: float, high: float, step: float, unit: str = "") -> Meta:
    """Range, words and control of one number."""
    return Meta(ge=low, le=high, title=title, description=about, extra={"step": step, "unit": unit})


def words(title: str, about: str) -> Meta:
    return Meta(title=title, description=about)


class Scan(Section):
    sources: Annotated[list[str], words("Sources", "Folders of images, read only.")] = []
    recursive: Annotated[bool, words("Look in subfolders", "Scan folders inside the sources too.")] = True


class Intake(Section):
    workers: Annotated[int, num("Worker processes", "0 means one a processor core.", 0, 64, 1)] = 0
    full_jpeg: Annotated[
        bool, Meta(title="Decode JPEG in full", description="Slower; hashes equal imagehash's to the last bit.")
    ] = False
    max_megapixels: Annotated[
        int, num("Largest image", "Larger files are refused before decoding.", 1, 2000, 10, "MP")
    ] = 300


class Stages(Section):
    pattern: Annotated[
        str,
        words("Stage pattern", "A regular expression with the groups `stage` and, where names carry one, `timestamp`."),
    ] = ""  # empty: the built-in pattern


class Groups(Section):
    by_name: Annotated[bool, Meta(title="Group by name", description="Same name apart from the stage.")] = True
    phash_distance: Annotated[
        int, num("Look-alike distance", "Images this near in pHash are one family.", 0, 32, 1, "bits of 64")
    ] = 8
    window_seconds: Annotated[
        float, num("Time window", "Images this near in time may differ more. 0 turns it off.", 0, 3600, 1, "s")
    ] = 10.0
    window_distance: Annotated[
        int, num("Distance in the window", "pHash distance allowed inside the time window.", 0, 32, 1, "bits of 64")
    ] = 16
    name_distance: Annotated[
        int,
        num("Distance for names", "Same-named images further apart are not one family.", 0, 64, 1, "bits of 64"),
    ] = 26


class Defects(Section):
    """Limits beyond which an image is flagged; see `engine/culling/defects.py`."""

    blur_px: Annotated[float, num("Blur", "Flag when the sharpest edges are wider than this.", 0.5, 20, 0.1, "px")] = (
        1.3
    )
    dark: Annotated[float, num("Too dark", "Flag when the brightest tones stay below this.", 0, 1, 0.01)] = 0.42
    bright: Annotated[
        float,
        num("Too bright", "Flag when more of what is lit has burnt out; a white backdrop is no fault.", 0, 1, 0.01),
    ] = 0.3
    clipped: Annotated[
        float, num("Clipping", "Flag when more than this share has lost highlights or shadows.", 0, 1, 0.01)
    ] = 0.85
    noise: Annotated[float, num("Noise", "Flag when noise is stronger than this.", 0, 100, 0.5, "grey levels")] = 11.0
    color_cast: Annotated[
        float, num("Colour cast", "Flag when the whole picture leans this far from neutral.", 0, 128, 1, "Lab")
    ] = 70.0
    low_detail: Annotated[float, num("Low detail", "Flag when there is less to see than this.", 0, 8, 0.01, "bits")] = (
        0.05
    )


class Picks(Section):
    policy: Annotated[
        Literal["stage_first", "weighted"],
        words("Policy", "stage_first: the highest stage without a defect. weighted: the highest weighted score."),
    ] = "stage_first"
    close_margin: Annotated[
        float, num("Too close to call", "A group goes to review when its two best differ by less.", 0, 1, 0.005)
    ] = 0.05
    stage_weight: Annotated[float, num("Stage weight", "Score = weight x stage + ...", 0, 100, 0.1)] = 2.0
    quality_weight: Annotated[float, num("Quality weight", "... + weight x quality (0 to 1) - ...", 0, 100, 0.1)] = 1.0
    defect_penalty: Annotated[float, num("Defect penalty", "... - penalty x defects.", 0, 100, 0.1)] = 5.0


class Ranking(Section):
    judge: Annotated[
        str,
        words("Judge", "Whose picks these are; empty is you. Each judge has ratings of their own in this library."),
    ] = ""
    top: Annotated[int, num("Top", "How many of the best you are after.", 1, 100_000, 10, "images")] = 100
    target: Annotated[
        float, num("Good enough at", "Share of the true top you want in the top shown.", 0.05, 0.999, 0.01)
    ] = 0.9
    up: Annotated[int, num("At once", "Images shown in one match.", 2, 9, 1, "images")] = 4
    blind: Annotated[bool, words("Blind", "No figures until after the pick.")] = False
    strategy: Annotated[
        Literal["default", "spec", "random"],
        words("Strategy", "default: aims at the top. spec: weighs uncertainty and closeness. random: any images."),
    ] = "default"
    one_per_group: Annotated[
        bool, words("One of a group", "Show only the keeper of near-duplicates; off shows every image.")
    ] = True
    learned_prior: Annotated[
        bool, words("Begin with what was learned", "Images you never compared start where your other picks put them.")
    ] = True


class Thinning(Section):
    by: Annotated[
        Literal["content", "phash", "embedding", "both", "time", "name"],
        words("Find copies by", "content: equal files. phash: look-alikes. embedding: the same picture, edited too."),
    ] = "phash"
    distance: Annotated[
        int, num("Copy distance", "pHash distance up to which two images are copies.", 0, 16, 1, "bits of 64")
    ] = 8
    similarity: Annotated[
        float, num("Copy similarity", "Cosine from which two images are copies. 0: as the model needs it.", 0, 1, 0.01)
    ] = 0.0
    seconds: Annotated[
        float, num("Copies in time", "By time: images of one stage this near in time are copies.", 0, 3600, 1, "s")
    ] = 2.0
    orientations: Annotated[
        bool, words("Turned and mirrored", "Find rotated and mirrored copies too; takes longer.")
    ] = False
    keep: Annotated[
        Literal["stage", "rating", "resolution", "newest", "quality", "folder"],
        words("Who stays", "stage: the highest stage without a defect. Draws go by the other rules in this order."),
    ] = "stage"
    folder: Annotated[str, words("Keep from", "For the rule folder: images in here stay.")] = ""
    set_similarity: Annotated[
        float,
        num("Set similarity", "Every stage of two sets is this alike. 0: as the model needs it.", 0, 1, 0.01),
    ] = 0.0
    set_metadata: Annotated[
        bool, words("Compare metadata of sets", "Sets whose prompt, seed or YAML differ are not redundant.")
    ] = True


def _from(title: str) -> Meta:
    return num(title, "From this score on it is a doubt; 0 doubts everything, 1 hardly anything.", 0, 1, 0.05)


class Cues(Section):
    """What looks wrong to the detectors: a switch and a threshold each. A cue sends a group to review, no more."""

    digits: Annotated[
        bool, words("Fingers", "Hands that show more than five fingers. Off: it misses most and is often mistaken.")
    ] = False
    digits_from: Annotated[float, _from("Fingers from")] = 0.7
    hand_geometry: Annotated[bool, words("Hand shape", "Finger lengths and joints beyond a human hand's.")] = True
    hand_geometry_from: Annotated[float, _from("Hand shape from")] = 0.5
    handedness: Annotated[bool, words("Wrong hand", "A left hand on a right arm.")] = True
    handedness_from: Annotated[float, _from("Wrong hand from")] = 0.5
    two_hands_one_wrist: Annotated[bool, words("Two hands", "Two hands on one wrist.")] = True
    two_hands_one_wrist_from: Annotated[float, _from("Two hands from")] = 0.5
    hand_size: Annotated[bool, words("Hand size", "Hands too large or small for the face.")] = True
    hand_size_from: Annotated[float, _from("Hand size from")] = 0.5
    limb_length: Annotated[bool, words("Limbs", "An arm or a leg longer than the other.")] = True
    limb_length_from: Annotated[float, _from("Limbs from")] = 0.5
    too_many_limbs: Annotated[bool, words("Too many limbs", "More hands or feet than the people have.")] = True
    too_many_limbs_from: Annotated[float, _from("Too many limbs from")] = 0.5
    foot_length: Annotated[bool, words("Feet", "Feet too long or short for the shin.")] = True
    foot_length_from: Annotated[float, _from("Feet from")] = 0.5
    stacked_faces: Annotated[bool, words("Stacked faces", "Two faces that overlap.")] = True
    stacked_faces_from: Annotated[float, _from("Stacked faces from")] = 0.5
    repeated_faces: Annotated[bool, words("Repeated faces", "The same face twice in one image.")] = True
    repeated_faces_from: Annotated[float, _from("Repeated faces from")] = 0.5
    odd_eyes: Annotated[bool, words("Odd eyes", "Eyes of unlike size or gaze.")] = True
    odd_eyes_from: Annotated[float, _from("Odd eyes from")] = 0.5
    lost_from_siblings: Annotated[
        bool, words("Lost beside its siblings", "What the other images of its group have and this one lost.")
    ] = True
    lost_from_siblings_from: Annotated[float, _from("Lost from")] = 0.5
    learned: Annotated[bool, words("Learned", "What your own tags taught, once there are enough.")] = True
    learned_from: Annotated[float, _from("Learned from")] = 0.5


def _weight(title: str, about: str) -> Meta:
    return num(title, about, 0, 10, 0.1)


class Crop(Section):
    """How crops are proposed and shown. The weights are where taste begins; what is learned is added to them."""

    saliency: Annotated[float, _weight("Weight of the subject", "For what draws the eye being inside.")] = 3.0
    anomaly: Annotated[float, _weight("Weight of what is wrong", "Against what looks wrong being inside.")] = 6.0
    head: Annotated[float, _weight("Weight of heads", "Against a head cut or without a margin.")] = 4.0
    joints: Annotated[float, _weight("Weight of joints", "Against a frame that runs through joints.")] = 2.0
    clutter: Annotated[float, _weight("Weight of clutter", "Against a border through detail or the subject.")] = 1.0
    headroom: Annotated[float, _weight("Weight of headroom", "For the right room above the head.")] = 1.5
    thirds: Annotated[float, _weight("Weight of thirds", "For the head or subject on a third, or in the middle.")] = 0.3
    gaze: Annotated[float, _weight("Weight of gaze", "For room where the face looks.")] = 0.75
    size: Annotated[float, _weight("Weight of size", "For a subject that fills the frame, neither lost nor tight.")] = (
        1.25
    )
    margin: Annotated[float, num("Margin of heads", "Room kept round a head, in parts of its height.", 0, 1, 0.05)] = (
        0.1
    )
    smallest: Annotated[
        float, num("Smallest crop", "No proposal is narrower than this part of the picture.", 0.2, 1, 0.05)
    ] = 0.4
    order: Annotated[
        Literal["easy", "close", "unsure"],
        words(
            "Order of crops",
            "easy: the surest first. close: those nearest to 0.7, where sure begins. unsure: the least sure first.",
        ),
    ] = "easy"
    exact_ratio: Annotated[
        bool,
        words("Exact ratio", "Where no whole-pixel crop has the ratio, resample to one that has; else a pixel is off."),
    ] = False
    measure_unassisted: Annotated[
        bool, words("Measure without help", "Every 20th picture without proposals, to learn what they save you.")
    ] = False


class Vision(Section):
    """What looks at the pictures; see `engine/vision`."""

    clip_model: Annotated[
        str, words("CLIP model", "The open_clip name of the network whose weights are in the CLIP checkpoint.")
    ] = "ViT-B-32"
    clip_checkpoint: Annotated[
        str,
        words("CLIP checkpoint", "The file with its weights; empty: open_clip_*.safetensors in the models folders."),
    ] = ""


def _target(title: str, about: str) -> Meta:
    return num(title, f"{about} 0.99 takes 395 random checks without a miss.", 0.5, 0.999, 0.005)


class Learning(Section):
    """What is recommended, measured, and decided in bulk; see `engine/learning`."""

    on: Annotated[bool, words("Learn", "Learn from your picks what you like, and recommend by it.")] = True
    least_pairs: Annotated[
        int,
        num("Fewest pairs", "Before so many picks of one image over another nothing is recommended.", 10, 10_000, 10),
    ] = 30
    least_families: Annotated[
        int, num("Fewest families", "... in at least so many different families.", 2, 1000, 1)
    ] = 10
    random_share: Annotated[
        float,
        num(
            "Random checks",
            "Share of what is new that chance draws to be asked without help, to measure by.",
            0,
            1,
            0.05,
        ),
    ] = 0.1
    target_winner: Annotated[
        float,
        _target("Winners right", "How often a recommended winner has to be yours before many are decided at once."),
    ] = 0.99
    target_crop: Annotated[
        float, _target("Crops right", "How often a proposed crop has to be yours before many are accepted at once.")
    ] = 0.99
    target_residual: Annotated[
        float, _target("Clean at the end", "How often nothing wrong may be left in what was kept or cropped.")
    ] = 0.99
    promote_from: Annotated[
        float, num("Sure enough", "Only what is at least this sure is decided in bulk.", 0.5, 1, 0.01)
    ] = 0.95


class Window(Section):
    theme: Annotated[Literal["dark", "mid", "light"], words("Background", "The grey behind the images.")] = "dark"


class Settings(Section):
    """The whole of pickwise.toml; a key that is absent has its default."""

    scan: Scan = Scan()
    intake: Intake = Intake()
    stages: Stages = Stages()
    groups: Groups = Groups()
    defects: Defects = Defects()
    picks: Picks = Picks()
    ranking: Ranking = Ranking()
    thinning: Thinning = Thinning()
    cues: Cues = Cues()
    crop: Crop = Crop()
    vision: Vision = Vision()
    learning: Learning = Learning()
    window: Window = Window()
