"""The quarter of Acme, played on a sandbox where the strategy's issues were made by hand."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.seed import read_seed
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.weeks import CheckIn, Creation, Quarter, Unplayable, load_quarter, play

ACME = files("bsc_sync") / "examples" / "acme"
ZONE = ZoneInfo("Europe/Zurich")
BEGIN = dt.date(2026, 10, 1)
OPEN = "project = OPS AND type = Bug AND labels = customer-reported AND statusCategory != Done"

RETENTION = "Increase customer retention rate from 85 % to 87 %"
FIRST_VALUE = "Bring time to first value from 48 to 24 hours"
CONVERSION = "Improve the sales conversion process"
TRAINED = "Certify all staff on the new CRM"
PILOT = "Deliver the customer-data pilot"
UNWORKED = "Increase annual recurring revenue by 40 %"

KEY_RESULTS = {
    "Increase customer retention": RETENTION,
    "Improve the new customer onboarding experience": FIRST_VALUE,
    "Train staff on the new CRM": TRAINED,
    "One source of truth for customer data": PILOT,
}
EPICS = [*KEY_RESULTS, CONVERSION, "Grow lifetime customer value", "Stay audit-ready", UNWORKED]


@dataclass
class Town:
    """A site, and ways into it."""

    site: Site
    session_for: Callable[[str], requests.Session]

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The JSON of the reply to the admin, numbers exact."""
        session = self.session_for("sandbox:admin")
        reply = session.request(method, f"{self.site.base_url}/rest/api/3{path}", json=body)
        assert reply.ok, (reply.status_code, reply.text)
        return reply.json(parse_float=Decimal) if reply.content else None

    def search(self, jql: str, *fields: str) -> list[dict[str, Any]]:
        """Every issue that a query finds."""
        body: dict[str, Any] = {"jql": jql, "fields": list(fields or ("summary",)), "maxResults": 100}
        found: list[dict[str, Any]] = []
        while True:
            page = self.ask("POST", "/search/jql", body)
            found += page["issues"]
            if "nextPageToken" not in page:
                return found
            body["nextPageToken"] = page["nextPageToken"]

    def named(self, summary: str) -> str:
        """The key of the one issue with that summary."""
        (key,) = (item["key"] for item in self.search("project in (STRAT, CRM, OPS)") if _says(item, summary))
        return str(key)

    def field(self, name: str) -> str:
        """A field's id."""
        return str(next(item["id"] for item in self.ask("GET", "/field") if item["name"] == name))

    def readings(self, summary: str, field: str) -> list[tuple[str, str, str]]:
        """What the changelog tells of a field: (day, author, value), oldest first."""
        values = self.ask("GET", f"/issue/{self.named(summary)}/changelog")["values"]
        return [
            (entry["created"][:10], entry["author"]["accountId"], item["toString"])
            for entry in values
            for item in entry["items"]
            if item["field"] == field
        ]

    def draw_up_the_strategy(self) -> None:
        """The epics and key results that the story acts on, as a strategy tool would leave them."""
        for name in EPICS:
            epic = self._create("Epic", name, ["bsc-acme", "strategy"])
            if name in KEY_RESULTS:
                self._create("Task", KEY_RESULTS[name], ["bsc-acme", "key-result"], parent={"key": epic})

    def play(self, quarter: Quarter) -> list[int]:
        """Play all weeks; how many incidents were open at the end of each."""
        counts = []
        for number, week in enumerate(quarter.weeks):
            start = BEGIN + dt.timedelta(days=7 * number)
            self.play_one(quarter, number, start)
            last = dt.datetime.combine(start + dt.timedelta(days=6), dt.time(20), tzinfo=ZONE)
            assert self.site.clock.now() <= last
            self.site.clock.set(last)
            counts.append(len(self.search(OPEN)))
            assert week.actions
        return counts

    def play_one(self, quarter: Quarter, number: int = 0, start: dt.date = BEGIN) -> int:
        """Play one week; how many actions it had."""
        return play(
            quarter.weeks[number],
            start=start,
            zone=ZONE,
            session_for=self.session_for,
            base_url=self.site.base_url,
            clock=self.site.clock,
        )

    def _create(self, kind: str, summary: str, labels: list[str], **more: Any) -> str:
        fields = {"project": {"key": "STRAT"}, "issuetype": {"name": kind}, "summary": summary}
        return str(self.ask("POST", "/issue", {"fields": {**fields, "labels": labels, **more}})["key"])


