"""WhatsApp's exported text: both systems' lines, any locale's dates, and no private talk."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from detector.errors import ExportFormatError
from detector.records import AccountEvent, Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources.whatsapp_channel import WhatsappChannel

NAME = "Kanal KPU"
ANDROID = "21/11/24 01.14 - Kanal KPU: "
IPHONE = "[21/11/24 01.14.05] Kanal KPU: "


def write(folder: Path, text: str, name: str = "_chat.txt") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert WhatsappChannel.recognises(archive)
    found = list(WhatsappChannel.open(archive, account=account).pages())
    for page in found:
        told = len(page.posts) + len(page.events) + len(page.rejected)
        assert told + page.ignored + page.duplicates == page.records
    return found


def posts(path: Path, account: str | None = None) -> list[Post]:
    return [post for page in read(path, account) for post in page.posts]


def events(path: Path) -> list[AccountEvent]:
    return [event for page in read(path) for event in page.events]


ARABIC_DAY = "\u0662\u0661\u200f/\u0661\u0661\u200f/\u0662\u0660\u0662\u0664\u060c"


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("[21/11/24 01.14.05] ", "2024-11-21T01:14:05"),
        ("[21/11/2024, 01:14:05] ", "2024-11-21T01:14:05"),
        ("\u200e[21/11/24, 1:14:05\u202fPM] ", "2024-11-21T13:14:05"),
        ("21/11/24 01.14 - ", "2024-11-21T01:14:00"),
        ("21/11/24, 01.14 - ", "2024-11-21T01:14:00"),
        ("21/11/24 pukul 01.14 - ", "2024-11-21T01:14:00"),
        ("11/21/24, 1:14\u202fAM - ", "2024-11-21T01:14:00"),
        ("11/21/24, 12:14 am - ", "2024-11-21T00:14:00"),
        ("11/21/24, 12:14 p.m. - ", "2024-11-21T12:14:00"),
        ("21.11.24, 01:14 - ", "2024-11-21T01:14:00"),
        ("21-11-2024 01:14 - ", "2024-11-21T01:14:00"),
        ("2024-11-21, 01:14 - ", "2024-11-21T01:14:00"),
        ("21/11/2024 \u00e0s 01:14 - ", "2024-11-21T01:14:00"),
        ("21/11/2024, 1:14 PG - ", "2024-11-21T01:14:00"),
        ("21/11/2024, 1:14 PTG. - ", "2024-11-21T13:14:00"),
        ("21/11/2024, 12:14 TGH - ", "2024-11-21T12:14:00"),
        ("\u200e[21/11/24 1.14.05\u202fPM] ", "2024-11-21T13:14:05"),
        ("21/11/24, 1:14\u202fp.\u00a0m. - ", "2024-11-21T13:14:00"),
        (f"{ARABIC_DAY} \u0661:\u0661\u0664\u202f\u0645 - ", "2024-11-21T13:14:00"),
        (f"\u200f[{ARABIC_DAY} \u0661:\u0661\u0664:\u0660\u0665 \u0635] ", "2024-11-21T01:14:05"),
        ("21\u200f/11\u200f/2024, 1:14 \u0645 - ", "2024-11-21T13:14:00"),
        (
            "\u06f2\u06f0\u06f2\u06f4/\u06f1\u06f1/\u06f2\u06f1, \u06f0\u06f1:\u06f1\u06f4 - ",
            "2024-11-21T01:14:00",
        ),
        ("2024/11/21 \u4e0b\u53481:14 - ", "2024-11-21T13:14:00"),
        ("2024. 11. 21. 01:14 - ", "2024-11-21T01:14:00"),
        ("21/11/24 01.14 \u2013 ", "2024-11-21T01:14:00"),
        ("2024년 11월 21일 오후 1:14 - ", "2024-11-21T13:14:00"),
        ("[2024. 11. 21. 오전 1:14:05] ", "2024-11-21T01:14:05"),
        ("2024年11月21日 上午1:14 - ", "2024-11-21T01:14:00"),
        ("2024/11/21 午後1:14 - ", "2024-11-21T13:14:00"),
        ("21/11/2024 ÖS 1:14 - ", "2024-11-21T13:14:00"),
        ("21/11/2024, 1:14 CH - ", "2024-11-21T13:14:00"),
        ("[21/11/24, 1:14:05 μ.μ.] ", "2024-11-21T13:14:05"),
        ("21/11/2024 à 01:14 - ", "2024-11-21T01:14:00"),
        ("21.11.2024 klo 1.14 - ", "2024-11-21T01:14:00"),
        ("21.11.24 г., 1:14 ч. - ", "2024-11-21T01:14:00"),
        ("21/11/2567 01:14 - ", "2024-11-21T01:14:00"),
    ],
)
def test_heads_of_both_systems_and_all_locales(tmp_path: Path, line: str, at: str) -> None:
    (post,) = posts(write(tmp_path, f"{line}{NAME}: Halo: warga\n"))
    assert post.created_at.isoformat() == f"{at}+00:00"
    assert post.time_quality is TimeQuality.LOCAL
    assert (post.account, post.text) == (NAME, "Halo: warga")


@pytest.mark.parametrize(
    ("days", "months"),
    [
        (("03/04/24", "13/04/24"), [4, 4]),
        (("03/04/24", "04/13/24"), [3, 4]),
        (("03/04/24", "05/04/24"), [4, 4]),
        (("11/09/24", "11/12/24", "12/01/24"), [11, 11, 12]),
        (("01/02/24",), [2]),
    ],
)
def test_day_and_month_are_told_by_the_whole_file(
    tmp_path: Path, days: tuple[str, ...], months: list[int]
) -> None:
    text = "".join(f"{day}, 01:14 - {NAME}: Halo {day}\n" for day in days)
    assert [post.created_at.month for post in posts(write(tmp_path, text))] == months


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_that_go_on_belong_to_the_message(tmp_path: Path, end: str) -> None:
    text = end.join(
        [
            f"{IPHONE}Jadwal:",
            "",
            "12/11 rapat - pleno: pagi",
            "[penting] hadir",
            f"{IPHONE}Lain",
            "",
        ]
    )
    assert {post.text for post in posts(write(tmp_path, text))} == {
        "Jadwal:\n\n12/11 rapat - pleno: pagi\n[penting] hadir", "Lain",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "media"),
    [
        ("<Media omitted>", "", [("other", None)]),
        ("<M\u00eddia oculta>", "", [("other", None)]),
        ("<klaim saldo gratis sekarang>", "<klaim saldo gratis sekarang>", []),
        ("<Media tidak disertakan>\nPengumuman", "Pengumuman", [("other", None)]),
        ("\u200eimage omitted", "", [("photo", None)]),
        ("\u200evideo tidak disertakan", "", [("video", None)]),
        ("IMG-1.jpg (file terlampir)\nPosko", "Posko", [("photo", "IMG-1.jpg")]),
        ("\u200e<attached: 04-VIDEO.mp4>", "", [("video", "04-VIDEO.mp4")]),
        ("<terlampir: surat edaran.pdf>", "", [("file", "surat edaran.pdf")]),
        ("Ralat \u200e<This message was edited>", "Ralat", []),
        ("Ralat <Pesan ini diedit>", "Ralat", []),
        ("<attached: ../../x.jpg>", "<attached: ../../x.jpg>", []),
    ],
)
def test_files_and_edits_are_no_words(
    tmp_path: Path, text: str, words: str, media: list[tuple[str, str | None]]
) -> None:
    (post,) = posts(write(tmp_path, f"{ANDROID}{text}\n"))
    assert post.text == words
    assert [(one.kind, one.path) for one in post.media] == media


def test_files_in_the_archive_have_their_size(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Kanal KPU.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("_chat.txt", f"{IPHONE}\u200e<attached: 04-PHOTO.jpg>\n")
        packed.writestr("04-PHOTO.jpg", b"12345")
    (post,) = posts(path)
    assert [(one.path, one.size) for one in post.media] == [("04-PHOTO.jpg", 5)]


@pytest.mark.parametrize(
    ("line", "kind", "details"),
    [
        ('mengubah nama grup dari "Lama" menjadi "Baru: 0812-0000-2402"', "name_changed", {"from": "Lama", "to": "Baru: ***402"}),
        ("changed the subject to “Saldo gratis”", "name_changed", {"to": "Saldo gratis"}),
        ("mengubah ikon grup ini", "picture_changed", {}),
        ("changed this group's icon", "picture_changed", {}),
        ("changed the group description", "bio_changed", {}),
        ("sekarang admin", "role_changed", {}),
        ("is no longer an admin", "role_changed", {}),
        ("changed their phone number to a new number. Tap to message.", "phone_changed", {}),
    ],
)  # fmt: skip
def test_what_whatsapp_says_of_the_channel_is_an_event(
    tmp_path: Path, line: str, kind: str, details: dict[str, str]
) -> None:
    android = f"21/11/24 01.14 - {NAME} {line}\n{ANDROID}Halo\n"
    iphone = f"[21/11/24 01.14.05] {NAME}: \u200e{NAME} {line}\n{IPHONE}Halo\n"
    for text in (android, iphone):
        path = write(tmp_path, text)
        assert [(one.kind, one.details) for one in events(path)] == [(kind, details)]
        assert [post.text for post in posts(path)] == ["Halo"]


@pytest.mark.parametrize(
    "line",
    [
        "Messages and calls are end-to-end encrypted. Only people in this chat can read them.",
        "Pesan dan panggilan terenkripsi secara end-to-end.", "Anda membuat saluran ini", "Warga bergabung",
    ],
)  # fmt: skip
def test_what_else_it_says_is_ignored(tmp_path: Path, line: str) -> None:
    text = f"21/11/24 01.13 - {line}\n{ANDROID}Halo\n[21/11/24 01.14.05] {NAME}: \u200e{line}\n"
    (page,) = read(write(tmp_path, text))
    assert (len(page.posts), page.ignored) == (1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "Kami menambahkan bonus! wa.me/6281200002402", "saldo bergabung di https://saldo.example",
        "kami keluar, hubungi 0812-0000-2402", "Warga bergabung\ndi sini",
    ],
)  # fmt: skip
def test_nobody_hides_a_post_behind_whatsapps_mark(tmp_path: Path, text: str) -> None:
    assert [post.text for post in posts(write(tmp_path, f"{IPHONE}\u200e{text}\n"))] == [text]


def test_a_deleted_message_is_ignored_and_a_repeated_one_given_once(tmp_path: Path) -> None:
    text = f"{IPHONE}\u200eThis message was deleted.\n{IPHONE}Pesan ini dihapus\n{IPHONE}Halo\n{IPHONE}Halo\n"
    (page,) = read(write(tmp_path, text))
    assert (len(page.posts), page.ignored, page.duplicates) == (1, 2, 1)


def test_a_chat_of_several_people_is_refused_unless_one_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, f"{ANDROID}Resmi\n21/11/24 01.15 - ~ Warga: RAHASIA-PRIBADI\n")
    with pytest.raises(ExportFormatError, match="2 people wrote") as caught:
        read(path)
    assert "Warga" not in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(ExportFormatError):
        read(path, "bukan siapa-siapa")
    (page,) = read(path, "kanal kpu")
    assert ([post.text for post in page.posts], page.ignored) == (["Resmi"], 1)
    assert "RAHASIA" not in repr(page)


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("Chat WhatsApp dengan Info BPBD.txt", "Info BPBD"), ("WhatsApp Chat with Clerk.txt", "Clerk"),
        ("_chat.txt", "***001"),
    ],
)  # fmt: skip
def test_a_number_is_not_given_as_the_accounts_name(
    tmp_path: Path, name: str, account: str
) -> None:
    path = write(tmp_path, "21/11/24 01.14 - +62 812-0000-0001: Halo\n", name)
    assert [post.account for post in posts(path)] == [account]
    assert [post.account for post in posts(path, "@bpbd")] == ["bpbd"]


def test_exported_chats_are_readable_and_other_talk_beside_them_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, f"{IPHONE}Halo\n")
    write(tmp_path, "RAHASIA-PRIBADI", "chat.txt")
    write(tmp_path / "chats", f"{IPHONE}RAHASIA-PRIBADI\n")
    touched: list[str] = []
    plainly = Archive.open

    def noting(archive: Archive, member: str) -> object:
        touched.append(member)
        return plainly(archive, member)

    monkeypatch.setattr(Archive, "open", noting)
    (page,) = read(tmp_path)
    assert [post.text for post in page.posts] == ["Halo"]
    assert set(touched) == {"_chat.txt"}


def test_several_channels_in_a_folder_are_accounts_of_their_own(tmp_path: Path) -> None:
    """A chat of several people among them is one rejected file."""
    write(tmp_path / "x", "21/11/24 01.14 - BPBD: Siaga\n", "WhatsApp Chat with BPBD.txt")
    write(tmp_path / "x", f"{ANDROID}Halo\n", "WhatsApp Chat with Kanal KPU.txt")
    write(tmp_path / "x", f"{ANDROID}a\n21/11/24 01.15 - B: b\n", "WhatsApp Chat with Warga.txt")
    (archive,), _ = group([tmp_path], [WhatsappChannel.marks])
    (page,) = read(archive.path)
    assert {(post.account, post.text) for post in page.posts} == {("BPBD", "Siaga"), (NAME, "Halo")}
    assert [str(one.where) for one in page.rejected] == ["WhatsApp Chat with Warga.txt"]


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        (f"judul\n{ANDROID}Halo\n", "_chat.txt#0", "stands before the first message"),
        (f"31/02/24 01.14 - {NAME}: x\n{ANDROID}Halo\n", "_chat.txt#0", "there is no 31.2.2024"),
        (f"{ANDROID}Halo\n21/11/24 99.14 - {NAME}: x\n", "_chat.txt#1", "there is no 21.11.2024, 99 o'clock"),
        (f"{ANDROID}Halo\n21/11/1999 01.14 - {NAME}: x\n", "_chat.txt#1", "its time is in the year 1999"),
        (f"{ANDROID}Halo\n21/11/9999 01.14 - {NAME}: x\n", "_chat.txt#1", "its time is in the year 9999"),
    ],
)  # fmt: skip
def test_a_message_that_cannot_be_read_says_why(
    tmp_path: Path, text: str, where: str, why: str
) -> None:
    (page,) = read(write(tmp_path, text))
    assert [str(one.where) for one in page.rejected] == [where]
    assert page.rejected[0].why.startswith(why)
    assert [post.text for post in page.posts] == ["Halo"]


def test_an_event_out_of_whatsapps_years_is_rejected(tmp_path: Path) -> None:
    text = f"{ANDROID}Halo\n21/11/1999 01.14 - {NAME} mengubah ikon grup ini\n"
    (page,) = read(write(tmp_path, text))
    assert [one.why for one in page.rejected] == ["its time is in the year 1999"]


@pytest.mark.parametrize(
    "text",
    ["Rapat pukul 01.14 - pleno: hadir\n", "Date: 2024-11-20 18:14:00 UTC\nLink: x\n", "", "21/11/24\n", "\x00" * 50],
)  # fmt: skip
def test_other_texts_are_not_taken(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text or "\n")
    assert not WhatsappChannel.recognises(Archive.of(path))
    with pytest.raises(ExportFormatError, match="no exported chat"):
        WhatsappChannel.open(Archive.of(path))


def test_what_whatsapp_tells_of_the_sender_in_the_senders_name_is_no_post(tmp_path: Path) -> None:
    text = (
        f"{IPHONE}Halo\n[21/11/24 02.14.05] {NAME}: \u200e{NAME} hat eine Nachricht fixiert.\n"
        f"[21/11/24 03.14.05] {NAME}: {NAME} membuka pendaftaran\n"
    )
    found = read(write(tmp_path, text))
    assert [one.text for page in found for one in page.posts] == [
        "Halo",
        f"{NAME} membuka pendaftaran",
    ]
    assert sum(page.ignored for page in found) == 1
