"""Configurations refuse what does not fit, naming the option, what was seen and what it takes."""

from dataclasses import dataclass

import pytest

from core.errors import RequestError
from core.options import configure, option, options_of, parse_assignments
from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Sample:
    """A configuration with one field of each kind."""

    k: int = option(3, "How many.", minimum=1, maximum=9)
    share: float = option(0.5, "Which share.", minimum=0.0, provenance="inferred")
    mode: str = option("fast", "How.", choices=("fast", "exact"))
    strict: bool = option(False, "Whether bad rows end the run.")
    limit: int | None = option(None, "At most so many.")


def test_text_values_become_the_fields_types():
    made = configure(Sample, {"k": "4", "share": "0.25", "strict": "yes", "limit": "7"})
    assert made == Sample(k=4, share=0.25, strict=True, limit=7)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"k": "many"}, "'k' takes a value of type int; seen 'many'"),
        ({"k": 1.5}, "'k' takes a value of type int; seen 1.5"),
        ({"k": 0}, "'k' is at least 1; seen 0"),
        ({"k": 10}, "'k' is at most 9; seen 10"),
        ({"share": "nan"}, "'share' takes a number"),
        ({"mode": "slow"}, "'mode' takes one of fast, exact"),
        ({"strict": "maybe"}, "'strict' takes a value of type bool"),
        ({"size": 3}, "unknown option 'size'; this method has: k, share"),
    ],
)
def test_a_value_that_does_not_fit_is_named(values, message):
    with pytest.raises(RequestError, match=message):
        configure(Sample, values)


def test_every_field_tells_its_help_bounds_and_provenance():
    share = options_of(Sample)[1]
    assert (share.help, share.minimum, share.provenance) == ("Which share.", 0.0, "inferred")


def test_an_assignment_without_a_sign_is_refused():
    with pytest.raises(RequestError, match="key=value"):
        parse_assignments(["k"])


def test_a_registry_refuses_a_second_entry_of_one_name():
    registry = Registry("selector")
    registry.add("random", 1)
    with pytest.raises(ValueError, match="registered twice"):
        registry.add("random", 2)


def test_a_registry_suggests_the_nearest_name():
    registry = Registry("selector")
    registry.add("random", 1)
    with pytest.raises(RequestError, match="did you mean 'random'"):
        registry.get("randon")
