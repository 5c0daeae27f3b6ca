"""The anomaly tags (contract.md) and what they are about: which part of the picture shows it, which cue suggests it."""

from __future__ import annotations

from typing import Literal

Part = Literal["hand", "foot", "face", "body", "whole"]

PART_OF: dict[str, Part] = {
    "extra_fingers": "hand", "warped_wrist": "hand", "limb_misaligned": "body", "long_hand": "hand",
    "long_foot": "foot", "wrong_toes_count": "foot", "foreshortened_upper_arm": "body", "malformed_phone_grip": "hand",
    "odd_eyes": "face", "toes": "foot", "limb_overlap": "body", "glare": "whole", "awkward_edge": "whole",
    "background_distraction": "whole", "missing_detail": "whole", "stacked_faces": "face",
}  # fmt: skip
TAGS = tuple(PART_OF)

TAG_OF: dict[str, str] = {
    "digits": "extra_fingers", "hand_geometry": "warped_wrist", "handedness": "warped_wrist",
    "two_hands_one_wrist": "limb_overlap", "hand_size": "long_hand", "limb_length": "limb_misaligned",
    "too_many_limbs": "limb_overlap", "foot_length": "long_foot", "stacked_faces": "stacked_faces",
    "repeated_faces": "stacked_faces", "odd_eyes": "odd_eyes", "lost_from_siblings": "missing_detail",
}  # fmt: skip
"""The tag that each cue (`engine.vision.seen`) suggests; `learned` names its own."""
