#!/usr/bin/env python3
"""Write the demo district's tables to resources/district; the same every time.

The district is invented: its size and make-up follow a real street office (18
communities of which 9 are villages, 600 cameras, some 80 building sites in the
district around it), its names, people and position do not. Run it after a
change here and commit what it writes.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

SEED = 15
FOLDER = Path(__file__).resolve().parent.parent / "resources" / "district"

#: Six digits of an area and three of a street office that are not in use.
OFFICE = "410199" + "001"
#: North-west corner, WGS-84 degrees.
WEST, NORTH = 113.7000, 34.7100
M_PER_LAT = 110_940.0
M_PER_LON = 111_320.0 * math.cos(math.radians(34.7))
#: A community is a square of this many metres, a unit grid of 100 m × 100 m
#: (10,000 m², numbered west to east, north to south).
BLOCK_M, GRID_M = 800, 100

#: Six columns by three rows. Built-up communities stand in the middle and east.
COMMUNITIES = (
    ("石桥村", "Shiqiao Village"), ("柳园村", "Liuyuan Village"), ("柳岸社区", "Willow Bank"),
    ("银杏社区", "Ginkgo"), ("书院社区", "Academy"), ("东桥社区", "East Bridge"),
    ("枣林村", "Zaolin Village"), ("小营村", "Xiaoying Village"), ("望湖社区", "Lake View"),
    ("湖心社区", "Mid-Lake"), ("锦绣社区", "Brocade"), ("晨光社区", "Morning Light"),
    ("河湾村", "Hewan Village"), ("高岗村", "Gaogang Village"), ("前王庄", "Qianwang Village"),
    ("后李庄", "Houli Village"), ("南苑社区", "South Garden"), ("大营村", "Daying Village"),
)  # fmt: skip
NORTH_SOUTH = (
    ("石桥路", "Shiqiao Road"), ("柳园路", "Liuyuan Road"), ("柳岸路", "Willow Bank Road"),
    ("镜湖大道", "Mirror Lake Avenue"), ("书院街", "Academy Street"), ("东桥路", "East Bridge Road"),
    ("晨光路", "Morning Light Road"), ("枣林街", "Zaolin Street"), ("小营街", "Xiaoying Street"),
    ("银杏街", "Ginkgo Street"), ("锦绣街", "Brocade Street"), ("学堂巷", "Schoolhouse Lane"),
    ("河湾街", "Hewan Street"),
)  # fmt: skip
EAST_WEST = (
    ("迎宾路", "Welcome Road"), ("文化街", "Culture Street"), ("湖滨路", "Lakeside Road"),
    ("南环路", "South Ring Road"), ("市场街", "Market Street"), ("和顺街", "Heshun Street"),
    ("高岗街", "Gaogang Street"),
)  # fmt: skip
BEARINGS = (("北", "N", 0), ("东", "E", 90), ("南", "S", 180), ("西", "W", 270))
SHOPS = (
    ("老街烩面馆", "Old Street Noodles"), ("百顺超市", "Baishun Supermarket"),
    ("青禾早点铺", "Qinghe Breakfast"), ("湖畔理发店", "Lakeside Barber"),
    ("长青药房", "Changqing Pharmacy"), ("小陈五金", "Chen Hardware"),
    ("学堂文具店", "Schoolhouse Stationery"), ("东桥水果铺", "East Bridge Fruit"),
    ("锦绣洗衣店", "Brocade Laundry"), ("四季烧烤", "Four Seasons Barbecue"),
    ("晨光奶茶", "Morning Light Tea"), ("同福旅社", "Tongfu Inn"),
)  # fmt: skip
SITES = (
    ("湖心广场改造工地", "Mid-Lake Square rebuilding"), ("书院小学扩建工地", "Academy School extension"),
    ("东桥安置房一期", "East Bridge resettlement I"), ("银杏地下车库工地", "Ginkgo underground garage"),
    ("南苑商业中心工地", "South Garden shopping centre"),
    ("迎宾路雨污分流工地", "Welcome Road drainage works"),
)  # fmt: skip
COURTYARDS = (
    ("柳岸旧家属院", "Old Willow Bank Yard"), ("文化街12号院", "12 Culture Street Yard"),
    ("纺机厂家属院", "Textile Works Yard"), ("市场街老院", "Old Market Street Yard"),
)  # fmt: skip
TEAM_CATEGORIES = {
    "appearance": "09006;09005;09001;09002;06007;07007;06036",
    "food": "09013;09015;09020",
    "environment": "06020;06026;06027",
    "sites": "08004;08005;08006;08007;08008;08012",
    "patrol": "09012;06008",
}
LEADERS = ("何", "吕", "施", "张", "孔", "曹", "严", "华", "金", "魏", "陶", "姜", "戚", "谢", "邹", "喻")

Point = tuple[float, float]


def degrees(east_m: float, south_m: float) -> Point:
    """Longitude and latitude of a point so many metres from the corner."""
    return round(WEST + east_m / M_PER_LON, 6), round(NORTH - south_m / M_PER_LAT, 6)


def community_code(number: int) -> str:
    """Twelve digits: area, street, community."""
    return f"{OFFICE}{number + 1:03d}"


def inside(metres: float, blocks: int) -> float:
    """Keep a post off the district's edge, whose other side is not ours."""
    return min(max(metres, 3.0), blocks * BLOCK_M - 3.0)


