"""One line of each format, made up: of the shape of real ones, with the text of none."""

from dataset.loaders import polecat

ICEWS_HEADER = (
    "Event ID,Event Date,Source Name,Source Sectors,Source Country,Event Text,CAMEO Code,Intensity,"
    "Target Name,Target Sectors,Target Country,Story ID,Sentence Number,Publisher,City,District,"
    "Province,Country,Latitude,Longitude"
).replace(",", "\t")
ICEWS = {
    "id": "31000001",
    "date": "2019-02-12",
    "source": "Coast Guard (Freedonia)",
    "source_sectors": "Coast Guard Mechanized (Ships, Tanks, Planes),Government,Sunni",
    "source_country": "Montenegro",
    "text": "Make a visit",
    "code": "042",
    "intensity": "1.9",
    "target": "Harbour Workers' Fund",
    "target_sectors": "Regional,Regional Development IGOs,Kurd (Ethnic Group)",
    "target_country": "",
    "story": "49000001",
    "sentence": "3",
    "publisher": "The Freedonia Post",
    "city": "Bar",
    "district": "Bar Harbour",
    "province": "Bar Municipality",
    "country": "Montenegro",
    "latitude": "42.1",
    "longitude": "19.1",
}
PHOENIX = {
    "id": "1900001_v0.1.0",
    "date": "20160328",
    "year": "2016",
    "month": "03",
    "day": "28",
    "source": "TURGOVLEG",
    "source_entity": "TUR",
    "source_role": "GOV",
    "source_attribute": "LEG",
    "target": "IMGMOSISI",
    "target_entity": "IMG",
    "target_role": "",
    "target_attribute": "MOS;ISI",
    "code": "190",
    "root": "19",
    "quad_class": "4",
    "goldstein": "-10.0",
    "issues": "NAMED_TERROR_GROUP,2",
    "latitude": "37.06",
    "longitude": "37.38",
    "name": "Gaziantep",
    "admin1": "Gaziantep",
    "country": "TUR",
    "sentences": "56f000000000000000000001_0;56f000000000000000000002_4",
    "urls": "http://news.example/a;http://news.example/b",
    "publishers": "example_world;example_asia",
}
POLECAT = dict.fromkeys(polecat.STANDARD, "None") | {
    "Event ID": "20230601-0001-00000000abcd_2",
    "Event Date": "2023-06-01",
    "Event Type": "PROTEST",
    "Event Mode": "demo",
    "Intensity": "-5.5",
    "Quad Code": "MATERIAL CONFLICT",
    "Contexts": "election;pro_democracy",
    "Actor Name": "Harbour Union",
    "Actor Country": "MNE; ALB",
    "Primary Actor Sector": "LAB",
    "Actor Sectors": "LAB; JRN",
    "Recipient Name Raw": "the ministry of health",
    "Recipient Country": "SRB",
    "Primary Recipient Sector": "GOV",
    "Recipient Sectors": "GOV; MED",
    "Placename": "Bar",
    "Province": "Bar Municipality",
    "Country": "MNE",
    "Latitude": "42.1",
    "Longitude": "19.1",
    "Feature Type": "PPLA",
    "Source": "freedonia-post",
}
KEDS = "1992-01-03,IRQ,IGOUNO,036"
TABARI = "920103\tIRQ\tIGOUNO\t036\t(Express intent)\tOFFERED TO TALK \t000018 REUTERS"
PETRARCH = (
    "20150801\tUSAGOV\tIRN\t042\tNAMED_TERROR_GROUP,1\t"
    "55bc00000000000000000001_3;55bc00000000000000000002_4\thttp://news.example/a\texample_world"
)
CSV = "id,date,action_code\r\nseed:1,2024-04-13,195"
NDJSON = '{"id":"seed:1","dataset":"seed","date":"2024-04-13","action":{"code":"195"}}'


def line(sample: dict[str, str], **changes: str) -> str:
    """Write a line of cells parted by tabs, with some of them changed."""
    assert changes.keys() <= sample.keys()
    return "\t".join((sample | changes).values())
