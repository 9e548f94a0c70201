// The component's entry.
import { mounted } from "../coreset-atlas.shared/mount.js";
import { MapView } from "./view.js";

export default mounted(MapView);
