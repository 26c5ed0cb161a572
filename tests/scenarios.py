"""Stories of accounts, taken over or not, read from `fixtures/scenarios/` and made into records.

``python tests/scenarios.py [FILE...]`` shows what the shipped program makes of them, post by post.

A story's first part, the owner's earlier life, is made from the story's own sentences: see `detector.lives`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from detector import assembly
from detector.lives import AccountTable, HistoryTable, Local, posts_of
from detector.pipeline import Pipeline
from detector.records import AccountEvent, Comment, Media, Post, State
from detector.report.document import ScanDocument
from detector.report.native import writer
from detector.scan import Request, scan
from detector.settings import AccountSettings, Official, Settings
from detector.sources._details import EVENT_KINDS

FOLDER: Final = Path(__file__).parent.parent / "fixtures" / "scenarios"
REBUILT: Final = "rebuilt from press reports, in our own words"

By = Literal["owner", "stranger"]
CaughtAt = Literal["first", "second", "third", "event", "comments"]


class CommentTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody wrote under a post."""

    author: str
    text: str
    at: Local | None = None


class PostTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One post of the story."""

    at: Local
    text: str
    by: By
    account: str = ""
    """The handle, where it is not the story's main account."""
    takeover: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Which takeover a stranger's post belongs to."""
    kind: str = "post"
    app: str | None = None
    is_repost: bool = False
    links: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    comments: tuple[CommentTable, ...] = ()


class EventTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that happened to an account."""

    at: Local
    kind: str
    by: By
    account: str = ""
    takeover: Annotated[int, msgspec.Meta(ge=1)] = 1
    details: dict[str, str] = {}

    def __post_init__(self) -> None:
        """Refuse a kind that no source gives."""
        if self.kind not in EVENT_KINDS:
            raise ValueError(f"no account event is called {self.kind!r}")


class Expect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the program shall make of the story."""

    alarm: bool
    caught_at: CaughtAt | None = None
    """The latest record of each takeover at which the alarm counts as in time."""
    categories: tuple[str, ...] = ()
    """The first incident names at least one of these."""
    also: tuple[str, ...] = ()
    """Other accounts that were taken over as well; those not named stay silent."""
    state: State | None = None
    """The main account's at the end."""
    until: Local | None = None
    """When the story is looked at; after its last record when it does not say."""

    def __post_init__(self) -> None:
        """Refuse an expectation that contradicts itself."""
        if self.alarm != (self.caught_at is not None):
            raise ValueError("an alarm is caught at something, and silence at nothing")
        if not self.alarm and (self.categories or self.also):
            raise ValueError("silence names no categories and no further accounts")


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of `FOLDER`."""

    about: str
    public_case: Annotated[int, msgspec.Meta(ge=1, le=21)] | None = None
    """Its number among the public cases it is rebuilt from."""
    needs: tuple[Literal["events", "comments", "campaigns"], ...] = ()
    """Without which the program cannot meet the expectation."""
    expect: Expect
    account: AccountTable
    others: tuple[AccountTable, ...] = ()
    history: HistoryTable
    posts: tuple[PostTable, ...] = ()
    events: tuple[EventTable, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a story that does not hold together."""
        handles = {"", *(one.handle for one in self.others)}
        strange = {one.account for one in self.happenings} - handles
        if strange or not {*self.expect.also} <= handles:
            raise ValueError(f"the story speaks of accounts it does not have: {sorted(strange)}")
        if not self.posts and not self.events:
            raise ValueError("nothing happens")
        if self.expect.alarm != bool(takeovers(self, "")):
            raise ValueError("an alarm is for strangers, and silence for the owner")

    @property
    def accounts(self) -> tuple[AccountTable, ...]:
        """The main account, then the others."""
        return (self.account, *self.others)

    @property
    def happenings(self) -> list[PostTable | EventTable]:
        """The posts, then the events."""
        found: list[PostTable | EventTable] = [*self.posts]
        found += self.events
        return found


def load(path: Path) -> Story:
    """Read one story.

    Raises:
        msgspec.DecodeError: not TOML, or not a story.
    """
    return msgspec.toml.decode(path.read_bytes(), type=Story)


def takeovers(story: Story, account: str) -> list[int]:
    """Return the numbers of the takeovers of an account, in order; `account` is empty for the main one."""
    return sorted(
        {
            one.takeover
            for one in story.happenings
            if one.by == "stranger" and one.account == account
        }
    )


