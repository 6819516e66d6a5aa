"""Make files like the 15-minute exports of GDELT 2.0, of any size: `gdelt_like.py --rows 1000000`.

The figures were measured in 13 exports of 2017 to 2025, 17,577 events. Towns, papers and stories
are invented; the coordinates of countries and states are real to the degree.
"""

import gzip
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import accumulate, islice
from math import hypot
from random import Random
from typing import Any, NamedTuple

import click

from dataset.codebook import ACTIONS, COUNTRIES, COUNTRY_ISO3, decode
from dataset.codebook.tables import rows as codebook_rows

FIRST_DAY, DAYS = date(2015, 2, 19), 3653
TIMES = [f"{hour:02}{minute}00" for hour in range(24) for minute in ("00", "15", "30", "45")]
FIRST_ID = 410_000_000
LAGS = {0: 97540, 365: 880, 7: 670, 30: 590, 1: 280, 3650: 40}
"""How many days before its addition an event happened; the coder knows few ways to tell."""
SIZES = "1062 789 415 357 240 172 147 115 90 68 59 52 33 38 23 18 29 13 16 14 8 7 13 8 4 6 5 5 2 2"
"""How many stories have one event, two, and so on."""
MENTIONS = """2:4436 10:2624 1:2607 4:2339 6:1526 5:1255 3:1169 8:932 7:228 12:127 20:98 9:44 16:44
18:19 14:19 15:16 11:16 30:12 40:9 13:7 36:7 24:5 22:4 32:4 110:4 100:2 60:2 200:.4 500:.1"""
SOURCES = {1: 9713, 2: 202, 3: 37, 4: 14, 6: 7, 9: 9, 12: 6}
ROOT_SHARE = 0.584
TONE = (-0.0155, 0.041)
"""Mean and deviation of the share of words that please less that of words that hurt."""
DECK = 1 << 16
"""How many events are drawn beforehand; a story takes a run of them."""
SPOTS = {"000": 46, "111": 20, "100": 11, "010": 7, "011": 6, "101": 5, "001": 3, "110": 2}
"""Which of the two places of a story is the actor's, the target's and the action's."""
NAMED_SHARE = 0.65
"""How many actors bear the name of their country or a title listed below."""
NOBODY, NOWHERE = "\t" * 9, "0" + "\t" * 7
KINDS = {"country": 0.31, "region": 0.045, "town": 0.645}
HOME_KINDS = {"country": 0.065, "region": 0.4, "town": 0.535}
"""What the places of a country are; the United States are told by state."""
COUNTY_SHARE = 0.42
PLACES = {"own": 0.825, "abroad": 0.15, "nowhere": 0.025}
ABROAD, FOREIGN, NEAR = 300, 4, 5
"""Places that other countries' stories name; codes of a country abroad; weight of neighbours."""
ACTORS = {"nobody": 0.094, "anywhere": 0.38, "local": 0.33, "foreign": 0.196}
TARGETS = ACTORS | {"nobody": 0.3585}
"""In what proportion stories name whom."""

