"""The names other programs give to a post's fields."""

from __future__ import annotations

from typing import Final, cast

import msgspec

from detector.sources._values import READERS

_SPELLINGS: Final = {
    "text": (
        "fulltext text caption message content body posttext postbody postbodytext posttextbody postdatatext"
        " messagetext tweet tweettext description videodescription captiontext"
    ),
    "created_at": (
        "createdat dateposted unixtimestamp timestamputc timestamp takenat takenattimestamp publishedat publishtime"
        " createdtime creationtime createtime postedat postcreated createdutc datetime date time created"
        " published at"
    ),
    "id": "id idstr postid tweetid statusid mediaid itemid shortcode code platformid",
    "platform": "platform network",
    "account": (
        "account accounthandle accountusername handle username ownerusername authorusername userusername userscreenname"
        " screenname postownerusername postowner authormeta authorhandle channelusername channelhandle author user pagename userlabel"
        " channelname accountname owner channeluid userposted profileusername"
    ),
    "url": "url permalink permalinkurl posturl webvideourl postlink tweetpermalink videourl link webpageurl mclurl",
    "app": "app source client sourceapp via",
    "language": "language lang",
    "in_reply_to": "inreplyto inreplytostatusid inreplytostatusidstr inreplytoid replyto parentid",
    "is_repost": "isrepost isretweet repost retweet",
    "links": "links urls expandedlinks outlinks finallink",
    "media": "media mediaurls images imageurls attachments",
    "location": "location locationname place venue",
    "comments": "comments latestcomments",
    "kind": "kind",
    "event": "event",
    "details": "details",
    "time_quality": "timequality",
}
"""Field to its spellings, the most telling first; without capitals, spaces, dots and dashes."""
_FIELD_OF: Final = {
    spelling: (field, rank)
    for field, spellings in _SPELLINGS.items()
    for rank, spelling in enumerate(spellings.split())
}
_TELLING: Final = dict.fromkeys(
    ("tweetid", "edithistorytweetids", "retweetcount", "publicmetricsretweetcount"), "x"
)
"""Fields that only one platform's posts have."""
_SEPARATORS: Final = str.maketrans("", "", " _.-/\ufeff")
_CORE: Final = ("text", "created_at", "id", "platform", "account")


class Table(msgspec.Struct, frozen=True):
    """A table of a known program whose columns mean something else than their names say elsewhere."""

    marks: frozenset[str]
    """Columns that together no other has."""
    fields: dict[str, str]
    platform: str = ""
    is_timed_by_id: bool = False
    """Whether it tells only the day of a post, and the number in its address the time."""


