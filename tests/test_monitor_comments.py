"""What people say under a post counts when they begin to ask, not only when the post is first seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from builders import ORDINARY
from emulators.instagram_own_media import InstagramOwnMedia
from monitors import START, Watch, network

from detector.records import State

DOUBTFUL = "Halo kak, stok terbatas ya, langsung DM admin sebelum kehabisan"


def _said(*words: str) -> dict[str, Any]:
    return {"data": [{"text": one, "username": f"warga{place}"} for place, one in enumerate(words)]}


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        (("min akunnya dihack?", "kok jualan hp min", "akun ini dibajak ya", "diretas?"), True),
        (("mantap min", "semangat", "terima kasih infonya", "siap"), False),
    ],
)
def test_people_who_ask_under_a_post_that_is_kept_already_count(
    said: tuple[str, ...], *, counts: bool
) -> None:
    with InstagramOwnMedia() as platform, network(longest=5) as net:
        for day in range(30, 0, -1):
            platform.publish(
                f"{ORDINARY[day % len(ORDINARY)]} ({day})", START - timedelta(days=day)
            )
        source = {"kind": "instagram_own_media", **platform.options()}
        account = {"platform": "instagram", "account": platform.handle, "source": source}
        watch = Watch(net, [{**account, "timezone": "WIB", "every": "5m"}])
        watch.poll()
        platform.publish(DOUBTFUL, watch.clock.on(minutes=5))
        watch.due()

        before = (watch.one.state, watch.told())
        platform.records[0]["comments"] = _said(*said)
        watch.due()
        watch.due()

    assert before == (State.NORMAL, [])
    assert (watch.one.state is not State.NORMAL, bool(watch.told())) == (counts, counts)