CODES = """
010:1450 042:1395 043:1299 051:1057 040:1028 020:1000 036:697 173:591 190:570 046:565 090:413
013:379 111:358 030:335 112:316 110:311 120:268 071:247 070:242 060:234 012:232 130:218 100:199
080:191 172:189 057:177 050:175 084:167 141:155 193:146 014:136 192:126 061:108 0841:106 073:99
017:93 180:89 160:84 015:77 114:70 016:69 0831:67 174:62 181:59 026:57 011:54 145:52 0874:46
033:44 072:41 031:40 081:40 0311:35 025:35 186:34 062:34 138:32 129:32 194:32 045:31 018:29 115:29
1821:28 162:28 044:27 0331:27 125:27 1712:26 124:26 163:24 0353:24 052:23 182:22 0233:21 195:21
022:21 023:21 1822:21 1124:20 133:20 128:20 154:19 161:18 054:18 150:17 140:16 1123:15 032:15
075:15 027:15 0234:14 035:13 170:13 0231:12 064:11 037:11 1823:10 1014:10 143:10 085:10 1721:10
0256:10 0332:10 063:10 1053:9 191:9 0214:9 0833:9 055:9 0241:8 053:8 083:8 164:8 087:8 175:7
0253:7 153:7 1122:7 1241:6 113:6 0842:6 0333:6 183:6 019:6 1384:5 091:5 021:5 0211:5 1044:5 1383:5
166:5 1723:4 1042:4 0871:4 0862:4 086:4 131:4 028:4 142:4 1043:3 202:3 101:3 1041:3 151:3 1724:3
106:3 1243:3 1831:2 171:2 074:2 0861:2 1623:2 024:2 0811:2 1711:2 127:2 134:2 0356:2 0213:2 105:2
034:1 1211:1 137:1 122:1 056:1 1121:1 1233:1 203:1 092:1 0872:1 0334:1 0232:1 1056:1 139:1 1722:1
094:1
"""
"""How often each action code came; the others are `RARE`."""
RARE, SMALL = 0.5, 4
COUNTRY_FACTS = """
US:4575:40:-99 IN:1176:20:77 UK:1150:54:-4 NI:709:10:8 CH:631:35:105 IS:589:32:35 RS:412:60:100
PK:336:30:70 CA:328:60:-96 SY:324:35:38 AS:275:-25:135 UP:275:49:32 FR:261:46:2 SF:244:-30:26
KE:240:1:38 BG:200:24:90 GM:193:52:10 KS:177:37:128 SP:162:40:-4 EI:153:53:-8 TU:147:39:35
GH:144:8:-2 JA:136:36:138 AF:132:33:66 RP:130:13:122 MY:125:2:112 IR:123:32:53 AE:112:24:54
SA:110:25:45 IT:107:43:13 KN:97:40:127 EG:97:27:30 MI:88:-14:34 TW:88:24:121 SO:80:6:48
MX:77:23:-102 PL:74:52:20 TH:74:15:100 UG:73:2:33 NL:71:52:6 BE:68:51:4 BR:63:-10:-55 GR:61:39:22
SN:59:1:104 LE:58:34:36 QA:55:26:51 ET:55:8:38 ID:54:-5:120 IZ:54:33:44 CE:54:7:81 ZI:53:-19:29
AJ:50:40:48 SW:50:62:15 RO:48:46:25 AU:48:47:13 MT:48:36:14 LY:45:25:17 CU:45:22:-80 CY:44:35:33
GZ:44:31:34 HA:42:19:-72 JM:40:18:-78 NZ:40:-42:174 VM:37:16:108 TD:37:11:-61 NO:37:62:10
SE:33:-5:56 RW:32:-2:30 FI:31:64:26 LI:31:6:-10 BY:30:-4:30 AM:29:40:45 NP:29:28:84 VE:28:8:-66
GG:28:42:43 CB:28:13:105 CD:27:15:19 PO:27:40:-8 GT:26:16:-90 KU:25:30:48 SU:25:16:30 DA:22:56:10
WE:21:32:35 MZ:21:-18:35 HK:20:22:114 BA:19:26:50 CM:19:6:12 EZ:19:50:15 LT:19:-30:28 HO:19:15:-86
MO:18:32:-5 SZ:18:47:8 YM:18:16:48 WA:18:-22:17 BO:18:53:28 GY:17:5:-59 LH:17:56:24 BC:17:-22:24
TZ:16:-6:35 PE:15:-10:-76 TO:15:8:1 GA:15:14:-16 OD:15:8:30 DR:15:19:-71 BU:15:43:25 UZ:15:42:64
JE:15:49:-2 NG:14:16:8 ES:14:14:-89 JO:13:31:36 PM:13:9:-80 CO:13:4:-72 GP:13:16:-62 RI:12:44:21
SL:12:8:-12 TT:12:-9:126 ZA:12:-15:30 BL:10:-17:-65 RB:10:44:21 LA:10:18:105 GI:10:36:-5
NU:10:13:-85 EN:10:59:26
"""
"""FIPS code, events, latitude and longitude; the other countries have `SMALL` events."""
STATES = """
CA:495:California:36:-120 DC:448:District_of_Columbia:39:-77 NY:363:New_York:42:-75
TX:322:Texas:31:-98 PA:227:Pennsylvania:41:-77 FL:223:Florida:28:-82 GA:139:Georgia:33:-84
IL:129:Illinois:40:-89 OH:110:Ohio:40:-83 MI:93:Michigan:43:-85 VA:91:Virginia:38:-78
MA:76:Massachusetts:42:-72 MD:71:Maryland:39:-77 HI:70:Hawaii:21:-158 NC:70:North_Carolina:36:-80
MT:66:Montana:47:-110 AR:64:Arkansas:35:-92 IN:63:Indiana:40:-86 AZ:62:Arizona:34:-111
TN:61:Tennessee:36:-87 IA:60:Iowa:42:-93 WI:60:Wisconsin:44:-90 CT:58:Connecticut:42:-73
SC:49:South_Carolina:34:-81 MN:49:Minnesota:46:-94 CO:47:Colorado:39:-105 LA:47:Louisiana:31:-92
KS:45:Kansas:39:-97 OK:44:Oklahoma:36:-97 ND:43:North_Dakota:48:-100 WV:43:West_Virginia:38:-81
RI:41:Rhode_Island:42:-72 ME:38:Maine:45:-69 ID:37:Idaho:44:-115 WA:36:Washington:47:-122
NM:36:New_Mexico:35:-106 NV:35:Nevada:38:-117 AK:32:Alaska:61:-152 AL:27:Alabama:33:-87
NE:25:Nebraska:41:-98 KY:24:Kentucky:38:-85 MO:24:Missouri:38:-92 NJ:23:New_Jersey:40:-75
MS:19:Mississippi:33:-90 OR:16:Oregon:45:-122 DE:16:Delaware:39:-76 NH:16:New_Hampshire:43:-72
UT:12:Utah:40:-112 WY:12:Wyoming:43:-107 SD:12:South_Dakota:44:-99 VT:10:Vermont:44:-73
"""
SUFFIXES = """:7843 GOV:789 MIL:82 MED:123 EDU:117 CVL:106 COP:104 BUS:89 LEG:71 JUD:68 REB:49
ELI:45 SPY:16 GOVDEV:16 OPP:15 HLH:14 GOVMIL:14 PTY:11 UAF:10 REF:10 ELIGOV:10 LAB:8 CHR:8 GOVBUS:6
REL:6 GOVENV:5 CRM:5 GOVHLH:4 GOVAGR:4 AGR:3 GOVEDU:3 GOVHRI:3 REBMED:2 GOVDEVLAB:2 CHRCTH:1"""
"""What follows a country in the codes of its actors."""
ANYWHERE = """GOV:2480:PRESIDENT,GOVERNMENT,PRIME_MINISTER,MINIST,AUTHORITIES,GOVERNOR
BUS:963:COMPANY,BUSINESS,INDUSTRY,COMPANIES,BANK CVL:851:COMMUNITY,RESIDENTS,VOTER,VILLAGE,CITIZEN
COP:757:POLICE,PRISON,DEPUTY,DETECTIVE EDU:722:SCHOOL,STUDENT,UNIVERSITY,PROFESSOR,COLLEGE
MED:624:MEDIA,WEBSITE,NEWSPAPER,JOURNALIST LEG:588:CONGRESS,SENATOR,PARLIAMENT,LAWMAKER
JUD:548:JUDGE,ATTORNEY,PROSECUTOR,LAWYER,SUPREME_COURT MIL:474:MILITARY,ARMY,COMMANDER,NAVY
HLH:331:HOSPITAL,DOCTOR,NURSE AFR:262:AFRICA EUR:260:EUROPE,EUROPEAN OPP:236:ACTIVIST,PROTESTER
CRM:217:CRIMINAL,GANG LAB:201:WORKER,EMPLOYEE UAF:114:GUNMAN,MILITANT ELI:108:RETIRED,CELEBRITY
MNCUSA:95:INVENTED_MOTORS,INVENTED_FOODS IGOUNO:87:UNITED_NATIONS IGOEUREEC:86:EUROPEAN_UNION
PTY:83:PARTY SPY:77:INTELLIGENCE GOVMIL:59:MINISTRY_OF_DEFENSE MOS:58:MUSLIM AGR:57:FARMER
REB:55:REBEL REF:51:REFUGEE CHR:50:CHRISTIAN REL:50:PRIEST,CHURCH JEW:38:JEWISH COPGOV:36:SHERIFF
HIN:35:HINDU GOVHLH:34:MINISTRY_OF_HEALTH CHRCTH:30:CATHOLIC IGOWSTNAT:26:NATO BUSLEG:15:LOBBYIST
AFGINSTAL:14:TALIBAN sco:14:SCOTTISH sen:14:SENECA NGOHRIHRW:14:HUMAN_RIGHTS_WATCH uig:10:UIGHUR
NGOHLHIRC:12:RED_CROSS IGOJUDICC:10:INTERNATIONAL_CRIMINAL_COURT JUDJUD:10:DISTRICT_COURT"""
SYLLABLES = "ba bel dor fen gra har kal kor lan mar mon nor pal rin sal tan ul vel wes zan"
WORDS = """after aid army attack bank border budget court crisis deal election fire flood health
jobs law leader market minister new peace police port power protest rally report school strike
summit talks tax trade trial union vote warns water win year"""
FAULTS = (
    *((1, text) for text in ("20230231", "yesterday", "")),
    *((26, text) for text in ("000", "2199", "04A")),
    *((0, "#12"), (6, None), (15, "US-GOV"), (59, "20231302"), (60, "one\tmore")),
)
"""The column and the text of each kind of fault, all to be refused; None takes the column away."""

