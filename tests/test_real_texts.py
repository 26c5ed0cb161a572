"""The shipped judge on other people's real texts, which no model was trained on; skipped where they are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector import assembly
from detector.pipeline import Pipeline

DATA = Path(__file__).parents[2] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real texts are not here")


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return assembly.pipeline()


def flagged(pipeline: Pipeline, name: str, *labels: str) -> float:
    """Return the share of a set's texts that are flagged without any history."""
    lines = (DATA / f"{name}.jsonl").read_bytes().split(b"\n")
    records = [json.loads(line) for line in lines if line]
    texts = [one["text"] for one in records if not labels or one.get("label") in labels]
    mark = pipeline.judge.weights.text_alone_at
    verdicts = pipeline.explain_texts(texts[:3_000])
    return sum(one.probability >= mark for one in verdicts) / len(verdicts)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("hard_negatives", 0.02),
        ("id_institutional_instagram", 0.015),
        ("id_gov_website_wonosobo", 0.008),
        ("id_gov_twitter", 0.004),
        ("pt_state_gov_instagram", 0.002),
        ("en_congress_tweets", 0.004),
    ],
)
def test_real_offices_are_left_in_peace(pipeline: Pipeline, name: str, most: float) -> None:
    assert flagged(pipeline, name) <= most


@pytest.mark.parametrize(
    ("name", "labels", "least"),
    [
        ("id_gambling_comments", ("gambling",), 0.85),
        ("id_sms_wibisono", ("fraud",), 0.85),
        ("en_x_scam_posts", ("phishing",), 0.75),
    ],
)
def test_real_strangers_are_caught(
    pipeline: Pipeline, name: str, labels: tuple[str, ...], least: float
) -> None:
    assert flagged(pipeline, name, *labels) >= least
