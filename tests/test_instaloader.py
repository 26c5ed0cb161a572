"""Instaloader's folders: packed or not, with what lies beside; bombs refused."""

from __future__ import annotations

import json
import lzma
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detector.errors import ExportFormatError
from detector.records import Page, Post
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources.instaloader import Instaloader

NOON = datetime(2023, 3, 14, 2, 5, tzinfo=UTC)
STAMP = int(NOON.timestamp())
STEM = "2023-03-14_02-05-00_UTC"


def node(text: str | None = "Halo", **more: Any) -> dict[str, Any]:
    edges = [] if text is None else [{"node": {"text": text}}]
    return {
        "__typename": "GraphImage",
        "id": "3057750000000000001",
        "shortcode": "CpwH4CDgAAB",
        "taken_at_timestamp": STAMP,
        "owner": {"id": "51", "username": "kpurekaan"},
        "edge_media_to_caption": {"edges": edges},
        **more,
    }


def save(path: Path, tree: Any, kind: str = "Post") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"node": tree, "instaloader": {"version": "4.10", "node_type": kind}}
    raw = json.dumps(whole).encode()
    if path.suffix == ".xz":
        raw = lzma.compress(raw, check=lzma.CHECK_NONE)
    path.write_bytes(raw)


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert Instaloader.recognises(archive)
    pages = list(Instaloader.open(archive, account=account).pages())
    for page in pages:
        told = len(page.posts) + len(page.rejected) + page.duplicates + page.ignored
        assert told == page.records
    return pages


def posts(path: Path, account: str | None = None) -> list[Post]:
    return [post for page in read(path, account) for post in page.posts]


def reasons(pages: list[Page]) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in pages for one in page.rejected]


@pytest.mark.parametrize("ending", [".json", ".json.xz"])
def test_a_post_is_read_packed_or_not(tmp_path: Path, ending: str) -> None:
    save(tmp_path / "kpurekaan" / f"{STEM}{ending}", node(location={"name": "Kantor"}))
    (post,) = posts(tmp_path)
    assert (post.account, post.id, post.created_at) == ("kpurekaan", "CpwH4CDgAAB", NOON)
    assert (post.text, post.location) == ("Halo", "Kantor")
    assert post.where == f"kpurekaan/{STEM}{ending}#0"
    assert post.url == "https://www.instagram.com/p/CpwH4CDgAAB/"


def test_a_single_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    save(tmp_path / "kiriman.json.xz", node())
    assert [post.text for post in posts(tmp_path / "kiriman.json.xz")] == ["Halo"]


def test_the_apps_own_item_stands_in_for_what_the_node_lacks(tmp_path: Path) -> None:
    app = {
        "code": "DCmlPEzgAAB", "taken_at": STAMP, "caption": {"text": "Dari aplikasi"},
        "user": {"username": "kpurekaan"}, "product_type": "clips", "media_type": 2,
        "location": {"lat": -6.914744, "lng": 107.60981},
    }  # fmt: skip
    save(tmp_path / f"{STEM}.json", {"caption": None, "iphone_struct": app})
    (post,) = posts(tmp_path)
    assert (post.id, post.text, post.kind) == ("DCmlPEzgAAB", "Dari aplikasi", "reel")
    assert (post.account, post.location) == ("kpurekaan", "-6.91,107.61")
    assert [one.kind for one in post.media] == ["video"]


def test_a_missing_caption_is_taken_from_the_text_beside_it(tmp_path: Path) -> None:
    save(tmp_path / f"{STEM}.json.xz", node(None))
    (tmp_path / f"{STEM}.txt").write_text("baris satu\nbaris dua\n", encoding="utf-8")
    save(tmp_path / "2023-03-15_02-05-00_UTC.json.xz", node("Sendiri", shortcode="Clain000001"))
    (tmp_path / "2023-03-15_02-05-00_UTC.txt").write_text("lain", encoding="utf-8")
    assert [post.text for post in posts(tmp_path)] == ["baris satu\nbaris dua", "Sendiri"]


def test_media_beside_it_are_noted_and_a_films_cover_is_not(tmp_path: Path) -> None:
    children = {"edges": [{"node": {"is_video": False}}] * 3}
    save(tmp_path / f"{STEM}.json.xz", node(edge_sidecar_to_children=children))
    for ending in ("_1.jpg", "_2.jpg", "_2.mp4", "_10.webp"):
        (tmp_path / f"{STEM}{ending}").write_bytes(b"12345")
    (post,) = posts(tmp_path)
    assert [(one.kind, one.path, one.size) for one in post.media] == [
        ("photo", f"{STEM}_1.jpg", 5),
        ("video", f"{STEM}_2.mp4", 5),
        ("photo", f"{STEM}_10.webp", 5),
    ]


