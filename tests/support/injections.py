"""Texts that would be SQL, FTS5 or a path if anybody took them for more than text."""

from random import Random

BREAKS = ("'", '"', "')", '")', "`", "]", "\\'", "%27", "' --", "\u02bc")
"""What may end a quoted text."""

TAILS = (
    " OR 1=1 --",
    " OR '1'='1",
    " AND 1=2 UNION SELECT key, value, NULL FROM setting --",
    "; DROP TABLE event; --",
    "; UPDATE event SET tone = 0; --",
    "; ATTACH DATABASE '/tmp/x' AS x; --",
    " AND (SELECT COUNT(*) FROM event e1, event e2, event e3, event e4) > 0 --",
    " AND randomblob(1000000000) IS NOT NULL --",
    "; SELECT pg_sleep(10); --",
    "||(SELECT value FROM setting WHERE name='key')||'",
)
PLAIN = (
    "1 OR 1=1",
    "1) OR (1=1",
    "-1 UNION ALL SELECT 1,2,3",
    "1; PRAGMA writable_schema = 1",
    "1/*",
    "*/1/*",
    "%' ESCAPE '!",
    "_%_%_%",
    "NEAR(iran israel, 5)",
    'iran" OR words:*',
    "iran AND NOT israel",
    "^iran + israel*",
    "{words}: iran",
    "id DESC, (SELECT 1)",
    "date;--",
    "case when 1=1 then date else id end",
    "load_extension('x')",
    "writefile('/tmp/x', 1)",
    "${jndi:ldap://x}",
    "$$;SELECT 1;$$",
    "E'\\x27'",
    "0x27204f522031",
    "%s%s%s%n",
    ":1",
    "?",
    "@x",
)
INJECTIONS = (
    *PLAIN,
    *(f"{word}{end}{tail}" for word in ("", "IRN") for end in BREAKS for tail in TAILS),
)


def some(name: str, count: int) -> list[str]:
    """Choose some for a name: always the same, and other ones for another name."""
    return Random(name).sample(INJECTIONS, count)
