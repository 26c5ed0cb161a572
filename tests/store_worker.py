"""A program that does nothing but keep pages, until it is killed: for tests that kill it."""

from __future__ import annotations

import sys
from datetime import timedelta

from turns import BLORA, LEASE, MINUTE, NOW, delivery, judged, turn

from detector.store.interface import Store
from detector.store.opening import open_store

PAGES = 4
"""Pages of one poll."""


def at(cursor: int) -> timedelta:
    """Return how late it is after so many pages."""
    return cursor * MINUTE


def keep_pages(store: Store, lives: int) -> None:
    """Read on from where the last one stopped; tell of each page as soon as it is kept."""
    number = 0
    while True:
        # Whoever was killed holds its claim until the lease is over.
        now = NOW + at(number) + lives * timedelta(days=100)
        for claim in store.claim("satu", now, LEASE, 1):
            number = int(claim.cursor or 0)
            for page in range(PAGES):
                number += 1
                store.commit(
                    turn(
                        claim, now, posts=(judged(f"p{number}"),), deliveries=(delivery(f"d{number}", now),),
                        cursor=str(number), is_last=page == PAGES - 1, next_at=now,
                    )
                )  # fmt: skip
                sys.stdout.write(f"{number}\n")
                sys.stdout.flush()


def claim_all(store: Store, owner: str) -> None:
    """Claim until nothing is left; tell of each."""
    while claims := store.claim(owner, NOW, LEASE, 2):
        for claim in claims:
            sys.stdout.write(f"{claim.watched.key[1]}\n")


def send_all(store: Store, owner: str) -> None:
    """Take and send until nothing is left; tell of each."""
    while taken := store.take(owner, NOW, LEASE, 2):
        for one in taken:
            sys.stdout.write(f"{one.id}\n")
            store.sent(one, NOW)


if __name__ == "__main__":
    work, url, who = sys.argv[1:]
    opened = open_store(url)
    assert opened.accounts()[0].key[0] == BLORA[0]
    if work == "pages":
        keep_pages(opened, int(who))
    else:
        # All begin at the same moment.
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        {"claim": claim_all, "send": send_all}[work](opened, who)