def test_children_tell_the_media_where_no_file_does(tmp_path: Path) -> None:
    children = {"edges": [{"node": {"is_video": False}}, {"node": {"is_video": True}}]}
    children["edges"][0]["node"]["display_url"] = True
    save(tmp_path / f"{STEM}.json", node(edge_sidecar_to_children=children))
    (post,) = posts(tmp_path)
    assert [(one.kind, one.path) for one in post.media] == [("photo", None), ("video", None)]


def test_comments_come_from_the_file_beside_it_or_the_node(tmp_path: Path) -> None:
    said = {"text": "Hadir", "created_at": STAMP, "owner": {"username": "warga"}}
    save(tmp_path / f"{STEM}.json", node(edge_media_to_comment={"edges": [{"node": said}]}))
    assert [one.text for one in posts(tmp_path)[0].comments] == ["Hadir"]
    answered = {**said, "text": "Min?", "answers": [{**said, "text": "Ya"}]}
    (tmp_path / f"{STEM}_comments.json").write_text(json.dumps([answered]), encoding="utf-8")
    (post,) = posts(tmp_path)
    assert [(one.text, one.author, one.created_at) for one in post.comments] == [
        ("Min?", "warga", NOON),
        ("Ya", "warga", NOON),
    ]


def test_a_damaged_file_of_comments_does_not_cost_the_post(tmp_path: Path) -> None:
    save(tmp_path / f"{STEM}.json", node())
    (tmp_path / f"{STEM}_comments.json").write_bytes(b'[{"text": ')
    (page,) = read(tmp_path)
    assert [post.text for post in page.posts] == ["Halo"]
    assert reasons([page]) == [(f"{STEM}_comments.json", "is not whole JSON: damaged or cut off")]


def test_stories_are_posts_and_profiles_are_ignored(tmp_path: Path) -> None:
    story = {"__typename": "GraphStoryVideo", "id": "3505857470117445633", "is_video": True}
    story |= {"taken_at_timestamp": STAMP, "owner": {"username": "kpurekaan"}}
    save(tmp_path / f"{STEM}.json.xz", story, "StoryItem")
    save(tmp_path / "kpurekaan_51.json.xz", {"username": "kpurekaan", "biography": "x"}, "Profile")
    save(tmp_path / "iterator_x.json.xz", {"query_hash": "x"}, "FrozenNodeIterator")
    (page,) = read(tmp_path)
    assert page.ignored == 2
    assert [(one.kind, one.id) for one in page.posts] == [("story", "DCnTstTgAAB")]
    assert page.posts[0].url == "https://www.instagram.com/stories/kpurekaan/3505857470117445633/"


def test_a_tree_may_hold_many_accounts_oldest_first(tmp_path: Path) -> None:
    for index, owner in enumerate(["satu", "dua", "satu"]):
        tree = node(
            shortcode=f"C{index:010}", taken_at_timestamp=STAMP - index, owner={"username": owner}
        )
        save(tmp_path / owner / f"{index}.json", tree)
    found = posts(tmp_path, account="kantor")
    assert [one.account for one in found] == ["satu", "dua", "satu"]
    assert [one.created_at for one in found] == sorted(one.created_at for one in found)


@pytest.mark.parametrize(("given", "account"), [(None, "kpurekaan"), ("@kantor", "kantor")])
def test_without_an_owner_the_caller_or_the_folder_names_the_account(
    tmp_path: Path, given: str | None, account: str
) -> None:
    save(tmp_path / "kpurekaan" / f"{STEM}.json", node(owner={"id": "51"}))
    assert [post.account for post in posts(tmp_path, given)] == [account]


def test_a_post_collected_twice_is_given_once(tmp_path: Path) -> None:
    save(tmp_path / "kpurekaan" / f"{STEM}.json.xz", node())
    save(tmp_path / "#tagar" / f"{STEM}.json.xz", node())
    (page,) = read(tmp_path)
    assert (len(page.posts), page.duplicates) == (1, 1)


