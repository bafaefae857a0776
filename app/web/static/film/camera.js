// Camera, recorder and motion sensor of the phone.
import { GravityLog, readTilt, toPicture } from "./gravity.js";

const WANTED = { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 30 }, facingMode: { ideal: "environment" } };
const KINDS = ["video/mp4;codecs=avc1.640028", "video/mp4", "video/webm;codecs=vp8", "video/webm"];
const BITS_PER_S = 10_000_000;

/** Why this browser cannot film here, or null where it can. */
export const findHindrance = () => {
  if (!window.isSecureContext) return "insecure";
  if (!navigator.mediaDevices?.getUserMedia) return "no_camera";
  if (!window.MediaRecorder || !KINDS.some((kind) => MediaRecorder.isTypeSupported(kind))) return "no_recorder";
  return window.Worker && window.WebAssembly && window.createImageBitmap && window.OffscreenCanvas ? null : "no_coach";
};

/** Ask for the camera at the back; throws a name of what went wrong. */
export const openCamera = async () => {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
  } catch (error) {
    throw new Error(error.name === "NotAllowedError" ? "denied" : "no_camera", { cause: error });
  }
};

export const showCamera = (stream, video) => {
  video.srcObject = stream;
  return video.play();
};

/** Close a camera; what shows another one by now goes on. */
export const closeCamera = (stream, video) => {
  for (const track of stream.getTracks()) track.stop();
  if (video.srcObject === stream) video.srcObject = null;
};

/** Records a stream until it is told to stop; then there is one file. */
export class Recording {
  #recorder;
  #parts = [];
  #ended;

  constructor(stream) {
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.#recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: BITS_PER_S });
    this.#ended = new Promise((resolve) => this.#recorder.addEventListener("stop", resolve, { once: true }));
    this.#recorder.addEventListener("dataavailable", ({ data }) => { if (data.size > 0) this.#parts.push(data); });
    this.#recorder.start(1000);
  }

  async stop() {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    await this.#ended;
    const type = this.#recorder.mimeType.split(";")[0];
    return new Blob(this.#parts, { type });
  }
}

/** Listens to the accelerometer, where there is one and it may be listened to. */
export class Motion {
  #down = null;
  #heardMs = -Infinity;
  #log = null;
  #listen = ({ accelerationIncludingGravity: felt }) => {
    if (felt === null || felt.x === null) return;
    const angleDeg = screen.orientation?.angle ?? 0;
    this.#down = toPicture(felt, angleDeg);
    this.#heardMs = performance.now();
    this.#log?.add(this.#down, angleDeg);
  };

  /** Some phones ask their owner first, and only after a tap. */
  async start() {
    try {
      if (typeof window.DeviceMotionEvent?.requestPermission === "function" && (await DeviceMotionEvent.requestPermission()) !== "granted") return;
    } catch { return; } // was not asked by a tap, or not allowed: the check says that it cannot tell
    window.addEventListener("devicemotion", this.#listen);
  }

  /** How the phone leans now; null where nothing was felt lately. */
  readTilt() { return performance.now() - this.#heardMs < 1000 ? readTilt(this.#down) : null; }

  record() { this.#log = new GravityLog(); }

  finish() {
    const summary = this.#log?.summarise() ?? null;
    this.#log = null;
    return summary;
  }

  stop() { window.removeEventListener("devicemotion", this.#listen); }
}
