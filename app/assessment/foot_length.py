"""The length of the foot as the printed sheet shows it: a scale for later clips, and a check of the sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.assessment.leg_depth import compute_depths
from app.assessment.leg_path import LegPath, border_of
from app.assessment.measurement import AttemptOptions, Finding
from app.assessment.moment import MomentParams
from app.assessment.scene_solve import SolvedScene
from calibration.camera import N_PARAMS, Camera
from calibration.propagate import propagate
from calibration.quantity import Quantity
from calibration.references import FOOT_LENGTH_STD_CM, SHEET_V1
from vision.tracks import LegTrack

FloatArray = npt.NDArray[np.float64]

_PRINT_OFF = 0.01
"""A ruler farther off than this was not printed at 100 %."""
_COMMON_SHARE = 0.5
"""Share of one clip's variance that the next clip of the same foot has too: where outline and shadow end, how the foot is shod or lit."""
_LEAST_OWN_STD_CM = 0.01
"""Nobody reads a foot twice alike to less: keeps scatter from being held against nothing."""
FEET_DIFFER_STD_CM = 0.15
"""One length serves both feet, and a foot differs from the mean of both by some millimetres. Judgement."""


def measure_foot_length(leg: LegTrack, path: LegPath, scene: SolvedScene, *, shod: bool, params: MomentParams | None = None) -> Quantity | None:
    """Heel to toe along the foot, cm, from the whole clip; None without the sheet.

    Notes
    -----
    It is the length that scales a clip without a sheet, read in the same way: what is systematic in reading toe and heel cancels there.
    """
    if not scene.uses_sheet:
        return None
    value, covariance, _ = propagate(*build_length_model(leg, path, scene, shod=shod, params=params))
    if not (np.isfinite(value[0]) and np.isfinite(covariance[0, 0])):
        return None
    return Quantity(float(value[0]), float(np.sqrt(covariance[0, 0])), "cm")


def build_length_model(
    leg: LegTrack, path: LegPath, scene: SolvedScene, *, shod: bool, params: MomentParams | None = None
) -> tuple[Callable[[FloatArray], FloatArray], FloatArray, FloatArray]:
    """Return the length (1,) as a function of its inputs (N,), the inputs and their covariance (N, N).

    Notes
    -----
    Inputs: the camera with its covariance, toe and heel on the picture, the sole's border, how much nearer or farther than its border says the foot as a
    whole, the toe and the heel are, and the scale of the sheet.
    """
    p = params or MomentParams()
    toe_px, heel_px = np.nanmedian(leg.toe, axis=0), np.nanmedian(leg.heel_back, axis=0)
    border_px = border_of(leg)
    edge_px = p.edge_std_px(path.scale.cm_per_px or 1.0)
    stds = [edge_px, edge_px, p.border_px, 0.7 * p.border_px]
    stds += [p.plane_depth_cm, p.toe_depth_cm, p.ankle_depth_cm, path.scale.relative_std or 0.0]
    covariance = np.zeros((N_PARAMS + len(stds), N_PARAMS + len(stds)))
    covariance[:N_PARAMS, :N_PARAMS] = scene.solution.covariance
    covariance[N_PARAMS:, N_PARAMS:] = np.diag(np.square(stds))

    def evaluate(x: FloatArray) -> FloatArray:
        camera = Camera(x[:N_PARAMS], scene.camera.size_px)
        toe_e, heel_e, border_e, turn_e, plane_dz, toe_dz, heel_dz, scale_e = x[N_PARAMS:]
        toe_at, heel_at = toe_px + np.array([toe_e, 0.0]), heel_px + np.array([heel_e, 0.0])
        z = compute_depths(camera, border_px + np.array([[0, border_e + turn_e], [0, border_e - turn_e]]), toe_at, heel_at, shod=shod)
        toe, heel = camera.on_plane(toe_at[None], z.toe + plane_dz + toe_dz)[0], camera.on_plane(heel_at[None], z.heel + plane_dz + heel_dz)[0]
        return np.array([np.hypot(toe[0] - heel[0], toe[2] - heel[2]) * (1 + scale_e)])

    return evaluate, np.concatenate([scene.camera.params, np.zeros(len(stds))]), covariance


