from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.repetitions import group_stances, segment_lunges

FloatArray = npt.NDArray[np.float64]

REST_S, RAMP_S = 1.2, 0.8


def make_lunges(
    peaks_deg: list[float], *, rate_hz: float = 15.0, hold_s: float = 2.0, start_s: float = 0.0, irregular: float = 0.0, noise_deg: float = 0.2, seed: int = 0
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return times, shin inclination, and the middle of each hold; the clip begins `start_s` into the motion."""
    rng = np.random.default_rng(seed)
    period = REST_S + 2 * RAMP_S + hold_s
    end = period * len(peaks_deg) + REST_S
    t_s = np.arange(start_s, end, 1.0 / rate_hz)
    t_s = t_s + rng.uniform(-0.5, 0.5, len(t_s)) * irregular / rate_hz
    angle = np.full(len(t_s), 5.0)
    middles = []
    for k, peak in enumerate(peaks_deg):
        rise = (t_s - (k * period + REST_S)) / RAMP_S
        fall = ((k + 1) * period - t_s) / RAMP_S
        angle = angle + (peak - 5.0) * (0.5 - 0.5 * np.cos(np.pi * np.clip(np.minimum(rise, fall), 0, 1)))
        middles.append(k * period + REST_S + RAMP_S + hold_s / 2 - start_s)
    return t_s - start_s, angle + rng.normal(0, noise_deg, len(t_s)), np.array(middles)


@pytest.mark.parametrize("count", range(1, 9))
def test_every_lunge_is_counted_once(count: int) -> None:
    """One to eight lunges of different depth."""
    t_s, angle, middles = make_lunges(list(np.linspace(32, 41, count)))
    lunges = segment_lunges(t_s, angle)
    assert len(lunges) == count
    for lunge, middle in zip(lunges, middles, strict=True):
        assert lunge.start_s < middle < lunge.end_s
        assert lunge.start_s <= lunge.peak_s < lunge.end_s


@settings(max_examples=20)
@given(rate_hz=st.sampled_from([15.0, 24.0, 30.0, 60.0]), irregular=st.floats(0, 0.9), shift_s=st.floats(0, 500), seed=st.integers(0, 50))
def test_frame_rate_irregular_times_and_clock_do_not_matter(rate_hz: float, irregular: float, shift_s: float, seed: int) -> None:
    """Everything is in seconds: three lunges at any rate, on any clock, with ends within 0.25 s of each other."""
    t_s, angle, _ = make_lunges([36.0, 40.0, 38.0], rate_hz=rate_hz, irregular=irregular, seed=seed)
    lunges = segment_lunges(t_s + shift_s, angle)
    assert len(lunges) == 3
    for k, lunge in enumerate(lunges):
        begin = k * (REST_S + 2 * RAMP_S + 2.0) + REST_S + shift_s
        assert lunge.start_s == pytest.approx(begin, abs=0.4)  # s: 8 % of the swing of a slow ramp, and a quarter second of smoothing
        assert lunge.end_s == pytest.approx(begin + 2 * RAMP_S + 2.0, abs=0.4)


@pytest.mark.parametrize("noise_deg", [0.02, 0.3])
def test_the_plateau_is_all_of_it_hold(noise_deg: float) -> None:
    """No frame of the stretch that scores belongs to the way in or out, however still the hold: points averaged over such frames lie on no shin."""
    t_s, angle, middles = make_lunges([38.0, 40.0, 36.0], hold_s=0.8, noise_deg=noise_deg)
    for lunge, middle, peak in zip(segment_lunges(t_s, angle), middles, (38.0, 40.0, 36.0), strict=True):
        assert np.abs(t_s[lunge.plateau] - middle).max() < 0.4 + 0.15  # s: the slow end of a ramp counts as hold
        assert angle[lunge.plateau].min() > peak - 1.5 - 3 * noise_deg
        assert np.ptp(t_s[lunge.plateau]) > 0.3


def test_a_bounce_within_a_hold_stays_one_lunge() -> None:
    """Backing off by 8 of 33 deg and returning does not make a second lunge."""
    t_s, angle, middles = make_lunges([38.0, 38.0])
    angle = angle - 8.0 * np.exp(-0.5 * np.square((t_s - middles[0]) / 0.2))
    assert len(segment_lunges(t_s, angle)) == 2


def test_practice_dips_are_not_lunges() -> None:
    """Dips to 12 and 15 deg beside lunges to 38 deg are ignored."""
    t_s, angle, _ = make_lunges([12.0, 38.0, 15.0, 38.0])
    assert len(segment_lunges(t_s, angle)) == 2


def test_a_clip_that_begins_in_a_lunge_still_shows_it() -> None:
    """Cut into the first hold: the lunge begins with the clip."""
    t_s, angle, _ = make_lunges([38.0, 38.0], start_s=REST_S + RAMP_S + 0.5)
    lunges = segment_lunges(t_s, angle)
    assert len(lunges) == 2
    assert lunges[0].start_s < 1.7


def test_a_clip_that_ends_in_a_lunge_still_shows_it() -> None:
    """Cut out of the last hold: the lunge ends with the clip."""
    t_s, angle, middles = make_lunges([38.0, 38.0])
    keep = t_s < middles[1]
    assert len(segment_lunges(t_s[keep], angle[keep])) == 2


def test_gaps_in_the_curve_are_bridged() -> None:
    """Frames that were not seen, a run in the ramp and a fifth of the others, change neither number nor plateau."""
    t_s, angle, middles = make_lunges([38.0, 38.0, 38.0])
    holes = np.random.default_rng(3).random(len(t_s)) < 0.2
    holes |= (t_s > middles[1] - 1.9) & (t_s < middles[1] - 1.5)
    angle[holes] = np.nan
    lunges = segment_lunges(t_s, angle)
    assert len(lunges) == 3
    for lunge in lunges:
        assert np.isfinite(angle[lunge.plateau]).all()
        assert float(np.median(angle[lunge.plateau])) == pytest.approx(38.0, abs=0.5)  # deg, 0.2 of noise


def test_two_equal_tops_of_one_hold_are_one_lunge() -> None:
    """A running median easily gives the same greatest value twice in a hold: still one lunge, counted once."""
    t_s, angle, middles = make_lunges([38.0, 36.0], noise_deg=0.0)
    angle = angle - 1.0 * (np.abs(t_s - middles[0]) < 0.4)
    assert len(segment_lunges(t_s, angle)) == 2


def test_one_wild_frame_is_no_lunge() -> None:
    """A single frame at 60 deg is taken out by the running median."""
    t_s, angle, _ = make_lunges([38.0, 38.0])
    angle[5] = 60.0
    assert len(segment_lunges(t_s, angle)) == 2


def test_nothing_seen_is_no_lunge() -> None:
    """An empty, unseen or still curve gives none."""
    t_s = np.arange(0, 10, 0.1)
    assert segment_lunges(t_s, np.full(100, np.nan)) == ()
    assert segment_lunges(t_s, 5 + np.random.default_rng(0).normal(0, 0.3, 100)) == ()
    assert segment_lunges(np.empty(0), np.empty(0)) == ()


def test_the_plateau_is_half_a_second_at_the_top() -> None:
    """Between 0.3 and 0.6 s, inside the lunge, and at the greatest inclination: never one frame."""
    t_s, angle, middles = make_lunges([38.0], rate_hz=30.0)
    angle = angle + 1.5 * ((t_s > middles[0]) & (t_s < middles[0] + 0.5))
    (lunge,) = segment_lunges(t_s, angle)
    held = t_s[lunge.plateau]
    assert 0.3 <= np.ptp(held) <= 0.6
    assert held.min() == pytest.approx(middles[0], abs=0.2)  # s: a quarter of the stretch may lie beside the top
    assert not (lunge.plateau & ~lunge.frames).any()


def test_lunges_do_not_overlap() -> None:
    """No frame belongs to two lunges."""
    t_s, angle, _ = make_lunges([36.0, 40.0, 33.0, 39.0], hold_s=0.4)
    assert np.sum([lunge.frames for lunge in segment_lunges(t_s, angle)], axis=0).max() == 1


def test_stances_change_where_the_foot_moved() -> None:
    """Millimetres are the same stance, a centimetre is the next one, and coming back counts as new."""
    assert group_stances(np.array([10.0, 10.1, 9.95, 11.0, 11.1, 10.0]), least_move=0.5) == (1, 1, 1, 2, 2, 3)


def test_a_foot_that_creeps_is_held_against_its_stance() -> None:
    """Each step is under the limit, their sum is not."""
    assert group_stances(np.array([10.0, 10.3, 10.6, 10.9]), least_move=0.5)[-1] == 2


def test_an_unseen_foot_stays_in_its_stance() -> None:
    """NaN neither opens a stance nor counts in one."""
    assert group_stances(np.array([np.nan, 10.0, np.nan, 11.0]), least_move=0.5) == (1, 1, 1, 2)
    assert group_stances(np.empty(0), least_move=0.5) == ()


def test_the_plateau_does_not_reach_over_a_hole() -> None:
    """A leg lost on its way to the wall and in the hold: what is averaged are the two frames of the top that were seen, and none of the way there."""
    t = np.arange(0.0, 5.0, 1 / 7.5)
    angle = np.interp(t, [0.0, 1.0, 2.2, 2.8, 4.0, 5.0], [8.0, 8.0, 38.0, 38.0, 8.0, 8.0])
    angle[((t > 1.9) & (t < 2.3)) | ((t > 2.6) & (t < 3.3))] = np.nan
    (lunge,) = segment_lunges(t, angle)
    assert t[lunge.plateau] == pytest.approx([2.4, 2.533], abs=0.001)


@pytest.mark.parametrize(
    ("lost_s", "top_seen"),
    [((), True), ((1.5, 3.4), False), ((1.9, 3.9), False), ((2.3, 2.75), True), ((1.2, 1.9), True), ((3.1, 3.8), True), ((1.2, 2.5), True)],
    ids=["nothing", "hold", "hold and more of the way back", "middle of the hold", "way there", "way back", "way there and half of the hold"],
)
def test_a_lunge_that_was_lost_at_its_top_is_known(lost_s: tuple[float, ...], *, top_seen: bool) -> None:
    """Rising before the hole and falling behind it, the shin leaned farther than was seen; a hole elsewhere takes nothing from the hold."""
    t = np.arange(0.0, 5.0, 1 / 7.5)
    angle = np.interp(t, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [8.0, 8.0, 38.0, 38.0, 8.0, 8.0])
    if lost_s:
        angle[(t > lost_s[0]) & (t < lost_s[1])] = np.nan
    (lunge,) = segment_lunges(t, angle)
    assert lunge.top_seen == top_seen
    if top_seen:
        assert float(np.median(angle[lunge.plateau])) == pytest.approx(38.0, abs=0.1)