Weighted = list[tuple[Any, float]]


class Table(NamedTuple):
    """Values to draw from, and the running sums of their weights."""

    values: list[Any]
    sums: list[float]


class Country(NamedTuple):
    """Where stories may play, with the events that its weight stands for."""

    fips: str
    name: str
    code: str
    weight: float
    latitude: float
    longitude: float


class Scene(NamedTuple):
    """Whom and which places the stories of a country name."""

    actors: Table
    targets: Table
    places: Table


def lines(rows: int, seed: int = 1, first_id: int = FIRST_ID) -> Iterator[bytes]:
    """Yield the lines of an export; the same arguments give the same lines."""
    number = first_id
    for events, days, actors, targets, places, tone, end in _stories(Random(seed), rows):
        cast = len(actors)
        for nth, (lag, action, mine, yours, its) in enumerate(events):
            actor, target = actors[nth % cast], targets[(nth + nth // cast) % cast]
            home = places[mine] if actor != NOBODY else NOWHERE
            away = places[yours] if target != NOBODY else NOWHERE
            yield (
                f"{number}\t{days[lag]}\t{actor}\t{target}\t{action}\t{tone}\t"
                f"{home}\t{away}\t{places[its]}\t{end}"
            ).encode()
            number += 1


def with_faults(sound: Iterable[bytes], share: float, seed: int = 1) -> Iterator[bytes]:
    """Spoil that share of the lines, each in one way; the others stay as they are."""
    random = Random(seed)
    for line in sound:
        yield _spoilt(line, *random.choice(FAULTS)) if random.random() < share else line


def _spoilt(line: bytes, column: int, text: str | None) -> bytes:
    cells = line.decode().rstrip("\n").split("\t")
    cells[column : column + 1] = [] if text is None else [text]
    return ("\t".join(cells) + "\n").encode()


def _stories(random: Random, rows: int) -> Iterator[tuple[Any, ...]]:
    """Give the events of each story and what they share."""
    deck, done = _deck(), 0
    for (actors, targets, places), size, paper, headline, tone in _drafts(random):
        start = random.randrange(DECK - 50)
        events = deck[start : start + min(size, rows - done)]
        if not events:
            return
        cast = len(events) // 2 + 1
        people = list(islice(actors, cast)), list(islice(targets, cast))
        day_number, quarter = divmod(done * DAYS * len(TIMES) // rows, len(TIMES))
        day, folder, days = _added(day_number)
        end = f"{day}{TIMES[quarter]}\t{paper}/{folder}/{headline}-{done}.html\n"
        yield events, days, *people, list(islice(places, 2)), tone, end
        done += len(events)


def _drafts(random: Random) -> Iterator[tuple[Any, ...]]:
    """Draw the scene of each story, its number of events, paper, headline and tone."""
    scenes, chances = _scenes()
    running = [[_drawn(random, table) for table in scene] for scene in scenes]
    sizes = _table(enumerate(map(float, SIZES.split()), 1))
    tables = (Table(running, chances), sizes, *_stationery())
    return zip(*(_drawn(random, table) for table in tables), strict=True)


@cache
def _stationery() -> tuple[Table, Table, Table]:
    """Invent papers, on hosts that cannot exist, headlines, and tones as the coder rounds them."""
    random, words = Random(0), WORDS.split()
    hosts = (f"{'-'.join(random.sample(words, 2))}{nth}" for nth in range(3000))
    papers = [(f"https://www.{host}.example", 1 / nth) for nth, host in enumerate(hosts, 5)]
    headlines = [("-".join(random.choices(words, k=7)), 1) for _ in range(20_000)]
    lengths = [random.randrange(80, 1200) for _ in range(20_000)]
    shares = [100 * round(length * random.gauss(*TONE)) / length for length in lengths]
    return _table(papers), _table(headlines), _table((f"{share:.15g}", 1) for share in shares)


@cache
def _deck() -> list[tuple[Any, ...]]:
    """Draw what each event has for itself: its lag, action with counts, and choice of places."""
    random = Random(0)
    tables = _table(LAGS.items()), _table(_actions()), _table(_counts()), _table(SPOTS.items())
    draws = zip(*(_some(random, table, DECK) for table in tables), strict=True)
    return [(lag, f"{action}\t{counts}", *map(int, spots)) for lag, action, counts, spots in draws]


def _counts() -> Iterator[tuple[str, float]]:
    for mentions, often in _read(MENTIONS).items():
        for sources, share in SOURCES.items():
            if sources <= int(mentions):
                yield f"{mentions}\t{sources}\t{mentions}", often * share


def _actions() -> Iterator[tuple[str, float]]:
    known = _read(CODES)
    for code, action in ACTIONS.items():
        scale = action.goldstein.get("gdelt")
        if len(code) > 2 and scale is not None:
            cells = f"{code}\t{code[:3]}\t{action.root}\t{action.quad_class}\t{scale}"
            for root, share in ("1", ROOT_SHARE), ("0", 1 - ROOT_SHARE):
                yield f"{root}\t{cells}", share * known.get(code, RARE)


@lru_cache(maxsize=2)
def _added(day_number: int) -> tuple[str, str, dict[int, str]]:
    """Write a day of addition in digits and as a folder, and the days of its events by lag."""
    day = FIRST_DAY + timedelta(day_number)
    days = {lag: _four_columns(day - timedelta(lag)) for lag in LAGS}
    return f"{day:%Y%m%d}", f"{day:%Y/%m}", days


def _four_columns(day: date) -> str:
    """Write the day of an event, with the fraction of the year as the coder reckons it."""
    return f"{day:%Y%m%d\t%Y%m\t%Y}\t{day.year + (day.month * 30 - 30 + day.day) / 365:.4f}"


@cache
def _scenes() -> Table:
    """Build the world, once and the same for every seed."""
    countries = _countries()
    places = {land: _places(land) for land in countries}
    abroad = [(place, land.weight * share) for land in countries for place, share in places[land]]
    abroad = sorted(abroad, key=lambda pair: -pair[1])[:ABROAD]
    actors = {land: _actors_of(land) for land in countries}
    anywhere = list(_actors_anywhere())
    scenes = (_scene(land, actors, anywhere, places[land], abroad) for land in countries)
    return _table((scene, land.weight) for scene, land in zip(scenes, countries, strict=True))


def _scene(
    home: Country, actors: dict[Country, Weighted], anywhere: Weighted, *places: Weighted
) -> Scene:
    cast: dict[str, Weighted] = {
        "nobody": [(NOBODY, 1)],
        "anywhere": anywhere,
        "local": actors[home],
        "foreign": list(_from_abroad(home, actors)),
    }
    spots: dict[str, Weighted] = dict(zip(PLACES, (*places, [(NOWHERE, 1)]), strict=True))
    tables = _mixed(cast, ACTORS), _mixed(cast, TARGETS), _mixed(spots, PLACES)
    return Scene(*map(_table, tables))


def _from_abroad(home: Country, actors: dict[Country, Weighted]) -> Iterator[tuple[str, float]]:
    """Give the actors of the other countries; neighbours come more often."""
    for land, theirs in actors.items():
        apart = hypot(home.latitude - land.latitude, home.longitude - land.longitude)
        events = land.weight * (NEAR if apart < 20 else 1)
        codes = FOREIGN if land.weight > SMALL else 1
        if land != home:
            yield from [(actor, events * often) for actor, often in theirs[:codes]]


def _countries() -> list[Country]:
    """Give every country of the codebook; one without facts has a place that is drawn."""
    random = Random(0)
    facts = {fips: tuple(map(float, figures)) for fips, *figures in _split(COUNTRY_FACTS)}
    codes = {iso3: code for code, iso3 in COUNTRY_ISO3.items()} | {code: code for code in COUNTRIES}
    return [
        Country(
            fips,
            name,
            codes[iso3],
            *facts.get(fips, (SMALL, random.uniform(-40, 60), random.uniform(-150, 150))),
        )
        for fips, iso3, name in codebook_rows("fips")
        if iso3 in codes
    ]


def _actors_of(land: Country) -> Weighted:
    """Give the actors of a country, first those that bear its name."""
    name, random, invented = land.name.upper(), Random(land.fips), 1 + int(land.weight**0.5)
    codes = [(land.code + end, often) for end, often in _read(SUFFIXES).items()]
    return [
        *((_actor(code, name), often * NAMED_SHARE) for code, often in codes),
        *_invented(land.code, codes[0][1], invented, random),
        *(
            one
            for code, often in codes[1:]
            for one in _invented(code, often, invented // 8, random)
        ),
    ]


def _actors_anywhere() -> Iterator[tuple[str, float]]:
    """Give the actors that stories of all countries name."""
    random = Random(0)
    for code, weight, titles in _split(ANYWHERE):
        names, often = titles.split(","), float(weight)
        yield from ((_actor(code, name), often * NAMED_SHARE / len(names)) for name in names)
        yield from _invented(code, often, int(often) // 10, random)


def _invented(code: str, often: float, count: int, random: Random) -> Weighted:
    """Give an actor names of people and towns."""
    names = [_word(random).upper() for _ in range(count)]
    return [(_actor(code, name), often * (1 - NAMED_SHARE) / count) for name in names]


def _actor(code: str, name: str) -> str:
    """Write the ten columns of an actor from its code."""
    found = decode(code.upper())
    religions, roles = [*found.religions, "", ""][:2], [*found.roles, "", "", ""][:3]
    cells = (found.country or "", found.group or "", (found.ethnic or "").lower())
    return "\t".join((code, name.replace("_", " "), *cells, *religions, *roles))


def _places(land: Country) -> Weighted:
    """Give a country, its regions, and towns by rank, with the share that each has in it."""
    random, at_home = Random(land.fips), land.fips == "US"
    regions = _states() if at_home else list(_regions(land, random))
    towns = _some(random, _table(regions), 20 + int(land.weight))
    groups: dict[str, Weighted] = {
        "country": [(_block("1", land.name, land.fips, land.fips, "", *land[-2:], land.fips), 1)],
        "region": [(_region(land, *region), weight) for region, weight in regions],
        "town": [(_town(random, land, *region), 1 / nth) for nth, region in enumerate(towns, 3)],
    }
    return _mixed(groups, HOME_KINDS if at_home else KINDS)


def _region(land: Country, code: str, name: str, *spot: float) -> str:
    if land.fips == "US":
        return _block("2", f"{name}, {land.name}", "US", f"US{code}", "", *spot, code)
    number = sum(map(ord, land.fips + name)) * 1009 + int(code)
    title = f"{name}, {name}, {land.name}"
    return _block("5", title, land.fips, land.fips + code, str(number), *spot, f"-{number}")


def _town(random: Random, land: Country, code: str, region: str, *spot: float) -> str:
    title = f"{_word(random)}, {region}, {land.name}"
    number = random.randrange(10_000, 3_000_000)
    spot = tuple(degrees + random.uniform(-1.5, 1.5) for degrees in spot)
    if land.fips != "US":
        admin = (land.fips, land.fips + code, str(number // 50))
        return _block("4", title, *admin, *spot, f"-{number}")
    county = f"{code}{number % 200:03}" if random.random() < COUNTY_SHARE else ""
    return _block("3", title, "US", f"US{code}", county, *spot, str(number))


def _states() -> Weighted:
    return [
        ((code, name.replace("_", " "), float(latitude), float(longitude)), float(weight))
        for code, weight, name, latitude, longitude in _split(STATES)
    ]


def _regions(land: Country, random: Random) -> Iterator[tuple[Any, float]]:
    for nth in range(1, 3 + int(land.weight**0.4)):
        north, east = random.uniform(-1, 1), random.uniform(-1, 1)
        yield (f"{nth:02}", _word(random), land.latitude + north, land.longitude + east), 1 / nth


def _block(*cells: str | float) -> str:
    """Write the eight columns of a place."""
    return "\t".join(c if isinstance(c, str) else f"{round(c, 4):g}" for c in cells)


def _word(random: Random) -> str:
    return "".join(random.choices(SYLLABLES.split(), k=random.randint(2, 3))).title()


def _split(text: str) -> list[list[str]]:
    return [item.split(":") for item in text.split()]


def _read(text: str) -> dict[str, float]:
    return {name: float(weight) for name, weight in _split(text)}


def _table(weighted: Iterable[tuple[Any, float]]) -> Table:
    values, weights = zip(*weighted, strict=True)
    return Table(list(values), list(accumulate(weights)))


def _mixed(groups: dict[str, Weighted], shares: dict[str, float]) -> Weighted:
    """Join groups of values, each with the share of all that it is to have."""
    mixed: Weighted = []
    for name, group in groups.items():
        scale = shares[name] / sum(weight for _, weight in group)
        mixed += [(value, weight * scale) for value, weight in group]
    return mixed


def _some(random: Random, table: Table, count: int) -> list[Any]:
    return random.choices(table.values, cum_weights=table.sums, k=count)


def _drawn(random: Random, table: Table) -> Iterator[Any]:
    """Draw from a table without end, in batches, which is faster."""
    while True:
        yield from _some(random, table, 256)


@click.command()
@click.option("--rows", type=click.IntRange(0), required=True, help="How many events.")
@click.option("--output", default="-", help="A file, also .gz; - for standard output.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same file.")
@click.option("--first-id", default=FIRST_ID, show_default=True, help="The first GLOBALEVENTID.")
@click.option("--faulty", type=click.FloatRange(0, 1), default=0.0, help="The share to spoil.")
def main(rows: int, output: str, seed: int, first_id: int, faulty: float) -> None:
    """Write events as GDELT 2.0 exports them."""
    made = lines(rows, seed, first_id)
    opened = gzip.open if output.endswith(".gz") else click.open_file
    with opened(output, "wb") as file:
        file.writelines(with_faults(made, faulty, seed) if faulty else made)


if __name__ == "__main__":
    main()
