"""Read a whole file before it is loaded, for loaders that tell something from all of it."""

import re
from collections import Counter

from dataset.inputs.source_files import SourceFile
from dataset.loaders.base import Loader

LIKE_A_CODE = re.compile("[0-9]{1,4}")


def codes_of(loader: Loader, file: SourceFile) -> Counter[str]:
    """Count the action codes of a file as they stand there, if its loader asks for them."""
    if loader.code_of is None:
        return Counter()
    with file.open() as stream:
        sound = (record for record in loader.records(stream) if not record.fault)
        cells = (loader.code_of(record.text) for record in sound)
        return Counter(cell for cell in cells if LIKE_A_CODE.fullmatch(cell))
