"""The room: floor, the wall of the test, the wall behind, what stands about, and the printed sheet, drawn once."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.camera import Camera
from calibration.references import SHEET_V1
from tests.drawn.spec import CameraSpec, Colour, FloatArray, Rgb, RoomSpec, SceneSpec, SheetSpec

FINER = 2
"""The room is drawn at so many times the size and averaged down."""
_HIGH_CM, _LEFT_CM, _RIGHT_CM, _NEAR_CM = 280.0, 420.0, -320.0, -330.0
_TEXTURE_PX_CM = 2.0


def build_camera(spec: CameraSpec) -> Camera:
    """Return the camera as it stands, without sway."""
    angles = np.radians([spec.yaw_deg, spec.pitch_deg, spec.roll_deg])
    focal = spec.focal_over_long_side * max(spec.size_px)
    return Camera(np.array([np.log(focal), *angles, spec.x_cm, np.log(spec.height_cm), -spec.distance_cm]), spec.size_px)


def sway(camera: Camera, turn_rad: FloatArray) -> Camera:
    """Return the camera turned a little: yaw, pitch, roll."""
    params = camera.params.copy()
    params[1:4] += turn_rad
    return Camera(params, camera.size_px)


class _Canvas:
    """A finer picture with a border, onto which planes of the room are laid."""

    def __init__(self, camera: Camera, margin_px: int) -> None:
        self.camera, self.margin = camera, margin_px
        width, height = camera.size_px
        self.size = ((width + 2 * margin_px) * FINER, (height + 2 * margin_px) * FINER)
        self.picture = np.zeros((self.size[1], self.size[0], 3), np.uint8)
        f = camera.focal_px
        centre = ((width - 1) / 2 + margin_px + 0.5) * FINER - 0.5, ((height - 1) / 2 + margin_px + 0.5) * FINER - 0.5
        lens = np.array([[f * FINER, 0, centre[0]], [0, f * FINER, centre[1]], [0, 0, 1]])
        self.matrix = lens @ np.column_stack([camera.rotation(), -camera.rotation() @ camera.centre_cm()])

    def lay(self, texture: Rgb, corner: FloatArray, along: FloatArray, down: FloatArray) -> None:
        """Lay a texture onto the parallelogram from `corner` along its two sides (cm)."""
        high, wide = texture.shape[:2]
        steps = np.column_stack([along / wide, down / high, corner + 0.5 * along / wide + 0.5 * down / high])
        homography = self.matrix[:, :3] @ steps + np.column_stack([np.zeros((3, 2)), self.matrix[:, 3]])
        shape = self._outline(np.array([corner, corner + along, corner + along + down, corner + down]))
        if len(shape) < 3:
            return
        mask = np.zeros(self.picture.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(np.clip(shape, -30000, 30000)).astype(np.int32)], 255)
        x, y, w, h = cv2.boundingRect(mask)
        if w == 0 or h == 0:
            return
        home = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]], np.float64)
        warped = cv2.warpPerspective(texture, home @ homography, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cv2.copyTo(warped, mask[y : y + h, x : x + w], self.picture[y : y + h, x : x + w])

    def _outline(self, corners: FloatArray) -> FloatArray:
        """Corners (N, 3) cut off behind the camera and projected: (M, 2)."""
        homogeneous = np.column_stack([corners, np.ones(len(corners))]) @ self.matrix.T
        out = []
        for i in range(len(corners)):
            a, b = homogeneous[i], homogeneous[(i + 1) % len(corners)]
            if a[2] > 5.0:
                out.append(a)
            if (a[2] > 5.0) != (b[2] > 5.0):
                out.append(a + (b - a) * (5.0 - a[2]) / (b[2] - a[2]))
        points = np.array(out).reshape(-1, 3)
        return np.asarray(points[:, :2] / points[:, 2:])


def _plain(colour: Colour, high: int, wide: int, rng: np.random.Generator, *, uneven: float = 0.03) -> Rgb:
    """Return a painted surface; light falls off a little over it."""
    small = rng.normal(1.0, uneven, (4, 4))
    light = cv2.resize(small, (wide, high), interpolation=cv2.INTER_CUBIC)
    return np.clip(light[..., None] * np.array(colour), 0, 255).astype(np.uint8)


def _floor_texture(room: RoomSpec, high: int, wide: int, rng: np.random.Generator) -> Rgb:
    texture = np.ones((high, wide), np.float64)
    pitch = max(3, round(room.pitch_cm * _TEXTURE_PX_CM))
    c = room.floor_contrast
    if room.floor == "boards":
        for k in range(0, high, pitch):
            texture[k : k + pitch] *= 1 + rng.normal(0, 0.5 * c)
            grain = cv2.GaussianBlur(rng.normal(0, 1, (min(pitch, high - k), wide)), (0, 0), 12, sigmaY=0.7)
            texture[k : k + pitch] *= 1 + 2.0 * c * grain
            texture[k : k + 1] *= 1 - 3 * c
            for x in rng.integers(0, wide, 3):
                texture[k : k + pitch, x : x + 1] *= 1 - 3 * c
    elif room.floor == "tiles":
        for k in range(0, high, 2 * pitch):
            for j in range(0, wide, 2 * pitch):
                texture[k : k + 2 * pitch, j : j + 2 * pitch] *= 1 + rng.normal(0, 0.3 * c)
        texture[:: 2 * pitch] *= 1 - 2.5 * c
        texture[:, :: 2 * pitch] *= 1 - 2.5 * c
    elif room.floor == "carpet":
        texture *= 1 + c * rng.normal(0, 1.5, (high, wide)) + c * cv2.resize(rng.normal(0, 1, (high // 8 + 1, wide // 8 + 1)), (wide, high))
    else:
        texture *= 1 + 0.3 * c * cv2.resize(rng.normal(0, 1, (high // 40 + 1, wide // 40 + 1)), (wide, high), interpolation=cv2.INTER_CUBIC)
    return np.clip(texture[..., None] * np.array(room.floor_colour), 0, 255).astype(np.uint8)


def draw_room(scene: SceneSpec, camera: Camera, *, margin_px: int = 0) -> Rgb:
    """Return the empty room, with a border for a camera that sways: (H + 2 margin, W + 2 margin, 3)."""
    rng = np.random.default_rng([scene.seed, 21])
    room, canvas = scene.room, _Canvas(camera, margin_px)
    deep = room.back_cm - _NEAR_CM
    canvas.picture[:] = np.array(room.back_colour, np.uint8)
    canvas.lay(
        _plain(room.back_colour, 200, 300, rng),
        np.array([_LEFT_CM, _HIGH_CM, room.back_cm]),
        np.array([_RIGHT_CM - _LEFT_CM, 0.0, 0]),
        np.array([0, -_HIGH_CM, 0.0]),
    )
    _lay_skirting_behind(canvas, room, rng)
    wide, high = round((_LEFT_CM - _RIGHT_CM) * _TEXTURE_PX_CM), round(deep * _TEXTURE_PX_CM)
    texture = _floor_texture(room, wide, high, rng).transpose(1, 0, 2) if room.floor_turned else _floor_texture(room, high, wide, rng)
    canvas.lay(np.ascontiguousarray(texture), np.array([_LEFT_CM, 0, room.back_cm]), np.array([_RIGHT_CM - _LEFT_CM, 0.0, 0]), np.array([0, 0, -deep]))
    _place_objects(canvas, room, rng)
    _raise_wall(canvas, room, rng)
    if room.sheet is not None:
        _lay_sheet(canvas, room, room.sheet, mirrored=scene.camera.facing_left)
    shrunk = cv2.resize(canvas.picture, None, fx=1 / FINER, fy=1 / FINER, interpolation=cv2.INTER_AREA)
    high_px, wide_px = shrunk.shape[:2]
    light = cv2.resize(rng.normal(1.0, 0.05, (3, 3)), (wide_px, high_px), interpolation=cv2.INTER_CUBIC)
    return np.clip(shrunk * light[..., None], 0, 255).astype(np.uint8)


def _lay_skirting_behind(canvas: _Canvas, room: RoomSpec, rng: np.random.Generator) -> None:
    if rng.random() < 0.6:
        board = _plain(room.skirting_colour, 8, 100, rng)
        canvas.lay(board, np.array([_LEFT_CM, 8.0, room.back_cm]), np.array([_RIGHT_CM - _LEFT_CM, 0.0, 0]), np.array([0, -8.0, 0.0]))


def _place_objects(canvas: _Canvas, room: RoomSpec, rng: np.random.Generator) -> None:
    """Doors and pictures on the wall behind, cupboards in front of it: all of them plumb."""
    for number in range(room.objects):
        left = float(rng.uniform(40, 330) if rng.random() < 0.8 else rng.uniform(-150, 40))
        wide, colour = float(rng.uniform(25, 95)), _muted(rng)
        if number % 3 == 0:
            base, high = 0.0, float(rng.uniform(190, 215))
            canvas.lay(
                _plain((235.0, 235.0, 230.0), 40, 20, rng),
                np.array([left + 5, high + 5, room.back_cm]),
                np.array([-wide - 10, 0.0, 0]),
                np.array([0, -high - 5, 0.0]),
            )
            canvas.lay(_plain(colour, 40, 20, rng), np.array([left, high, room.back_cm]), np.array([-wide, 0.0, 0]), np.array([0, -high + base, 0.0]))
        elif number % 3 == 1:
            _stand_box(canvas, colour, left, wide, float(rng.uniform(40, 190)), room.back_cm - float(rng.uniform(25, 45)), room.back_cm, rng)
        else:
            high = float(rng.uniform(130, 190))
            canvas.lay(
                _plain(colour, 30, 30, rng, uneven=0.2), np.array([left, high, room.back_cm]), np.array([-wide * 0.6, 0.0, 0]), np.array([0, -wide * 0.5, 0.0])
            )


def _muted(rng: np.random.Generator) -> Colour:
    """Return the colour of a thing in a home or a gym: seldom a pure one."""
    grey, tint = rng.uniform(50, 220), rng.uniform(-1, 1, 3) * rng.choice([20.0, 20.0, 70.0])
    r, g, b = np.clip(grey + tint, 15, 240)
    return float(r), float(g), float(b)


def _stand_box(canvas: _Canvas, colour: Colour, left: float, wide: float, high: float, front: float, back: float, rng: np.random.Generator) -> None:
    dark = tuple(0.75 * c for c in colour)
    camera_x = float(canvas.camera.centre_cm()[0])
    if camera_x < left - wide:
        canvas.lay(_plain(dark, 20, 20, rng), np.array([left - wide, high, front]), np.array([0.0, 0, back - front]), np.array([0, -high, 0.0]))
    if camera_x > left:
        canvas.lay(_plain(dark, 20, 20, rng), np.array([left, high, back]), np.array([0.0, 0, front - back]), np.array([0, -high, 0.0]))
    if float(canvas.camera.centre_cm()[1]) > high:
        canvas.lay(_plain(colour, 20, 20, rng), np.array([left, high, back]), np.array([-wide, 0.0, 0]), np.array([0, 0, front - back]))
    canvas.lay(_plain(colour, 20, 20, rng), np.array([left, high, front]), np.array([-wide, 0.0, 0]), np.array([0, -high, 0.0]))


def _raise_wall(canvas: _Canvas, room: RoomSpec, rng: np.random.Generator) -> None:
    """Draw the wall of the test, its near end, and its skirting board."""
    begin, deep = room.wall_from_cm, room.back_cm - room.wall_from_cm
    camera_x, _, camera_z = canvas.camera.centre_cm()
    up = np.array([0, -_HIGH_CM, 0.0])
    if camera_x > 0:
        canvas.lay(_plain(room.wall_colour, 100, 200, rng), np.array([0, _HIGH_CM, room.back_cm]), np.array([0, 0, -deep]), up)
    elif camera_x < -room.wall_thick_cm:
        canvas.lay(_plain(room.wall_colour, 100, 200, rng), np.array([-room.wall_thick_cm, _HIGH_CM, begin]), np.array([0, 0, deep]), up)
    if camera_z < begin:
        canvas.lay(_plain(room.end_colour, 100, 30, rng), np.array([0, _HIGH_CM, begin]), np.array([-room.wall_thick_cm, 0, 0]), up)
    if room.skirting_cm > 0:
        _fix_skirting(canvas, room, begin, deep, rng)


def _fix_skirting(canvas: _Canvas, room: RoomSpec, begin: float, deep: float, rng: np.random.Generator) -> None:
    thick, high = room.skirting_cm, room.skirting_high_cm
    camera_x, camera_y, camera_z = canvas.camera.centre_cm()
    bright = tuple(min(255.0, 1.08 * c) for c in room.skirting_colour)
    if camera_y > high:
        canvas.lay(_plain(bright, 8, 100, rng), np.array([0, high, room.back_cm]), np.array([0, 0, -deep]), np.array([thick, 0, 0.0]))
    if camera_x > thick:
        canvas.lay(_plain(room.skirting_colour, 8, 100, rng), np.array([thick, high, room.back_cm]), np.array([0, 0, -deep]), np.array([0, -high, 0.0]))
    if camera_z < begin:
        canvas.lay(_plain(room.skirting_colour, 8, 8, rng), np.array([thick, high, begin]), np.array([-thick, 0, 0]), np.array([0, -high, 0.0]))


def sheet_texture(*, px_mm: float = 3.0) -> Rgb:
    """Return the printed page: rows run from its outer long edge to the edge at the foot, columns from the far short edge to the wall."""
    page = np.full((round(210 * px_mm), round(297 * px_mm)), 235, np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, SHEET_V1.dictionary))
    inner, _ = SHEET_V1.marker_across_mm
    for marker, near, far in SHEET_V1.marker_from_wall_mm:
        side = round((far - near) * px_mm)
        square = cv2.aruco.generateImageMarker(dictionary, marker, side)
        x, y = round((297 - far) * px_mm), round(inner * px_mm)
        page[y : y + side, x : x + side] = np.maximum(square, 25)
    ruler = page[round(25 * px_mm) : round(28 * px_mm), round(60 * px_mm) : round(160 * px_mm)]
    ruler[:] = 60
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2RGB))


def _lay_sheet(canvas: _Canvas, room: RoomSpec, sheet: SheetSpec, *, mirrored: bool) -> None:
    """Paper on the floor, its short edge at the wall, or at the skirting board in front of it; content scaled by the printer about the wall edge."""
    page = sheet_texture()
    if mirrored:
        # The scene will be mirrored as a whole, so the page is printed so that it reads right afterwards: its rows are turned over.
        page = np.ascontiguousarray(page[::-1])
    if sheet.print_scale != 1.0:
        high, wide = page.shape[:2]
        grow = np.array([[sheet.print_scale, 0, (1 - sheet.print_scale) * wide], [0, sheet.print_scale, 0]])
        page = cv2.warpAffine(page, grow, (wide, high), flags=cv2.INTER_AREA, borderValue=(235, 235, 235))
    turn = np.radians(sheet.skew_deg)
    away, aside = np.array([np.cos(turn), 0, np.sin(turn)]), np.array([np.sin(turn), 0, -np.cos(turn)])
    corner = np.array([max(room.skirting_cm, 0.0) + sheet.off_wall_cm, 0.0, sheet.across_cm])
    canvas.lay(page, corner + 29.7 * away, -29.7 * away, 21.0 * aside)