def test_every_folder_is_an_export_of_its_own(tmp_path: Path) -> None:
    for owner in ("satu", "dua"):
        save(tmp_path / owner / f"{STEM}.json.xz", node())
        (tmp_path / owner / f"{STEM}.jpg").write_bytes(b"x")
    found = group([tmp_path], [Instaloader.marks])
    assert [one.path.name for one in found.archives] == ["dua", "satu"]


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (node(taken_at_timestamp=None), "has no time"),
        (node(taken_at_timestamp=86_400), "its time is in the year 1970"),
        (node(taken_at_timestamp={}), "its time is neither a text nor a number"),
        (node(caption=["x"]), "its text is no text"),
        ("x", "holds no node"),
    ],
)
def test_what_cannot_be_a_post_says_why(tmp_path: Path, odd: Any, why: str) -> None:
    save(tmp_path / "1.json", node())
    save(tmp_path / "2.json", odd)
    assert reasons(read(tmp_path)) == [("2.json#0", why)]


@pytest.mark.parametrize(
    "odd",
    [
        {
            "owner": 3,
            "iphone_struct": [],
            "location": "x",
            "edge_sidecar_to_children": {"edges": 1},
        },
        {"edge_media_to_comment": {"edges": [1, {"node": 2}]}, "shortcode": 5, "__typename": 1},
    ],
)
def test_values_of_wrong_types_beside_the_post_do_no_harm(
    tmp_path: Path, odd: dict[str, Any]
) -> None:
    save(tmp_path / "1.json", node(**odd))
    assert [post.text for post in posts(tmp_path)] == ["Halo"]


def bomb() -> bytes:
    packer = lzma.LZMACompressor(check=lzma.CHECK_NONE)
    pieces = [packer.compress(b'{"node": {"shortcode": "')]
    pieces += [packer.compress(bytes(1 << 20)) for _ in range(40)]
    return b"".join([*pieces, packer.flush()])


def test_a_packed_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / f"{STEM}.json.xz").write_bytes(bomb())
    archive = Archive.of(tmp_path)
    with pytest.raises(ExportFormatError, match=r"unpacks to more than 32 MiB"):
        list(Instaloader.open(archive).pages())


def test_a_packing_that_wants_too_much_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / f"{STEM}.json.xz", node())
    save(tmp_path / "1.json", node(shortcode="Clain000001"))
    monkeypatch.setattr("detector.sources._instaloader._MEMORY", 1 << 20)
    assert reasons(read(tmp_path)) == [(f"{STEM}.json.xz", "is damaged or cut off")]


def test_damage_costs_only_its_own_file(tmp_path: Path) -> None:
    save(tmp_path / "1.json.xz", node())
    whole = (tmp_path / "1.json.xz").read_bytes()
    (tmp_path / "2.json.xz").write_bytes(whole[:-30])
    (tmp_path / "3.json.xz").write_bytes(b"no xz at all")
    (tmp_path / "4.json").write_bytes(b'{"node": {"shortcode"')
    pages = read(tmp_path)
    assert [post.where for page in pages for post in page.posts] == ["1.json.xz#0"]
    assert [where for where, _ in reasons(pages)] == ["2.json.xz", "3.json.xz", "4.json"]


def test_the_only_file_when_damaged_is_an_error(tmp_path: Path) -> None:
    (tmp_path / f"{STEM}.json.xz").write_bytes(b"no xz at all")
    with pytest.raises(ExportFormatError, match=rf"{STEM}\.json\.xz: is damaged") as caught:
        list(Instaloader.open(Archive.of(tmp_path)).pages())
    assert "\n" not in str(caught.value)


def test_texts_and_pictures_alone_are_not_recognised(tmp_path: Path) -> None:
    (tmp_path / f"{STEM}.txt").write_text("Halo", encoding="utf-8")
    (tmp_path / f"{STEM}.jpg").write_bytes(b"x")
    archive = Archive.of(tmp_path)
    assert not Instaloader.recognises(archive)
    with pytest.raises(ExportFormatError, match=r"no metadata of instaloader"):
        Instaloader.open(archive)


@pytest.mark.parametrize("content", ["{}", '{"node": {"x": 1}}', '[{"node": {}}]', "x"])
def test_other_json_is_not_recognised(tmp_path: Path, content: str) -> None:
    (tmp_path / f"{STEM}.json").write_text(content, encoding="utf-8")
    assert not Instaloader.recognises(Archive.of(tmp_path))