def window(story: Story, account: AccountTable, takeover: int) -> tuple[datetime, datetime]:
    """Return the times from which and up to which a takeover's alarm counts as in time, in UTC."""
    named = "" if account is story.account else account.handle
    mine = [
        one
        for one in story.happenings
        if (one.by, one.account, one.takeover) == ("stranger", named, takeover)
    ]
    posts = sorted((one for one in mine if isinstance(one, PostTable)), key=lambda one: one.at)
    events = [one.at for one in mine if isinstance(one, EventTable)]
    caught_at = story.expect.caught_at
    if caught_at == "event":
        last = max(at for at in events if not posts or at < posts[0].at)
    elif caught_at == "comments":
        last = max(comment.at for post in posts for comment in post.comments if comment.at)
    else:
        last = posts[("first", "second", "third").index(caught_at or "first")].at
    first = min(one.at for one in mine)
    zone = account.zone
    return first.replace(tzinfo=zone), last.replace(tzinfo=zone)


def records_of(story: Story) -> list[Post | AccountEvent]:
    """Return everything of a story, its histories first, as a source would give it."""
    found: list[Post | AccountEvent] = []
    for account in story.accounts:
        named = "" if account is story.account else account.handle
        found += history_of(story, account)
        for index, told in enumerate(story.posts):
            if told.account == named:
                found.append(_post(account, f"cerita-{index:03d}", told))
        found += [
            AccountEvent(
                platform=account.platform,
                account=account.handle,
                kind=one.kind,
                at=one.at.replace(tzinfo=account.zone),
                details=one.details,
            )
            for one in story.events
            if one.account == named
        ]
    return found


def by_of(story: Story) -> dict[str, By]:
    """Return who wrote each post, by id; a history is its owner's."""
    return {f"cerita-{index:03d}": one.by for index, one in enumerate(story.posts)}


def _post(account: AccountTable, identity: str, told: PostTable) -> Post:
    return Post(
        platform=account.platform,
        account=account.handle,
        id=identity,
        created_at=told.at.replace(tzinfo=account.zone),
        text=told.text.strip(),
        kind=told.kind,
        app=told.app,
        is_repost=told.is_repost,
        links=told.links,
        media=tuple(Media(kind=one) for one in told.media),
        comments=tuple(
            Comment(one.text, one.author, one.at and one.at.replace(tzinfo=account.zone))
            for one in told.comments
        ),
    )


def history_of(story: Story, account: AccountTable) -> Iterator[Post]:
    """Yield the owner's earlier posts, oldest first; the same whenever they are made."""
    return posts_of(account, story.history, min(one.at for one in story.happenings))


def settings_of(story: Story) -> Settings:
    """Return what the operator would have told of the story's accounts."""
    return Settings(
        accounts=tuple(
            AccountSettings(
                platform=one.platform,
                account=one.handle,
                institution=one.institution,
                timezone=one.timezone,
                official=Official(numbers=one.numbers, domains=one.domains),
                announced=one.announced,
            )
            for one in story.accounts
        )
    )


def scanned(story: Story, pipeline: Pipeline, target: Path) -> ScanDocument:
    """Scan a story as an office would: its records in a file of the native format, read by the program.

    Args:
        story: what happened.
        pipeline: judges it.
        target: the file to write.
    """
    with target.open("wb") as stream:
        lines = writer("jsonl", stream)
        lines.write(records_of(story))
        lines.close()
    until = story.expect.until
    request = Request(
        paths=(target,),
        settings=settings_of(story),
        until=until.replace(tzinfo=story.account.zone) if until else None,
    )
    kinds = list(assembly.source_kinds().values())
    return scan(request, kinds, pipeline, assembly.reader_maker())


def show(paths: list[Path]) -> None:
    """Print what the program makes of stories: each account's state, each telling post's log-odds."""
    pipeline = assembly.pipeline()
    for path in paths:
        story = load(path)
        with tempfile.TemporaryDirectory() as folder:
            document = scanned(story, pipeline, Path(folder) / "posts.jsonl")
        lines = [f"== {path.stem}: {story.expect.caught_at or 'silence'} {story.needs or ''}"]
        for account in document.accounts:
            zone = next(one for one in story.accounts if one.handle == account.account).zone
            lines.append(f"   {account.account} {account.state} {account.probability:.3f}")
            lines += [
                f"     incident {one.detected_at.astimezone(zone)} {one.categories}"
                for one in account.incidents
            ]
        judged = {
            post.id: post for one in document.accounts for post in (*one.flagged, *one.doubtful)
        }
        for identity, post in zip(by_of(story), story.posts, strict=True):
            if found := judged.pop(identity, None):
                said = f"{found.verdict:8} {found.log_odds:6.2f}"
            elif post.by == "stranger":
                (alone,) = pipeline.explain_texts([post.text])
                said = f"passed   {alone.log_odds:6.2f} by its text alone,"
            else:
                continue
            lines.append(f"     {post.by:8} {said} {post.text.strip()[:60]!r}")
        lines += [
            f"     history  {post.verdict:8} {post.log_odds:6.2f} {post.text[:60]!r}"
            for post in judged.values()
        ]
        print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    show([Path(one) for one in sys.argv[1:]] or sorted(FOLDER.glob("*.toml")))
