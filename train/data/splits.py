"""Which writers and sites are for training, for validation and for the test."""

SPLITS = ("train", "validation", "test")

# Of the 30 pendigits writers, the last ones. Of UNIPEN, whole sites: tablet, country and school differ as well.
TEST_WRITERS = frozenset(f"tra{number}" for number in range(25, 31))
VALIDATION_WRITERS = frozenset(f"tra{number}" for number in range(22, 25))
TEST_SITES = frozenset({"app", "art", "pri", "lav", "kai"})
VALIDATION_SITES = frozenset({"apa", "mot", "sie"})


def split_of(writer: str, site: str) -> str:
    """Return one of `SPLITS`: by writer for pendigits, by site for UNIPEN."""
    if writer in TEST_WRITERS or site in TEST_SITES:
        return "test"
    if writer in VALIDATION_WRITERS or site in VALIDATION_SITES:
        return "validation"
    return "train"