_TABLES: Final = (
    # X Analytics since 2024.
    Table(
        frozenset({"postid", "posttext", "postlink", "impressions"}),
        {"created_at": "date", "text": "posttext", "id": "postid", "url": "postlink"},
        "x",
        is_timed_by_id=True,
    ),
    *[
        # Meta Business Suite: Instagram's captions stand in the description, Facebook's in the title.
        Table(
            frozenset({own, at, link, kind}),
            {
                "created_at": at, "text": text, "title": title, "id": own, "account": who,
                "url": link, "kind": kind,
            },
        )
        for own, at, link, kind, text, title, who in (
            ("postid", "publishtime", "permalink", "posttype", "description", "title",
             "accountusername pagename accountname"),
            ("idpostingan", "waktupenerbitan", "permalink", "jenispostingan", "deskripsi", "judul",
             "namapenggunaakun namahalaman namaakun"),
            ("beitragsid", "veröffentlichungszeitpunkt", "permalink", "beitragstyp", "beschreibung",
             "titel", "kontobenutzername seitenname kontoname"),
            ("identificaçãodapublicação", "horáriodepublicação", "linkpermanente", "tipodepublicação",
             "descrição", "título", "nomedeusuáriodaconta nomedapágina nomedaconta"),
        )
    ],
    # TikTok Studio, whose times may lack the year.
    Table(
        frozenset({"videotitle", "videolink", "posttime"}),
        {"created_at": "posttime", "text": "videotitle", "url": "videolink"},
        "tiktok",
        is_timed_by_id=True,
    ),
    # YouTube Data Tools; its captions are subtitles.
    Table(
        frozenset({"videoid", "videotitle", "videodescription", "publishedat"}),
        {
            "created_at": "publishedat", "text": "videodescription", "title": "videotitle",
            "id": "videoid", "account": "channeltitle channelid",
        },
        "youtube",
    ),
    # TikTok's Research API.
    Table(
        frozenset({"videodescription", "createtime", "regioncode"}),
        {
            "created_at": "createtime", "text": "videodescription", "id": "videoid id",
            "account": "username authorname", "url": "videourl",
        },
        "tiktok",
    ),
    # CrowdTangle's API, whose own ids were another thing.
    Table(
        frozenset({"platformid", "posturl", "date", "account"}),
        {"created_at": "date", "text": "message description", "id": "platformid", "url": "posturl"},
    ),
    # PhantomBuster: the caption is what Instagram's machine sees in the picture, the timestamp its own.
    Table(
        frozenset({"pubdate", "posturl", "description", "likecount"}),
        {"created_at": "pubdate", "text": "description", "id": "postid", "url": "posturl"},
    ),
    # Bright Data: its timestamp is when it looked.
    Table(
        frozenset({"dateposted", "postid"}),
        {
            "created_at": "dateposted", "text": "content description posttext", "id": "shortcode postid",
            "account": "userposted profileusername pagename useruusernameraw",
        },
    ),
)  # fmt: skip


class Plan(msgspec.Struct, frozen=True):
    """Which of a record's own keys holds which field."""

    text: str | None
    created_at: str | None
    id: str | None
    platform: str | None
    account: str | None
    event: tuple[str, ...]
    """Keys that may say that the record is no post but an account event."""
    extras: tuple[tuple[str, str], ...]
    """(field, key) of everything that is optional."""
    implied: str
    """The platform that the names of its fields tell; empty when they do not."""
    title: str | None
    """Of a table that has the heading of a post beside its text."""
    is_timed_by_id: bool
    core: tuple[str, str, str, str, str] | None
    """Keys of text, time, id, platform and account, when all are there and the record is a post."""


def plan_of(keys: tuple[str, ...]) -> Plan:
    """Find the fields among a record's keys; of several spellings the most telling counts.

    Examples:
        >>> plan = plan_of(("Post ID", "Caption", "author.username", "Post Created", "Likes"))
        >>> plan.id, plan.text, plan.account, plan.created_at
        ('Post ID', 'Caption', 'author.username', 'Post Created')
    """
    best: dict[str, tuple[int, str]] = {}
    plain: dict[str, str] = {}
    for key in keys:
        plain.setdefault(_plain(key), key)
        field, rank = _FIELD_OF.get(_plain(key), ("", 0))
        if field and (field not in best or rank < best[field][0]):
            best[field] = rank, key
    found = {field: key for field, (_, key) in best.items()}
    table = next((one for one in _TABLES if plain.keys() >= one.marks), None)
    if table:
        for field, spellings in table.fields.items():
            if key := next((plain[one] for one in spellings.split() if one in plain), ""):
                found[field] = key
    core = tuple(found[field] for field in _CORE if field in found)
    extras = tuple((field, found[field]) for field in READERS if field in found)
    return Plan(
        text=found.get("text"),
        created_at=found.get("created_at"),
        id=found.get("id"),
        platform=found.get("platform"),
        account=found.get("account"),
        event=tuple(found[one] for one in ("event", "kind") if one in found),
        extras=extras,
        implied=(table.platform if table else "")
        or next(filter(None, map(_TELLING.get, plain)), ""),
        title=found.get("title"),
        is_timed_by_id=table is not None and table.is_timed_by_id,
        core=None
        if table or len(core) < len(_CORE) or found.keys() & {"event", "kind", "time_quality"}
        else cast("tuple[str, str, str, str, str]", core),
    )


def _plain(key: str) -> str:
    return key.lower().translate(_SEPARATORS)
