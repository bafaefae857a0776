"""A pinhole camera that stands in front of a wall and a floor.

The room, in cm, for a person who faces right in the picture: x grows away from the wall (left in the picture), y up from the floor, z away from the
camera, so that the measuring plane is a plane of constant z. Pixels are square, the principal point is the centre of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

_UPRIGHT = np.diag([-1.0, -1.0, 1.0])  # room axes to camera axes (x right, y down, z forward) of a level camera that looks straight at the plane
N_PARAMS = 7
CAMERA_X = 4
"""Place of the camera's distance from the wall among its parameters."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Focal length, attitude and place of one still camera.

    Attributes
    ----------
    params : (7,) float64
        log focal length in px, yaw, pitch, roll in rad, and the camera's place: x, log height, z in cm.
    size_px : (width, height)
    """

    params: FloatArray
    size_px: tuple[int, int]

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return float(np.exp(self.params[0]))

    def rotation(self) -> FloatArray:
        """Room axes to camera axes, (3, 3): yaw about the vertical, then pitch, then roll about the viewing axis."""
        yaw, pitch, roll = self.params[1:4]
        cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
        about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        return np.asarray(about_z @ about_x @ about_y @ _UPRIGHT)

    def centre_cm(self) -> FloatArray:
        """Place of the camera in the room, (3,) cm."""
        return np.array([self.params[4], np.exp(self.params[5]), self.params[6]])

    def project(self, xyz_cm: FloatArray) -> FloatArray:
        """Room points to pixels.

        Parameters
        ----------
        xyz_cm : (N, 3) float64

        Returns
        -------
        (N, 2) float64
            Pixels, y down. Points behind the camera give NaN.
        """
        cam = (np.atleast_2d(xyz_cm) - self.centre_cm()) @ self.rotation().T
        depth = np.where(cam[:, 2] > 1e-6, cam[:, 2], np.nan)
        return cam[:, :2] / depth[:, None] * self.focal_px + self._centre_px()

    def direction_px(self, direction: FloatArray) -> FloatArray:
        """Homogeneous image point (3,) in which all lines of a room direction (3,) meet."""
        cam = self.rotation() @ np.asarray(direction, dtype=np.float64)
        cx, cy = self._centre_px()
        f = self.focal_px
        return np.array([f * cam[0] + cx * cam[2], f * cam[1] + cy * cam[2], cam[2]])

    def rays(self, xy_px: FloatArray) -> FloatArray:
        """Return viewing directions in room axes (N, 3) for pixels (N, 2), not normalised."""
        centred = (np.atleast_2d(xy_px) - self._centre_px()) / self.focal_px
        return np.column_stack([centred, np.ones(len(centred))]) @ self.rotation()

    def on_floor(self, xy_px: FloatArray, *, height_cm: float = 0.0) -> FloatArray:
        """Where rays meet the horizontal plane y = height: (N, 3) cm; NaN for rays that do not come down to it."""
        rays, centre = self.rays(xy_px), self.centre_cm()
        down = np.where(rays[:, 1] < -1e-9, rays[:, 1], np.nan)
        return np.asarray(centre + rays * ((height_cm - centre[1]) / down)[:, None])

    def on_plane(self, xy_px: FloatArray, z_cm: float | FloatArray) -> FloatArray:
        """Where rays meet the vertical plane z = z_cm: (N, 3) cm; NaN for rays along or behind it."""
        rays, centre = self.rays(xy_px), self.centre_cm()
        ahead = np.where(rays[:, 2] > 1e-9, rays[:, 2], np.nan)
        return np.asarray(centre + rays * ((z_cm - centre[2]) / ahead)[:, None])

    def _centre_px(self) -> FloatArray:
        return np.array([(self.size_px[0] - 1) / 2.0, (self.size_px[1] - 1) / 2.0])
