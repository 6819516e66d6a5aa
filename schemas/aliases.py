"""The names that newcomers give to parameters, and what they are called here."""

from collections.abc import Collection

from dataset.codebook.vocabularies import closest

ALIASES = {
    **dict.fromkeys(("page", "offset"), "cursor"),
    **dict.fromkeys(("per_page", "page_size", "size"), "limit"),
    **dict.fromkeys(
        ("from", "since", "after", "start", "start_date", "date_start", "date_min", "date", "year"),
        "date_from",
    ),
    **dict.fromkeys(
        ("to", "until", "before", "end", "end_date", "date_end", "date_max"), "date_to"
    ),
    **dict.fromkeys(("search", "query", "text", "keyword", "keywords"), "q"),
    **dict.fromkeys(("order", "order_by", "sort_by"), "sort"),
    **dict.fromkeys(("columns", "select"), "fields"),
    **dict.fromkeys(("type", "event_type", "code", "event_code"), "action"),
    **dict.fromkeys(("group_by", "groupby", "group", "keys", "dimensions"), "by"),
    **dict.fromkeys(("measure", "metric", "metrics", "aggregate", "aggregates"), "measures"),
    **dict.fromkeys(("radius", "distance", "within", "circle"), "near"),
    **dict.fromkeys(("box", "bounds"), "bbox"),
    **dict.fromkeys(("random", "sample_size"), "sample"),
    **dict.fromkeys(("random_seed", "random_state"), "seed"),
    **dict.fromkeys(("dedup", "deduplicate", "unique", "one_a_day"), "distinct"),
    "root_code": "action_root",
    "event_id": "id",
    "country": "involves_country",
    "location": "place_country",
    "source": "actor",
    "recipient": "target",
    "source_country": "actor_country",
    "recipient_country": "target_country",
}


def intended(name: str, known: Collection[str]) -> str | None:
    """Suggest the parameter that an unknown name may have meant, of those known here."""
    plain = name.casefold().replace("-", "_")
    # GDELT's names of the two sides.
    ours = plain.replace("actor1", "actor").replace("actor2", "target")
    names = {alias: name for alias, name in ALIASES.items() if name in known}
    if ours in names:
        return names[ours]
    found = closest(ours, known)
    return found or names.get(closest(ours, names) or "")
