"""The hub: pages "Manual Configuration" and "Dataset Cards" of its documentation (2026).

https://huggingface.co/docs/hub/datasets-manual-configuration: `configs` with `config_name`, which
"is required even if you have a single subset", and `data_files` by split and path.
https://github.com/huggingface/hub-docs/blob/main/datasetcard.md: the fields of the front matter.
"""

import yaml

FIELDS = {
    "language", "license", "license_name", "license_link", "license_details", "tags",
    "annotations_creators", "language_creators", "language_details", "pretty_name",
    "size_categories", "source_datasets", "task_categories", "task_ids", "dataset_info", "configs",
}  # fmt: skip
SIZES = {"n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B"}


def front_matter(card):
    assert card.startswith("---\n")
    head, _, body = card.removeprefix("---\n").partition("\n---\n")
    return yaml.safe_load(head), body


def check_folder(folder):
    """Check the card's front matter against the folder; gives it and the card's text."""
    front, body = front_matter((folder / "README.md").read_text(encoding="utf-8"))
    assert set(front) <= FIELDS
    assert set(front["size_categories"]) <= SIZES
    assert isinstance(front["pretty_name"], str)
    assert front.get("license") != "other" or front["license_name"]
    for config in front.get("configs", []):
        assert config["config_name"]
        for one in config["data_files"]:
            assert set(one) == {"split", "path"}
            assert (folder / one["path"]).is_file()
    return front, body