def judge_print(learnt: Quantity | None, options: AttemptOptions, *, uses_sheet: bool) -> tuple[Finding, ...]:
    """Say where the print, or what was typed, cannot be right: a ruler off by more than 1 %, or a typed foot that the sheet contradicts."""
    out = []
    ruler = options.sheet_ruler_mm
    if uses_sheet and ruler is not None and abs(ruler / SHEET_V1.ruler_mm - 1) > _PRINT_OFF:
        missing = "" if options.sheet_margin_mm is not None else " Its margin was not typed in, so the place of the wall is less sure."
        message = (
            f"The sheet's ruler measures {ruler:g} mm where 100 mm were printed: the page was not printed at 100 %. The measured length was used.{missing}"
        )
        out.append(Finding("print_scale", "warning", message, round(ruler / SHEET_V1.ruler_mm - 1, 4)))
    typed = options.foot_length_cm
    if learnt is not None and typed is not None:
        known = Quantity(typed, options.foot_length_std_cm or FOOT_LENGTH_STD_CM, "cm")
        apart = learnt - known
        if abs(apart.value) > apart.half_width95():
            worn = "shoe" if options.footwear == "shod" else "foot"
            said = "typed" if options.foot_length_std_cm is None else "learnt before"
            message = (
                f"By the sheet the {worn} is {learnt.value:.1f} ± {learnt.half_width95():.1f} cm long, {said} were {typed:.1f} cm: more apart than both can be "
                f"wrong. The sheet was used."
            )
            out.append(Finding("print_scale", "warning", message, round(apart.value, 2)))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class SeenLength:
    """Length of a foot as one clip with the sheet shows it, and how much of its uncertainty is the scale of the print, which other clips have too."""

    length: Quantity
    print_std_cm: float = 0.0


def combine_foot_lengths(seen: Sequence[SeenLength]) -> Quantity | None:
    """Weigh several lengths of one foot by their precision; None for none.

    Notes
    -----
    The scale of the print is common to all clips: people print one sheet and keep it. Of the rest of each variance half is taken to be common as well
    (outline, shadow, lens), so that many clips never claim more than that. Where they scatter more than their uncertainties allow, the result's is widened
    by the Birge ratio (Birge 1932, doi 10.1103/PhysRev.40.207).
    """
    if not seen:
        return None
    values, variances = np.array([s.length.value for s in seen]), np.array([s.length.std**2 for s in seen])
    prints = np.minimum(np.square([s.print_std_cm for s in seen]), variances)
    rest = variances - prints
    alone = np.maximum((1 - _COMMON_SHARE) * rest, _LEAST_OWN_STD_CM**2)
    weights = (1 / variances) / np.sum(1 / variances)
    mean = float(weights @ values)
    common = float(weights @ np.sqrt(prints)) ** 2 + _COMMON_SHARE * float(weights @ np.sqrt(rest)) ** 2
    own = (1 - _COMMON_SHARE) * float(np.square(weights) @ rest)
    if len(values) > 1:
        chi2 = float(np.sum(np.square(values - mean) / alone)) / (len(values) - 1)
        own = max(own, chi2 * float(np.square(weights) @ alone)) if chi2 > 1 else own
    return Quantity(mean, float(np.sqrt(own + common)), seen[0].length.unit)


def learn_foot_length(seen: Mapping[str, Sequence[SeenLength]]) -> Quantity | None:
    """Return the one length that is used for both feet of a person, from what clips with the sheet showed of each; None for none.

    Notes
    -----
    Each foot is combined on its own, and of two feet the mean is taken: their clips share what the clips of one foot share, so the uncertainty of the mean is
    taken to be the mean of both. That a foot is not as long as the mean of both is added.
    """
    feet = [combined for own in seen.values() if (combined := combine_foot_lengths(own)) is not None]
    if not feet:
        return None
    std = float(np.hypot(np.mean([foot.std for foot in feet]), FEET_DIFFER_STD_CM))
    return Quantity(float(np.mean([foot.value for foot in feet])), std, feet[0].unit)
