"""The page on how well accounts are judged, `docs/evaluation.md`; it quotes no post and names no account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from detector.report.markdown import table
from detector.report.replay import Replay
from detector.report.replay_text import how, sections, summary


class Part(NamedTuple):
    """What was measured on one set of streams."""

    title: str
    streams: str
    """Where they come from, in a sentence or two."""
    replay: Replay


_HEAD = """\
# How well accounts are judged

Made by `make evaluation`; do not edit. `kentongan evaluate --streams FILE...` measures the same on any export.

**What is done.** Posts by strangers are put into streams of posts by the accounts' owners, one by one, each at a
moment drawn from its stream's own time (the day evenly, so that long silences have their share; the hour from the
night, 22 to 5 at the account's place, in half of the cases), in a stream of the text's language, from some point
where the account has a hundred posts behind it, or half its stream if that is shorter. The spliced stream is then
judged from its first post on, as a scan judges it; nothing is shortened, and thirty of the owner's posts follow.
With less history, the same places are judged again, those that have that much before them.

**Caught** means: an incident was detected at the time of that very post, and holds at most one of the owner's.
**Innocent posts** are owners' posts of the hard kinds (warnings that quote the scam, "our account was hacked", cheap
markets, prizes, donations, hotlines ...), put in at the same places; alarmed at means that an incident holds the post
or was raised by it. **False alarms** are incidents on the streams as they are, per account and year from first post
to last. Brackets hold 95 % intervals: Wilson's for shares, Garwood's exact one for rates.

**The texts** are the corpus' own. The shipped model knows them by heart, so each is judged by one of five models that
saw no post of its kind by the same voice; the judge's other numbers are the shipped ones. What people write as
comments or messages is told by itself.

**Peers**, on the same cases in the same run: *text alone*, this program's own judge of texts at its operating point;
*keyword rules*, findings that speak for a stranger less those for the owner, from one more; *COMPA's profile*
(Egele et al., NDSS 2013), hour, app, language, domains, mentions and topics, from half of the possible anomaly,
for the paper has no mark for a single message. Peers flag posts; flags of one account within 24 hours are one
alarm. Each is also shown at the mark from which it raises no more false alarms than this program does.

**What this cannot tell.** The strangers' posts were written for the project, not by the people who hijack accounts;
they publish at once with an app that some account of the set uses; and an owner's stream that holds a stranger's post
nobody knew of would count as a false alarm.
"""

_REMAKE = """\
## How to remake it

```
make evaluation                              # this page: about five minutes
make evaluation STREAMS="mine.jsonl"         # the second part from other exports
kentongan evaluate --streams mine.jsonl      # the same tables, and what raised each false alarm
kentongan evaluate --streams mine.jsonl --strangers theirs.jsonl --innocents ours.jsonl --hours documented
```
"""


def written(parts: Sequence[Part]) -> str:
    """Return the page as Markdown."""
    blocks = [_HEAD]
    for part in parts:
        blocks.append(f"## {part.title}\n")
        blocks.append(f"{part.streams}\n")
        blocks.append(f"{summary(part.replay)}; {how(part.replay)}. {_weights(part.replay)}\n")
        for section in sections(part.replay):
            blocks.append(f"### {section.title}\n")
            blocks.append(table(section.heads, section.rows))
    return "\n".join([*blocks, _REMAKE])


def _weights(replay: Replay) -> str:
    corpus = f", corpus `{replay.corpus_sha256[:12]}`" if replay.corpus_sha256 else ""
    return f"Model of texts `{replay.weights_sha256[:12]}`, weights `{replay.verdict_sha256[:12]}`{corpus}."
