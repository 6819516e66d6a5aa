"""What the counts of codes and names have to be: made by reading every version, in plain Python."""

from collections import Counter

from dataset.declarations.names import words_of
from dataset.store.engines.base import Engine
from dataset.store.models import Event, NameCount, NameWord, Superseded, field

Key = tuple[str, str, str, str]


def counted(database: Engine) -> Counter[Key]:
    """Count the current versions; what only older ones have is there with 0."""
    found: Counter[Key] = Counter()
    names = ("actor_code", "actor_name", "target_code", "target_name", "action_code", "dataset")
    for table, one in ((Event, 1), (Superseded, 0)):
        for row in database.execute(table.select(*(field(table, name) for name in names))):
            a_code, a_name, t_code, t_name, action, dataset = row
            for side, code, name in ("actor", a_code, a_name), ("target", t_code, t_name):
                if code:
                    found[f"{side}_code", code, "", dataset] += one
                if name:
                    found[f"{side}_name", code or "", name, dataset] += one
            if action:
                found["action_code", action, "", dataset] += one
    return found


def stored(database: Engine) -> Counter[Key]:
    """Give the counts that the store keeps."""
    return Counter({tuple(key): n for *key, n in database.execute(NameCount.select())})


def check_counts(database: Engine) -> None:
    """Check that a store keeps the right counts, and the words of all names in them."""
    wanted = counted(database)
    assert stored(database) == wanted
    assert stored(database).keys() == wanted.keys()
    names = {name for _, _, name, _ in wanted} - {""}
    pairs = {(word, name) for name in names for word in words_of(name)}
    assert {*database.execute(NameWord.select(NameWord.word, NameWord.name))} == pairs
