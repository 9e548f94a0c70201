// The component's entry.
import { mounted } from "../coreset-atlas.shared/mount.js";
import { CurveView } from "./view.js";

export default mounted(CurveView);
