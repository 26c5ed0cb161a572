"""docs/notifications.md shows messages as they are sent, and settings that can be used.

After a change of wording: ``python tests/test_docs_notifications.py`` writes the examples anew.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from detector.errors import Location
from detector.notify import bulletins, messages
from detector.notify.messages import Case, Message
from detector.records import Account, Author, Reason, Rejected, State, Verdict, Wording
from detector.settings import Settings, load

PAGE = Path(__file__).parent.parent / "docs" / "notifications.md"
TAKEN_OVER = datetime(2024, 11, 20, 18, 14, 9, tzinfo=UTC)
ACCOUNT = Account(
    platform="instagram", handle="kpukabblora", institution="KPU Kabupaten Blora", timezone="Asia/Jakarta",
    duty_contact="Subbagian Teknis, 0812-0000-0001", reports_to=("KPU Provinsi Jawa Tengah",),
)  # fmt: skip
REASONS = (
    Reason("goods_sold", 0.8, Wording(id="barang bermerek, harga, dan kontak dalam satu unggahan", en="branded goods, a price and a contact in one post")),
    Reason("hour", 0.75, Wording(id="jam unggah tidak biasa untuk akun ini", en="an unusual hour for this account")),
)  # fmt: skip
VERDICT = Verdict(
    post_id="dfb01b530e7f112f", author=Author.STRANGER, probability=0.99, log_odds=6.0, category="cheap_goods",
    reasons=REASONS, categories=(("cheap_goods", 0.82), ("giveaway", 0.1)),
)  # fmt: skip
CASE = Case(
    account=ACCOUNT, state=State.COMPROMISED, since=TAKEN_OVER, at=TAKEN_OVER, probability=0.9987,
    now=TAKEN_OVER + timedelta(minutes=2), why=messages.why_of(VERDICT),
    post_id="dfb01b530e7f112f", post_url="https://www.instagram.com/p/DCnExample1/", ref="3f9a1c02",
)  # fmt: skip
DOUBT = msgspec.structs.replace(CASE, state=State.WATCHED, probability=0.41)
BACK = msgspec.structs.replace(
    CASE, state=State.RECOVERING, at=TAKEN_OVER + timedelta(hours=6), ref="b81e44d0"
)
UNREAD = bulletins.Unread(
    whose="platform", account=ACCOUNT, since=TAKEN_OVER, now=TAKEN_OVER + timedelta(hours=1),
    others=(Account(platform="instagram", handle="bawaslublora"), Account(platform="instagram", handle="pemkabblora")),
    why="503 Service Unavailable", ref="77c0d2a9",
)  # fmt: skip
REFUSED = (
    Rejected(Location("inbox/facebook-kpublora.zip"), "is named .zip but is not a ZIP (download it again)"),
)  # fmt: skip
QUIET = bulletins.Quiet(
    since=TAKEN_OVER, until=TAKEN_OVER + timedelta(days=7), accounts=12, readings=24192, posts=301, zone="Asia/Jakarta"
)  # fmt: skip
MARKER = re.compile(r"<!-- example: (\w+) (id|en) -->\n(?:\n```text\n.*?\n```\n\n?)?", re.DOTALL)


def example(kind: str, language: str) -> str:
    """Return a message as the page shows it: its title, then its body."""
    if kind == "short":
        return messages.alarm(CASE, language).short
    titles = [f"{messages.alarm(CASE, language).title.partition(':')[0]}: {name}" for name in ("@bawaslublora (Instagram)", "@pemkabblora (Instagram)")]  # fmt: skip
    made: dict[str, Message] = {
        "alarm": messages.alarm(CASE, language),
        "watched": messages.watched(DOUBT, language),
        "escalation": messages.escalation(CASE, CASE.now, language),
        "recovering": messages.recovering(BACK, language),
        "blind": bulletins.blind(UNREAD, language),
        "token": bulletins.token_refused(UNREAD, "IG_TOKEN", language),
        "unread_file": bulletins.unread_file(ACCOUNT, REFUSED, "5d20c1aa", language),
        "quiet": bulletins.all_quiet(QUIET, language),
        "campaign": bulletins.together(titles, language, is_campaign=True)[0].message,
    }
    return f"{made[kind].title}\n\n{made[kind].body}"


def written(page: str) -> str:
    """Return the page with its examples as they are now."""
    return MARKER.sub(
        lambda found: f"<!-- example: {found[1]} {found[2]} -->\n\n```text\n{example(found[1], found[2])}\n```\n\n",
        page,
    ).rstrip() + "\n"  # fmt: skip


def test_the_page_shows_messages_as_they_are_sent() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert len(MARKER.findall(page)) == 20
    assert page == written(page)


def test_the_pages_settings_can_be_used(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    account = (
        '[[accounts]]\nplatform = "instagram"\naccount = "kpukabblora"\n'
        'reports_to = ["KPU Provinsi Jawa Tengah"]\nduty_contact = "Kepala Diskominfo"\n'
    )
    path = tmp_path / "kentongan.toml"
    path.write_text(account + block, encoding="utf-8")

    settings: Settings = load(path)

    assert len(settings.channels) == 5


@pytest.mark.parametrize("name", ["for", "fallback", "short", "reminders", "escalate_after"])
def test_the_page_tells_of_every_setting_about_telling(name: str) -> None:
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is written\n")
