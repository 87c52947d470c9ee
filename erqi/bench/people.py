"""Who and where in the district that is built: units, people, accounts, areas, categories, documents, targets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

from erqi.bench.rows import load
from erqi.common import pinyin
from erqi.common.accounts import add_account, grant_role, one_time_password
from erqi.common.bulk import at_once
from erqi.common.models import User
from erqi.common.roles import Role
from projects.choices import DocumentKind, UnitKind
from projects.models import Area, Article, Category, Document, Person, Post, Unit
from projects.services.document import register_document
from projects.services.target import register_claim, set_target
from projects.services.unit import names_with_pinyin, save_reference
from supervision.services.mechanism import add_theme

# Invented: none of it is a fact of the documents, and every record that can be marked is marked as simulated.
STREETS = (
    *("东风里", "西苑路", "南湖街", "北城路", "和平街", "建业路", "长青街", "金水园", "翠竹路", "银河里"),
    *("晨光街", "永安路", "文华里", "景明街", "沁园路", "星海街", "凤鸣路", "云台里", "柳湖街", "松涛路"),
)
BUREAUS = ("发展", "住建", "交通", "水务", "教育", "卫健", "文旅", "商务", "民政", "园林", "城管", "科技", "财政", "人社", "农业")
CAMPAIGNS = ("百城提质", "产业发展", "民生实事", "生态治理", "基础设施")
PARTS = ("新建", "改造", "提升", "配套")
ACCOUNTS = {
    "office": Role.OFFICE,
    "reporter": Role.REPORTER,
    "reviewer": Role.REVIEWER,
    "leader": Role.LEADER,
    "inspector": Role.INSPECTOR,
    "supervision": Role.SUPERVISION,
}
_INDICATORS = (
    "地区生产总值",
    "固定资产投资",
    "一般公共预算收入",
    "新开工项目",
    "竣工项目",
    "安置房回迁面积",
    "社会消费品零售总额",
    "招商引资额",
)


@dataclass
class District:
    """Keys of what projects refer to."""

    units: list[int] = field(default_factory=list)
    companies: list[int] = field(default_factory=list)
    # Of each unit the person who carries its projects; then leaders who look after projects.
    staff: dict[int, int] = field(default_factory=dict)
    leaders: list[int] = field(default_factory=list)
    areas: list[int] = field(default_factory=list)
    categories: list[int] = field(default_factory=list)
    article: Article | None = None
    # Key and name of the accounts by user name, and of those that answer for a unit by its key.
    accounts: dict[str, tuple[int, str]] = field(default_factory=dict)
    answering: dict[int, tuple[int, str]] = field(default_factory=dict)


def build_people(size: int) -> District:
    """Build what projects refer to, fewer units for fewer projects, and return the keys; the caller holds the transaction."""
    found = District()
    _units(found, max(4, min(70, size // 3)))
    _accounts(found)
    _places(found)
    _documents(found)
    for number in range(1, 14):
        add_theme(code=f"theme-{number}", seq=number, name=f"督察主题{number}", by=None)
    return found


def _unit_names(number: int) -> Iterator[tuple[str, str, str]]:
    """Yield name, short name and kind of so many offices."""
    for place in range(number):
        if place % 3 == 0:
            name = BUREAUS[place // 3 % len(BUREAUS)] + ("局" if place < 3 * len(BUREAUS) else "服务中心")
            yield f"测试区{name}", name, UnitKind.GOVERNMENT
        else:
            street = STREETS[place // 3 % len(STREETS)]
            ending = "街道办事处" if place % 3 == 1 else "片区指挥部"
            more = "" if place < 3 * len(STREETS) else str(place)
            yield f"{street}{more}{ending}", f"{street}{more}{'办' if place % 3 == 1 else '指挥部'}", UnitKind.STREET


def _units(found: District, number: int) -> None:
    names = [
        *_unit_names(number),
        *((f"{STREETS[place % len(STREETS)]}建设投资有限公司{place}", "", UnitKind.COMPANY) for place in range(number // 2)),
    ]
    keys = count(1)
    rows = [
        (next(keys), name, short, kind, names_with_pinyin([name, short] if short else [name]), pinyin.sort_key(name))
        for name, short, kind in names
    ]
    load(Unit, ("id", "name", "short_name", "kind", "search_key", "sort_key"), rows)
    found.units = [row[0] for row in rows if row[3] != UnitKind.COMPANY]
    found.companies = [row[0] for row in rows if row[3] == UnitKind.COMPANY]
    people = [(unit, f"张{unit}") for unit in found.units] + [(None, f"李{place}") for place in range(1, 11)]
    load(
        Person,
        ("id", "name", "search_key", "sort_key"),
        [(key, name, names_with_pinyin([name]), pinyin.sort_key(name)) for key, (_, name) in enumerate(people, 1)],
    )
    load(Post, ("person_id", "unit_id", "title"), [(key, unit, "科员" if unit else "区领导") for key, (unit, _) in enumerate(people, 1)])
    found.staff = {unit: key for key, (unit, _) in enumerate(people, 1) if unit}
    found.leaders = [key for key, (unit, _) in enumerate(people, 1) if not unit]


def _accounts(found: District) -> None:
    """Open one account per role; the reporter's unit carries projects out, the reviewer's leads some, the leader looks after some. Each
    other unit has a reporter of its own, so that what is addressed to it is not everything the offices stand in for."""
    first, last = found.units[0], found.units[-1]
    people = {"reporter": found.staff[first], "reviewer": found.staff[last], "leader": found.leaders[0]}
    # Nobody signs in with it, since sessions are opened without: one for all, so that it is hashed once.
    password = one_time_password()
    with at_once():
        for username, role in ACCOUNTS.items():
            found.accounts[username] = _account(username, role, password, people.get(username))
        for unit in found.units[1:-1]:
            found.answering[unit] = _account(f"reporter-{unit}", Role.REPORTER, password, found.staff[unit])
    found.answering |= {first: found.accounts["reporter"], last: found.accounts["reviewer"]}


def _account(username: str, role: Role, password: str, person: int | None) -> tuple[int, str]:
    """Open an account, of a person (key) where one is named, and return its key and name."""
    user, _ = add_account(username=username, name=f"测速·{role.label}", by=None, password=password, must_change=False)
    grant_role(user=user, role=role, by=None)
    if person is not None:
        Person.objects.filter(pk=person).update(account=User(pk=user.pk))
    return user.pk, user.name


def _places(found: District) -> None:
    for number in range(8):
        whole = save_reference(record=Area(code=f"area-{number}", name=f"{STREETS[number]}片区", seq=number), by=None)
        found.areas.append(whole.pk)
    for number, campaign in enumerate(CAMPAIGNS):
        whole = save_reference(record=Category(code=f"c{number}", name=campaign, seq=number), by=None)
        for place, part in enumerate(PARTS):
            leaf = Category(code=f"c{number}-{place}", name=f"{campaign}·{part}", parent=whole, seq=number * 10 + place)
            found.categories.append(save_reference(record=leaf, by=None).pk)


def _documents(found: District) -> None:
    documents: list[Document] = []
    for number in range(1, 6):
        articles = [{"seq": 1, "heading": "全文", "paragraphs": "1-99"}]
        documents.append(
            register_document(code=f"B{number}", title=f"测速文件{number}", kind=DocumentKind.OFFICIAL, articles=articles, by=None)
        )
    found.article = Article.objects.filter(document=documents[0]).get()
    for number, indicator in enumerate(_INDICATORS, 1):
        target = set_target(year=2018, indicator=indicator, unit="亿元", by=None)
        for document in documents[:2]:
            register_claim(target=target, document=document, value=Decimal(100 * number), by=None)
