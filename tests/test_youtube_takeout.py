"""YouTube in Google Takeout: tables known by their columns, in folders of any language, and nothing else."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from detector.errors import ExportFormatError
from detector.records import Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources.youtube_takeout import YoutubeTakeout

MARKER = "RAHASIA-PRIBADI"
CHANNEL = "UCcontoh0000000000000001"
VIDEOS = (
    "Video ID", "Approx Duration (ms)", "Video Audio Language", "Video Category", "Video Description (Original)",
    "Channel ID", "Tag 1", "Tag 2", "Video Title (Original)", "Privacy", "Video State",
    "Video Create Timestamp", "Video Publish Timestamp",
)  # fmt: skip
SENTENCE = tuple(
    name if name == "Video ID" else name.capitalize().replace(" id", " ID") for name in VIDEOS
)
DUTCH = (
    "Video-id", "Duur (ms)", "Audiotaal van video", "Videocategorie", "Beschrijving (oorspronkelijk)",
    "Kanaal-id", "Tag 1", "Tag 2", "Titel (oorspronkelijk)", "Privacy", "Videostatus",
    "Tijdstempel van maken van video", "Tijdstempel van publiceren van video",
)  # fmt: skip
COMMENTS = (
    "Comment ID", "Channel ID", "Comment Create Timestamp", "Price", "Parent Comment ID", "Post ID", "Video ID",
    "Comment Text",
)  # fmt: skip
POSTS = ("Post ID", "Channel ID", "Post Create Timestamp", "Post Text")
HOME = "Takeout/YouTube and YouTube Music"
AT = "2024-11-20T18:14:00+00:00"


def video(number: str = "aB3dEfGh1_0", title: str = "Debat", text: str = "", *, privacy: str = "Public",
          state: str = "Processed", created: str = AT, published: str = AT) -> tuple[str, ...]:  # fmt: skip
    return (
        number,
        "1000",
        "id",
        "Berita",
        text,
        CHANNEL,
        "",
        "",
        title,
        privacy,
        state,
        created,
        published,
    )


def comment(under: str, text: str = "Halo", at: str = AT, post: str = "") -> tuple[str, ...]:
    return ("Ugx1", CHANNEL, at, "0", "", post, under, text)


def table(*rows: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def write(folder: Path, files: dict[str, str], encoding: str = "utf-8") -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
    return folder


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert YoutubeTakeout.recognises(archive)
    found = list(YoutubeTakeout.open(archive, account=account).pages())
    for page in found:
        told = len(page.posts) + len(page.events) + len(page.rejected)
        assert told + page.ignored + page.duplicates == page.records
    return found


def posts(path: Path, account: str | None = None) -> list[Post]:
    return [post for page in read(path, account) for post in page.posts]


def reasons(path: Path) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in read(path) for one in page.rejected]


@pytest.mark.parametrize("columns", [VIDEOS, SENTENCE, DUTCH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_columns_are_known_in_every_spelling(
    tmp_path: Path, columns: tuple[str, ...], encoding: str
) -> None:
    row = video(title="Debat 🎤", text="Baris satu\nBaris dua")
    write(tmp_path, {f"{HOME}/video metadata/videos.csv": table(columns, row)}, encoding)
    (post,) = posts(tmp_path)
    assert (post.id, post.text) == ("aB3dEfGh1_0", "Debat 🎤\n\nBaris satu\nBaris dua")
    assert post.created_at.isoformat() == AT
    assert (post.account, post.language, post.url) == (
        CHANNEL, "id", "https://www.youtube.com/watch?v=aB3dEfGh1_0",
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        f"{HOME}/video metadata/videos.csv", "YouTube und YouTube Music/Video-Metadaten/Videos.csv",
        "video metadata/videos(3).csv", "videos.csv", "apa saja.csv",
    ],
)  # fmt: skip
def test_any_folder_or_none_will_do(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "x", {name: table(VIDEOS, video())})
    assert len(posts(path if "/" in name else path / name)) == 1


def test_private_films_and_drafts_are_ignored_and_unlisted_ones_are_not(tmp_path: Path) -> None:
    rows = [
        video("1", privacy="Private"), video("2", privacy="Pribadi"), video("3", state="Draft"),
        video("4", privacy="Unlisted"),
    ]  # fmt: skip
    (page,) = read(write(tmp_path, {"videos.csv": table(VIDEOS, *rows)}))
    assert ([post.id for post in page.posts], page.ignored) == (["4"], 3)


def test_parts_overlap_and_the_time_is_that_of_publishing(tmp_path: Path) -> None:
    early = "2024-11-01T00:00:00.250000+00:00"
    write(tmp_path, {
        f"{HOME}/m/videos.csv": table(VIDEOS, video("1"), video("2", created=early, published="")),
        f"{HOME}/m/videos(1).csv": table(VIDEOS, video("1"), video("3", created=early)),
        f"{HOME}/m/video texts.csv": table(("Video ID", "Video Text Creation Timestamp"), ("1", AT)),
    })  # fmt: skip
    (page,) = read(tmp_path)
    assert [(post.id, post.time_quality) for post in page.posts] == [
        ("2", TimeQuality.EXACT_MS), ("1", TimeQuality.EXACT), ("3", TimeQuality.EXACT),
    ]  # fmt: skip
    assert (page.duplicates, page.records) == (1, 4)


@pytest.mark.parametrize(
    ("text", "words", "links"),
    [
        ('{"text":"Halo "},{"text":"di sini","link":{"linkUrl":"https://kpu.example"}}', "Halo di sini", ("https://kpu.example",)),
        ('{"takeoutSegments":[{"text":"Halo\\nwarga"}]}', "Halo\nwarga", ()),
        ("Teks polos, dua\nbaris", "Teks polos, dua\nbaris", ()),
        ("{bukan JSON", "{bukan JSON", ()),
        ('{"text":5}', '{"text":5}', ()),
        ("[1]", "[1]", ()),
        ("", "", ()),
    ],
)  # fmt: skip
def test_community_posts_in_pieces_or_plain(
    tmp_path: Path, text: str, words: str, links: tuple[str, ...]
) -> None:
    rows = table(POSTS, ("Ugkx1", CHANNEL, AT, text))
    (post,) = posts(write(tmp_path, {f"{HOME}/posts/posts.csv": rows}))
    assert (post.id, post.text, post.links) == ("Ugkx1", words, links)
    assert post.url == "https://www.youtube.com/post/Ugkx1"


def test_own_comments_stand_beside_own_films_and_posts_only(tmp_path: Path) -> None:
    write(tmp_path, {
        f"{HOME}/channels/channel.csv": table(("Channel ID", "Channel title (Original)", "Channel visibility"), (CHANNEL, "KPU Rekaan", "Public")),
        f"{HOME}/v/videos.csv": table(VIDEOS, video("1")),
        f"{HOME}/posts/posts.csv": table(POSTS, ("Ugkx1", CHANNEL, AT, "Kuis")),
        f"{HOME}/comments/comments.csv": table(
            COMMENTS, comment("1", '{"text":"Sematan"}'), comment("lain", MARKER), comment("", "Balas", post="Ugkx1"),
            comment("1", "kapan?", at="besok"),
        ),
    })  # fmt: skip
    (page,) = read(tmp_path)
    assert [[(one.text, one.author) for one in post.comments] for post in page.posts] == [
        [("Sematan", "KPU Rekaan")], [("Balas", "KPU Rekaan")],
    ]  # fmt: skip
    assert MARKER not in repr(page)
    assert (page.ignored, len(page.rejected)) == (3, 1)


def test_each_channel_has_its_own_title_unless_the_caller_names_one(tmp_path: Path) -> None:
    other = (*video("2")[:5], "UCcontoh2", *video("2")[6:])
    write(tmp_path, {
        f"{HOME}/k/channel.csv": table(("Channel ID", "Channel Country", "Channel Title (Original)"), (CHANNEL, "ID", "KPU"), ("UCcontoh2", "ID", "Humas")),
        f"{HOME}/v/videos.csv": table(VIDEOS, video("1"), other),
    })  # fmt: skip
    assert [post.account for post in posts(tmp_path)] == ["KPU", "Humas"]
    assert {post.account for post in posts(tmp_path, "@resmi")} == {"resmi"}


def test_a_film_in_the_takeout_is_found_by_its_title(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            f"{HOME}/v/videos.csv": table(
                VIDEOS, video(title="Debat: siapa? (1)"), video("2", "Lain")
            )
        },
    )
    write(tmp_path, {f"{HOME}/videos/Debat_ siapa_.mp4": "12345"})
    found = [[(one.path, one.size) for one in post.media] for post in posts(tmp_path)]
    assert found == [[(f"{HOME}/videos/Debat_ siapa_.mp4", 5)], [(None, None)]]


def test_nothing_outside_youtube_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = table(VIDEOS, video())
    write(
        tmp_path,
        {f"{HOME}/video metadata/videos.csv": own, f"{HOME}/history/watch-history.json": MARKER},
    )
    secret = table(VIDEOS, video(MARKER, MARKER))
    for name in (
        "Mail/All mail.mbox",
        "Google Chat/Groups/x.csv",
        "My Activity/videos.csv",
        "Drive/videos.csv",
    ):
        write(tmp_path, {f"Takeout/{name}": secret})
    touched: list[str] = []
    plainly = Archive.open

    def noting(archive: Archive, member: str) -> object:
        touched.append(member)
        return plainly(archive, member)

    monkeypatch.setattr(Archive, "open", noting)
    assert MARKER not in repr(read(tmp_path))
    assert set(touched) == {f"{HOME}/video metadata/videos.csv"}


def test_a_takeout_without_youtube_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"Takeout/Drive/videos.csv": table(VIDEOS, video())})
    monkeypatch.delattr(Archive, "open")
    assert not YoutubeTakeout.recognises(Archive.of(tmp_path))
    with pytest.raises(ExportFormatError, match="without videos or posts"):
        YoutubeTakeout.open(Archive.of(tmp_path))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (video(""), "has no id"),
        (video(created="", published=""), "has no time"),
        (video(published="besok"), "time 'besok' is not understood"),
        (video(published="2150-01-01T00:00:00+00:00"), "its time is in the year 2150"),
        (video(published="2001-01-01T00:00:00+00:00"), "its time is in the year 2001"),
        ((*video(), "sisa"), "has 14 cells under 13 names"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(tmp_path: Path, row: tuple[str, ...], why: str) -> None:
    ((where, reason),) = reasons(write(tmp_path, {"videos.csv": table(VIDEOS, row, video())}))
    assert where == "videos.csv#0"
    assert reason.startswith(why)


def test_a_zip_is_read_like_its_folder_and_a_folder_is_one_export(tmp_path: Path) -> None:
    path = tmp_path / "takeout-20241121T000000Z-001.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{HOME}/v/videos.csv", table(VIDEOS, video()))
    write(tmp_path / "lain", {f"{HOME}/v/videos.csv": table(VIDEOS, video("2"))})
    found, errors = group([tmp_path], [YoutubeTakeout.marks])
    assert not errors
    assert sorted(post.id for one in found for post in posts(one.path)) == ["2", "aB3dEfGh1_0"]


@pytest.mark.parametrize(
    "columns",
    [
        ("id", "created_at", "text"),
        ("Video ID", "Song Title", "Album Title"),
        ("Video ID", "Playlist Video Creation Timestamp"),
        ("Channel Id", "Channel Url", "Channel Title"),
        ("Live Chat ID", "Channel ID", "Live Chat Create Timestamp", "Video ID", "Live Chat Text"),
        ("Date", "ShareLink", "ShareCommentary"),
        ("title", "description", "privacy"),
    ],
)
def test_other_tables_are_not_taken(tmp_path: Path, columns: tuple[str, ...]) -> None:
    write(tmp_path, {"videos.csv": table(columns, tuple("x" for _ in columns))})
    assert not YoutubeTakeout.recognises(Archive.of(tmp_path))
