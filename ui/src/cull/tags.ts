/** What a person can say is wrong with an image: the labels of the session log, each with a letter that never changes. */
export interface Tag {
  name: string; // as the journal writes it
  letter: string;
  words: string;
  kind: "anomaly" | "crop";
}

const tag = (kind: Tag["kind"], letter: string, name: string, words = name.replaceAll("_", " ")): Tag => ({ name, letter, words, kind });

export const TAGS: readonly Tag[] = [
  tag("anomaly", "F", "extra_fingers"),
  tag("anomaly", "W", "warped_wrist"),
  tag("anomaly", "L", "limb_misaligned"),
  tag("anomaly", "H", "long_hand"),
  tag("anomaly", "O", "long_foot"),
  tag("anomaly", "T", "wrong_toes_count", "toe count"),
  tag("anomaly", "A", "foreshortened_upper_arm", "short arm"),
  tag("anomaly", "P", "malformed_phone_grip", "phone grip"),
  tag("crop", "E", "odd_eyes"),
  tag("crop", "S", "toes"),
  tag("crop", "V", "limb_overlap"),
  tag("crop", "R", "glare"),
  tag("crop", "D", "awkward_edge"),
  tag("crop", "B", "background_distraction", "background"),
  tag("crop", "M", "missing_detail"),
  tag("crop", "K", "stacked_faces"),
];

export const wordsOf = (name: string): string => TAGS.find((t) => t.name === name)?.words ?? name;
