// Looks at pictures beside the page, so that the page stays quick: the pose network, the light, and now and then the sheet's markers.
import { FilesetResolver, PoseLandmarker } from "/static/vendor/mediapipe-1.1.0/vision_bundle.mjs";
import { AR } from "/static/vendor/aruco-2.0.0/aruco.mjs";

const RUNTIME = "/static/vendor/mediapipe-1.1.0/wasm";
const WEIGHTS = "/static/vendor/pose-0.5.1675469404/pose_landmarker_lite.task";
const LIGHT_PX = [64, 36];
/** OpenCV's DICT_4X4_50 is the beginning of its 4X4_1000; the sheet carries these two of it. */
const SHEET_IDS = new Set([10, 11]);

// The runtime writes its notes to the error stream; what is really wrong begins otherwise and stays.
for (const stream of ["error", "warn", "log"]) {
  const say = console[stream].bind(console);
  console[stream] = (...words) => (/^(INFO:|[IW]\d{4} |Graph )/.test(String(words[0])) ? console.debug(...words) : say(...words));
}

let landmarker = null;
let detector = null;
const lightCanvas = new OffscreenCanvas(...LIGHT_PX);
const lightPicture = lightCanvas.getContext("2d", { willReadFrequently: true });

const start = async () => {
  const runtime = await FilesetResolver.forVisionTasks(RUNTIME, true);
  landmarker = await PoseLandmarker.createFromOptions(runtime, { baseOptions: { modelAssetPath: WEIGHTS, delegate: "CPU" }, runningMode: "VIDEO", numPoses: 1 });
  AR.DICTIONARIES.SHEET = { nBits: 16, tau: 1, codeList: AR.DICTIONARIES.ARUCO_4X4_1000.codeList.slice(0, 50) };
  detector = new AR.Detector({ dictionaryName: "SHEET", maxHammingDistance: 0 });
  landmarker.detectForVideo(lightCanvas, 0); // the first look takes ten times as long as the next; nobody waits for this one
};

const readLight = (picture) => {
  lightPicture.drawImage(picture, 0, 0, ...LIGHT_PX);
  const { data } = lightPicture.getImageData(0, 0, ...LIGHT_PX);
  const lights = Array.from({ length: data.length / 4 }, (_, index) => 0.299 * data[4 * index] + 0.587 * data[4 * index + 1] + 0.114 * data[4 * index + 2]);
  const mean = lights.reduce((sum, each) => sum + each, 0) / lights.length;
  return { mean, spread: Math.sqrt(lights.reduce((sum, each) => sum + (each - mean) ** 2, 0) / lights.length) };
};

const findSheet = (floor) => {
  const canvas = new OffscreenCanvas(floor.width, floor.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(floor, 0, 0);
  const { data } = context.getImageData(0, 0, floor.width, floor.height);
  return detector.detectImage(floor.width, floor.height, data).some((marker) => SHEET_IDS.has(marker.id));
};

const look = ({ picture, floor, tMs, width, height }) => {
  const light = readLight(picture);
  const found = landmarker.detectForVideo(picture, tMs);
  const points = found.landmarks[0]?.map(({ x, y, z, visibility }) => ({ x, y, z, visibility })) ?? null;
  const sheet = floor ? findSheet(floor) : null;
  picture.close();
  floor?.close();
  return { points, light, sheet, tMs, width, height };
};

self.addEventListener("message", async ({ data }) => {
  try {
    if (data.type === "start") {
      await start();
      self.postMessage({ type: "ready" });
    } else self.postMessage({ type: "look", ...look(data) });
  } catch (error) {
    self.postMessage({ type: "broken", reason: String(error) });
  }
});
