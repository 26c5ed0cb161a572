"""One hand on several accounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from detector.campaigns import Campaign, Key, Trace, campaigns, is_everybodys, waves
from detector.records import Account

AT = datetime(2025, 10, 21, 1, tzinfo=UTC)
THIEF = "+6289600005757"
TEXT = "OBRAL motor tarikan leasing, Beat 3 juta, Scoopy 3,5 juta, surat komplit, dp dulu 20 persen"


def trace(
    account: str, *shared: str, text: str = "", minutes: int = 0, identity: str = "1"
) -> Trace:
    """Return what one stranger's post leaves behind."""
    key = "x", account
    at = AT + timedelta(minutes=minutes)
    return Trace(account=key, id=identity, at=at, shared=shared, text=text)


def handles(campaign: Campaign) -> list[str]:
    """Return whose accounts a campaign holds."""
    return [handle for _, handle in campaign.accounts]


def test_a_number_on_two_accounts_is_one_campaign() -> None:
    (found,) = campaigns([trace("b", THIEF, minutes=5), trace("a", THIEF), trace("c", "+62811")])

    assert handles(found) == ["a", "b"]
    assert found.shared == (THIEF,)


def test_a_number_on_one_account_is_none() -> None:
    assert campaigns([trace("a", THIEF), trace("a", THIEF, minutes=9, identity="2")]) == []


def test_what_everybody_links_to_joins_nobody() -> None:
    assert campaigns([trace("a", "wa.me", "kpu.go.id"), trace("b", "wa.me", "kpu.go.id")]) == []


def test_numbers_and_sites_chain_accounts_together() -> None:
    (found,) = campaigns(
        [trace("a", THIEF), trace("b", THIEF, "obral.example"), trace("c", "obral.example")]
    )

    assert handles(found) == ["a", "b", "c"]
    assert found.shared == (THIEF, "obral.example")


def test_wording_alone_opens_no_campaign_but_joins_one() -> None:
    """Headquarters' templates are posted by dozens of offices within the hour."""
    alike = [trace("c", text=TEXT + "!", minutes=9), trace("d", text=TEXT, minutes=10)]
    opened = [trace("a", THIEF, text=TEXT), trace("b", THIEF, minutes=3)]

    assert campaigns(alike) == []
    (found,) = campaigns([*opened, *alike])
    assert handles(found) == ["a", "b", "c", "d"]


def test_another_wording_does_not_join() -> None:
    opened = [trace("a", THIEF, text=TEXT), trace("b", THIEF)]
    other = trace("c", text="Apel pagi dipimpin Pak Camat, dilanjutkan senam bersama warga desa.")

    assert handles(*campaigns([*opened, other])) == ["a", "b"]


TRACES = st.lists(
    st.builds(
        trace,
        st.sampled_from("abcd"),
        st.sampled_from([THIEF, "+62811", "obral.example", "wa.me"]),
        text=st.sampled_from(["", TEXT, TEXT + "!!", "Apel pagi."]),
        minutes=st.integers(0, 600),
        identity=st.uuids().map(str),
    ),
    max_size=25,
)


@given(TRACES, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_no_trace_is_told_twice(
    traces: list[Trace], random: object
) -> None:
    shuffled = list(traces)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = campaigns(traces)
    told = [(one.account, one.id) for campaign in found for one in campaign.traces]

    assert {one.id for one in found} == {one.id for one in campaigns(shuffled)}
    assert len(told) == len(set(told))
    assert all(len(one.accounts) > 1 and one.shared for one in found)


def account(handle: str, institution: str = "", above: str = "") -> tuple[Key, Account]:
    """Return an account by its key."""
    known = Account(
        platform="x", handle=handle, institution=institution or None, reports_to=(above,) if above else ()
    )  # fmt: skip
    return ("x", handle), known


def test_a_sister_office_is_warned_of_a_fall_and_a_stranger_to_it_is_not() -> None:
    accounts = dict(
        [
            account("a", "Pemkab Grogolan"),
            account("b", "Pemkab Grogolan"),
            account("c", "Pemkab Lain"),
        ]
    )
    found = waves([trace("a", THIEF)], accounts, {key: {} for key in accounts})

    assert found.keys() == {("x", "b")}
    assert found["x", "b"].starts == (AT,)


def test_offices_that_report_to_one_are_sisters() -> None:
    accounts = dict(
        [account("a", "KPU Blora", "KPU Jateng"), account("b", "KPU Rembang", "KPU Jateng")]
    )

    assert ("x", "b") in waves([trace("a")], accounts, {})


def test_a_thiefs_number_is_known_on_another_account() -> None:
    accounts = dict([account("a", "Satu"), account("b", "Dua")])
    used = {("x", "a"): {THIEF: AT.timestamp()}, ("x", "b"): {THIEF: AT.timestamp() + 60}}

    assert waves([trace("a", THIEF)], accounts, used)["x", "b"].contacts == (THIEF,)


def test_a_number_an_office_used_long_before_is_its_own() -> None:
    """A stranger who quotes a hotline taints it for nobody."""
    accounts = dict([account("a", "Satu"), account("b", "Dua")])
    used = {("x", "b"): {THIEF: AT.timestamp() - 30 * 86_400}}

    assert waves([trace("a", THIEF)], accounts, used) == {}


def test_public_places_are_everybodys() -> None:
    assert all(is_everybodys(one) for one in ("kpu.go.id", "ugm.ac.id", "wa.me", "instagram.com"))
    assert not is_everybodys("go.id.example")
