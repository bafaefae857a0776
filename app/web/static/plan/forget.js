// After signing out nothing of a plan stays on the phone.
import { forgetAll } from "./queue.js";

forgetAll().catch(() => {}); // where nothing could be kept, nothing is left