def _says(item: dict[str, Any], summary: str) -> bool:
    return bool(item["fields"]["summary"] == summary)


def _new_town() -> Town:
    seed = read_seed((ACME / "sandbox.yaml").read_text(encoding="utf-8"), "sandbox.yaml")
    site = Site(seed, clock=Clock(dt.datetime.combine(BEGIN, dt.time(8), tzinfo=ZONE)))
    app = create_app(site)
    sessions: dict[str, requests.Session] = {}

    def session_for(person: str) -> requests.Session:
        if person not in sessions:
            user = site.users[person]
            sessions[person] = requests.Session()
            sessions[person].auth = (user.email, user.token)
            sessions[person].mount(site.base_url, InProcessAdapter(app))
        return sessions[person]

    return Town(site, session_for)


@pytest.fixture(scope="module")
def quarter() -> Quarter:
    return load_quarter((ACME / "quarter.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def town() -> Iterator[Town]:
    made = _new_town()
    yield made
    made.site.store.close()


@pytest.fixture(scope="module")
def played(quarter: Quarter) -> Iterator[tuple[Town, list[int]]]:
    """A town after the whole quarter, and its open incidents week by week; to be read only."""
    made = _new_town()
    made.draw_up_the_strategy()
    counts = made.play(quarter)
    yield made, counts
    made.site.store.close()


Played = tuple[Town, list[int]]


def test_open_incidents_fall_from_eighteen_to_seven_though_new_ones_come_in(played: Played) -> None:
    town, counts = played
    assert counts == [17, 16, 15, 12, 12, 10, 10, 8, 7, 7, 7, 7]
    new = town.search(f'{OPEN.partition(" AND statusCategory")[0]} AND created >= "2026-10-01"')
    assert len(new) == 4


@pytest.mark.parametrize(
    ("summary", "field", "author", "values"),
    [
        (RETENTION, "Current value", "acme:mia", "85.2 85.4 85.5 85.3 85.6 85.9 85.7 86 86.2 86.3 86.5 86.6"),
        (FIRST_VALUE, "Current value", "acme:mia", "47 46.5 45 44 42 41 39 38 36 34 32.5 31"),
        (TRAINED, "Current value", "acme:cfo", "22 25 31 35 40 44 49 53 58 63 68 72"),
        (CONVERSION, "KR current", "acme:jonas", "13.2 13.5 13.9 14.2 14.5 14.8"),
    ],
)
def test_each_check_in_is_one_reading_with_its_author(
    played: Played, summary: str, field: str, author: str, values: str
) -> None:
    town, _ = played
    readings = town.readings(summary, field)
    assert [Decimal(value) for _, _, value in readings] == [Decimal(value) for value in values.split()]
    assert {who for _, who, _ in readings} == {author}
    kept = town.ask("GET", f"/issue/{town.named(summary)}")["fields"][town.field(field)]
    assert kept == Decimal(values.rsplit(maxsplit=1)[-1])


def test_check_ins_are_dated_in_the_week_they_were_made_in(played: Played) -> None:
    days = [day for day, _, _ in played[0].readings(RETENTION, "Current value")]
    assert days == [(BEGIN + dt.timedelta(days=7 * week + 1)).isoformat() for week in range(12)]


def test_everything_new_is_there_as_its_author_wrote_it(played: Played, quarter: Quarter) -> None:
    town, _ = played
    points = town.field("Story Points")
    wanted = {
        action.create: (
            action.by,
            action.project,
            action.type,
            sorted(action.labels),
            list(action.components),
            None if action.points is None else Decimal(str(action.points)),
            (BEGIN + dt.timedelta(days=7 * number + action.day)).isoformat() + f"T{action.time}",
            action.parent,
        )
        for number, week in enumerate(quarter.weeks)
        for action in week.actions
        if isinstance(action, Creation)
    }
    names = [
        "summary",
        "creator",
        "project",
        "issuetype",
        "labels",
        "components",
        "created",
        "parent",
        points,
    ]
    found = {}
    for item in town.search('project in (CRM, OPS) AND created >= "2026-10-01"', *names):
        fields = item["fields"]
        parent = fields.get("parent")
        asked = wanted[fields["summary"]][-1]
        known_as = parent and (parent["key"] if parent["key"] == asked else parent["fields"]["summary"])
        found[fields["summary"]] = (
            fields["creator"]["accountId"],
            fields["project"]["key"],
            fields["issuetype"]["name"],
            fields["labels"],
            [component["name"] for component in fields["components"]],
            fields[points],
            fields["created"][:16],
            known_as,
        )
    assert found == wanted


def test_the_pilot_is_linked_to_its_work_and_four_fifths_of_the_points_are_done(played: Played) -> None:
    town, _ = played
    links = town.ask("GET", f"/issue/{town.named(PILOT)}")["fields"]["issuelinks"]
    readings = {(link["type"]["outward"], link["inwardIssue"]["key"]) for link in links}
    keys = ["CRM-25", "CRM-26", "CRM-27", "CRM-28", "CRM-29", "CRM-30"]
    assert readings == {("contributes to", key) for key in keys}
    points = town.field("Story Points")
    sizes = {
        item["key"]: (item["fields"][points] or 1, item["fields"]["status"]["statusCategory"]["key"])
        for item in town.search(f"key in ({', '.join(keys)})", "status", points)
    }
    done = sum(size for size, category in sizes.values() if category == "done")
    assert (done, sum(size for size, _ in sizes.values())) == (32, 40)


def test_what_is_given_up_says_so_and_is_not_done(played: Played) -> None:
    town, _ = played
    given_up = town.search('resolution = "Won\'t Do" AND updated >= "2026-10-01"', "resolutiondate")
    assert {item["key"]: item["fields"]["resolutiondate"][:10] for item in given_up} == {
        "OPS-6": "2026-10-29",
        "CRM-42": "2026-11-13",
    }


def test_one_objective_has_no_work_and_work_without_an_objective_goes_on(played: Played) -> None:
    town, _ = played
    with_children = {name for name in EPICS if town.search(f"parent = {town.named(name)}")}
    assert UNWORKED not in with_children
    unexplained = town.search(
        "project = CRM AND type = Story AND parent IS EMPTY AND labels IS EMPTY AND component IS EMPTY"
        ' AND resolution = Done AND resolved >= "2026-10-01"'
    )
    assert {item["fields"]["summary"] for item in unexplained} >= {"Dark mode", "Stickers for chat messages"}


def test_comments_are_signed_and_dated(played: Played) -> None:
    town, _ = played
    comments = town.ask("GET", f"/issue/{town.named(TRAINED)}/comment")["comments"]
    assert [(item["author"]["accountId"], item["created"]) for item in comments] == [
        ("acme:cfo", "2026-11-26T16:00:00.000+0100")
    ]


def test_a_second_play_elsewhere_leaves_the_same_issues(played: Played, quarter: Quarter, town: Town) -> None:
    town.draw_up_the_strategy()
    assert town.play(quarter) == played[1]
    everything = "project in (STRAT, CRM, OPS) ORDER BY key"
    assert town.search(everything, "*all") == played[0].search(everything, "*all")


def test_play_tells_how_many_actions_there_were_and_ends_at_the_last(town: Town) -> None:
    text = (
        "weeks: [{actions: [{day: 3, time: '16:00', by: 'acme:mia', comment: CRM-3, text: later},"
        " {day: 0, time: '09:00', by: 'acme:jonas', comment: CRM-3, text: sooner}]}]"
    )
    assert town.play_one(load_quarter(text)) == 2
    assert town.site.clock.now() == dt.datetime(2026, 10, 4, 16, tzinfo=ZONE)
    said = town.ask("GET", "/issue/CRM-3/comment")["comments"]
    assert [item["body"]["content"][0]["content"][0]["text"] for item in said] == ["sooner", "later"]


def test_without_the_strategy_the_first_week_cannot_be_played(quarter: Quarter, town: Town) -> None:
    with pytest.raises(Unplayable, match=f'^0 issues are called "{PILOT}", one is needed$'):
        town.play_one(quarter)


@pytest.mark.parametrize(
    ("action", "complaint"),
    [
        ("move: CRM-3, to: Elsewhere", "CRM-3 cannot be moved to Elsewhere"),
        ("move: CRM-999, to: Done", "GET /issue/CRM-999/transitions: 404"),
        ("move: dark Mode, to: Done", '0 issues are called "dark Mode"'),
        ("check_in: CRM-3, field: Mood, value: 1", 'there is no field "Mood"'),
        ("check_in: CRM-3, field: Current value, value: 1", "PUT /issue/CRM-3: 400"),
        ("create: X, project: CRM, type: Story, components: [nowhere]", "POST /issue: 400"),
        ("link: CRM-3, type: Friendship, to: CRM-4", "POST /issueLink: 404"),
    ],
)
def test_what_is_not_there_is_named(town: Town, action: str, complaint: str) -> None:
    text = f"weeks: [{{actions: [{{day: 0, time: '09:00', by: 'acme:mia', {action}}}]}}]"
    with pytest.raises(Unplayable) as caught:
        town.play_one(load_quarter(text))
    assert str(caught.value).startswith(complaint)


def test_two_issues_of_one_name_are_not_guessed_at(town: Town) -> None:
    act = "day: 0, time: '09:00', by: 'acme:mia'"
    story = f"{{{act}, create: Dark mode, project: CRM, type: Story}}"
    text = f"weeks: [{{actions: [{story}, {{{act}, move: Dark mode, to: Done}}]}}]"
    with pytest.raises(Unplayable, match=r"^2 issues are called"):
        town.play_one(load_quarter(text))


def test_all_that_is_wrong_with_a_quarter_is_said_at_once() -> None:
    text = """
    weeks:
      - actions:
          - {day: 7, time: "09:00", by: a, move: CRM-1, to: Done}
          - {day: 0, time: "9:00", by: a, comment: CRM-1, text: x}
          - {day: 0, time: "09:00", by: a, create: X, project: CRM, type: Story, size: 3}
          - {day: 0, time: "09:00", by: a}
    """
    with pytest.raises(ValueError, match="weeks") as caught:
        load_quarter(text)
    places = [line.partition(": ")[0] for line in str(caught.value).splitlines()]
    assert places == [
        "weeks.0.actions.0.move.day",
        "weeks.0.actions.1.comment.time",
        "weeks.0.actions.2.create.size",
        "weeks.0.actions.3",
    ]


def test_a_text_that_is_no_yaml_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="expected"):
        load_quarter("weeks: [")


def test_the_story_has_twelve_weeks_and_everybody_in_it_has_an_account(quarter: Quarter, town: Town) -> None:
    assert len(quarter.weeks) == 12
    people = {action.by for week in quarter.weeks for action in week.actions}
    assert people <= set(town.site.users)
    assert all(any(isinstance(action, CheckIn) for action in week.actions) for week in quarter.weeks)