def community_at(east_m: float, south_m: float) -> int:
    """Index of the community around a point."""
    column = min(5, max(0, int(east_m // BLOCK_M)))
    row = min(2, max(0, int(south_m // BLOCK_M)))
    return row * 6 + column


def grid_at(east_m: float, south_m: float) -> str:
    """Fifteen digits: the community's twelve and the grid's serial in it."""
    number = community_at(east_m, south_m)
    side = BLOCK_M // GRID_M
    column = min(side - 1, max(0, int((east_m - number % 6 * BLOCK_M) // GRID_M)))
    row = min(side - 1, max(0, int((south_m - number // 6 * BLOCK_M) // GRID_M)))
    return f"{community_code(number)}{row * side + column + 1:03d}"


def square(east_m: float, south_m: float, side_m: float) -> str:
    """WKT polygon of a square with its north-west corner there."""
    corners = ((0, 0), (side_m, 0), (side_m, side_m), (0, side_m), (0, 0))
    return (
        "POLYGON ((" + ", ".join("{} {}".format(*degrees(east_m + x, south_m + y)) for x, y in corners) + "))"
    )


def streets() -> list[dict[str, object]]:
    """Roads as lines of metres: block borders first, then those between."""
    found = []
    for index, names in enumerate(NORTH_SOUTH):
        east = index * BLOCK_M if index < 7 else (index - 7) * BLOCK_M + 400
        found.append({"names": names, "line": ((east, 0), (east, 3 * BLOCK_M))})
    for index, names in enumerate(EAST_WEST):
        south = index * BLOCK_M if index < 4 else (index - 4) * BLOCK_M + 400
        found.append({"names": names, "line": ((0, south), (6 * BLOCK_M, south))})
    for number, street in enumerate(found, 1):
        street["id"] = f"R{number:02d}"
    return found


def places(dice: random.Random) -> Iterable[Sequence[object]]:
    """Rows of places.csv."""
    for number, (zh, en) in enumerate(COMMUNITIES):
        east, south = number % 6 * BLOCK_M, number // 6 * BLOCK_M
        lon, lat = degrees(east + BLOCK_M / 2, south + BLOCK_M / 2)
        yield "community", community_code(number), zh, en, OFFICE, lon, lat, square(east, south, BLOCK_M)
    for number, (zh, en) in enumerate(COMMUNITIES):
        for serial in range((BLOCK_M // GRID_M) ** 2):
            east = number % 6 * BLOCK_M + serial % 8 * GRID_M
            south = number // 6 * BLOCK_M + serial // 8 * GRID_M
            lon, lat = degrees(east + GRID_M / 2, south + GRID_M / 2)
            name = f"{serial + 1:03d}"
            code = f"{community_code(number)}{name}"
            yield (
                "grid",
                code,
                f"{zh}{name}网格",
                f"{en} grid {name}",
                code[:12],
                lon,
                lat,
                square(east, south, GRID_M),
            )
    for street in streets():
        (e1, s1), (e2, s2) = street["line"]
        line = "LINESTRING ({} {}, {} {})".format(*degrees(e1, s1), *degrees(e2, s2))
        lon, lat = degrees((e1 + e2) / 2, (s1 + s2) / 2)
        yield "road", street["id"], *street["names"], OFFICE, lon, lat, line
    for kind, letter, rows in (("shop", "S", SHOPS), ("site", "B", SITES), ("courtyard", "Y", COURTYARDS)):
        for number, (zh, en) in enumerate(rows, 1):
            east, south = dice.uniform(1700, 4700), dice.uniform(100, 2300)
            code = community_code(community_at(east, south))
            yield kind, f"{letter}{number:02d}", zh, en, code, *degrees(east, south), ""


def posts(dice: random.Random) -> list[dict[str, object]]:
    """600 camera positions: first every crossing, then along the roads."""
    roads = streets()
    down, across = roads[:13], roads[13:]
    found = []
    crossings = [(a, b) for a in down for b in across]
    # The centre first: a small wall shows the busy crossings.
    crossings.sort(key=lambda pair: math.dist((pair[0]["line"][0][0], pair[1]["line"][0][1]), (2600, 1100)))
    for turn in range(4):
        for a, b in crossings:
            zh, en, bearing = BEARINGS[(turn + down.index(a)) % 4]
            east, south = a["line"][0][0], b["line"][0][1]
            found.append(
                {
                    "name": f"{a['names'][0]}{b['names'][0]}口{zh}",
                    "note": f"{a['names'][1]} / {b['names'][1]} {en}",
                    "road": a["names"][0],
                    "at": (inside(east + dice.uniform(-12, 12), 6), inside(south + dice.uniform(-12, 12), 3)),
                    "bearing": bearing,
                }
            )
    number = 0
    while len(found) < 600:
        street = roads[number % len(roads)]
        (e1, s1), (e2, s2) = street["line"]
        share = 0.03 + 0.94 * dice.random()
        metres = int(share * math.dist((e1, s1), (e2, s2)))
        zh, en, bearing = BEARINGS[number % 4]
        found.append(
            {
                "name": f"{street['names'][0]}{metres}米{zh}",
                "note": f"{street['names'][1]} {metres} m {en}",
                "road": street["names"][0],
                "at": (inside(e1 + share * (e2 - e1), 6), inside(s1 + share * (s2 - s1), 3)),
                "bearing": bearing,
            }
        )
        number += 1
    return found


def cameras(dice: random.Random) -> Iterable[Sequence[object]]:
    """Rows of cameras.csv, for ``simulate cameras --count 600``."""
    for number, post in enumerate(posts(dice), 1):
        east, south = post["at"]
        lon, lat = degrees(east, south)
        url = f"rtsp://127.0.0.1:8554/cam{number:03d}"
        number_of = community_at(east, south)
        village = not COMMUNITIES[number_of][0].endswith("社区")
        yield (
            f"cam{number:03d}", post["name"], url, f"{url}/sub", "operator", "", "", "", "",
            community_code(number_of), post["road"], grid_at(east, south), lon, lat, post["bearing"],
            "村庄" if village else "城区", "", "街道办事处", post["note"], 1,
        )  # fmt: skip


def teams() -> Iterable[Sequence[object]]:
    """Rows of teams.csv: the shipped teams with communities, work and people."""
    everywhere = [community_code(n) for n in range(18)]
    built_up = [code for n, code in enumerate(everywhere) if COMMUNITIES[n][0].endswith("社区")]
    areas = {"guard": built_up, "militia": [code for code in everywhere if code not in built_up]}
    source = FOLDER.parent / "standard" / "teams.csv"
    with source.open(encoding="utf-8-sig", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle)):
            own = row["own"] == "1"
            covered = areas.get(row["id"], everywhere) if own else []
            yield (
                row["id"], row["name_zh"], row["name_en"], row["own"], ";".join(covered),
                TEAM_CATEGORIES.get(row["id"], ""), f"{LEADERS[number]}队长", f"000-{1001 + number}",
            )  # fmt: skip


#: The State Council's lists of holidays and make-up days for 2025 and 2026.
HOLIDAYS = (
    ("holiday", "2025-01-01", "2025-01-01", "元旦"),
    ("workday", "2025-01-26", "2025-01-26", "春节调休"),
    ("holiday", "2025-01-28", "2025-02-04", "春节"),
    ("workday", "2025-02-08", "2025-02-08", "春节调休"),
    ("holiday", "2025-04-04", "2025-04-06", "清明节"),
    ("workday", "2025-04-27", "2025-04-27", "劳动节调休"),
    ("holiday", "2025-05-01", "2025-05-05", "劳动节"),
    ("holiday", "2025-05-31", "2025-06-02", "端午节"),
    ("workday", "2025-09-28", "2025-09-28", "国庆节调休"),
    ("holiday", "2025-10-01", "2025-10-08", "国庆节、中秋节"),
    ("workday", "2025-10-11", "2025-10-11", "国庆节调休"),
    ("holiday", "2026-01-01", "2026-01-03", "元旦"),
    ("workday", "2026-01-04", "2026-01-04", "元旦调休"),
    ("workday", "2026-02-14", "2026-02-14", "春节调休"),
    ("holiday", "2026-02-15", "2026-02-23", "春节"),
    ("workday", "2026-02-28", "2026-02-28", "春节调休"),
    ("holiday", "2026-04-04", "2026-04-06", "清明节"),
    ("holiday", "2026-05-01", "2026-05-05", "劳动节"),
    ("workday", "2026-05-09", "2026-05-09", "劳动节调休"),
    ("holiday", "2026-06-19", "2026-06-21", "端午节"),
    ("workday", "2026-09-20", "2026-09-20", "国庆节调休"),
    ("holiday", "2026-09-25", "2026-09-27", "中秋节"),
    ("holiday", "2026-10-01", "2026-10-07", "国庆节"),
    ("workday", "2026-10-10", "2026-10-10", "国庆节调休"),
)


def calendar() -> Iterable[Sequence[object]]:
    """Rows of calendar.csv. 2027 is left out until its list is published."""
    yield "period", "2020-01-01", "", "08:00", "12:00", "上午"
    yield "period", "2020-01-01", "", "14:00", "18:00", "下午"
    for kind, first, last, name in HOLIDAYS:
        yield kind, first, last, "", "", name


USERS = (
    ("li.na", "李娜", "Li Na", "duty", ""),
    ("zhao.lei", "赵磊", "Zhao Lei", "duty", ""),
    ("demo.duty", "演示值班员", "Demo officer", "duty", ""),
    ("wang.jun", "王军", "Wang Jun", "leader", ""),
    ("demo.leader", "演示值班长", "Demo shift leader", "leader", ""),
    ("sun.min", "孙敏", "Sun Min", "supervisor", ""),
    ("wall", "大屏", "Large display", "kiosk", ""),
    ("admin", "管理员", "Administrator", "admin", ""),
)


def users() -> Iterable[Sequence[object]]:
    """Rows of users.csv: people at the desk, then one for each team."""
    yield from USERS
    source = FOLDER.parent / "standard" / "teams.csv"
    with source.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            names = f"{row['name_zh']}外勤", f"{row['name_en']}, field"
            yield f"field.{row['id']}", *names, "field", row["id"]


def write(name: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    """One table, UTF-8 without a byte order mark, lines ending in LF."""
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns.split(","))
        writer.writerows(rows)


def main() -> None:
    """Write all tables."""
    dice = random.Random(SEED)
    FOLDER.mkdir(parents=True, exist_ok=True)
    write("places.csv", "kind,id,name_zh,name_en,parent,lon,lat,wkt", places(dice))
    write(
        "cameras.csv",
        "id,name,url,url_sub,username,password,vendor,host,channel,community,road,grid,lon,lat,bearing,"
        "groups,segment,owner,note,enabled",
        cameras(dice),
    )
    write("teams.csv", "id,name_zh,name_en,own,communities,categories,leader,phone", teams())
    write("calendar.csv", "type,from,to,start,end,name", calendar())
    write("users.csv", "name,display_zh,display_en,role,team", users())


if __name__ == "__main__":
    main()
