"""What counts as a changed answer."""

from tests.accuracy.variants import Change, Seen, find_failures, format_variants


def see(shin: float | None, toe: float | None = 8.0, *, scale: str = "sheet", code: str | None = None) -> Seen:
    """Return what was seen of one clip; None is a number that was not given."""
    numbers = {key: value for key, value in {"shin_angle_deg": shin, "toe_to_wall_cm": toe}.items() if value is not None}
    return Seen(numbers, scale, code, ("valid",), ())


def test_mirror_may_move_less_than_other_changes() -> None:
    """0.4 deg is fine at half the bits and too much in the mirror."""
    change = Change("c", see(40.0), see(40.4))
    assert find_failures("half_bitrate", [change]) == []
    assert find_failures("mirrored", [change]) == ["mirrored c: shin moved by +0.40"]


def test_limits_hold_in_both_directions() -> None:
    """A number that falls by too much has moved as far as one that rises."""
    assert find_failures("60fps", [Change("c", see(40.0), see(39.3, 8.4))]) == ["60fps c: shin moved by -0.70", "60fps c: toe moved by +0.40"]


def test_lost_number_is_a_failure_and_a_gained_one_is_told() -> None:
    """A refusal where there was a number fails; a number where there was none does not, yet is not hidden."""
    lost = Change("c", see(40.0), see(None, None, code="blurred"))
    assert find_failures("smaller", [lost]) == ["smaller c: lost shin", "smaller c: lost toe"]
    assert lost.notes == "lost shin, toe; rejected: no became blurred"
    gained = Change("c", see(None), see(40.0))
    assert find_failures("smaller", [gained]) == []
    assert gained.notes == "gained shin"


def test_table_gives_median_and_largest_and_counts_the_lost() -> None:
    """Sizes 0.1, 0.2 and 0.5 deg in a variant where a fourth clip lost its numbers."""
    changes = [Change(str(n), see(40.0), see(40.0 + by)) for n, by in enumerate((0.1, -0.5, 0.2))]
    lost = Change("3", see(40.0), see(None, None, code="too_dark"))
    row = format_variants({"smaller": [*changes, lost]}).splitlines()[1].split()
    assert row == ["smaller", "0.20,", "0.50", "-", "0.00,", "0.00", "3", "1", "0", "0", "no"]


def test_change_of_scale_is_told() -> None:
    """A sheet that was cropped away explains a change of distance."""
    assert Change("c", see(40.0), see(40.0, 8.2, scale="foot_length")).notes == "scale sheet became foot_length"
