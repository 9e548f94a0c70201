// WebGL2: the pool as a layer of its own, painted when it changes, and the chosen points over it.
import { Buffers, CHANNELS, RANKED, byRank } from "./buffers.js";
import { SLOTS } from "./colours.js";
import { Layer, Program, Texture } from "./programs.js";
import {
  POINTS_FRAGMENT, POINTS_VERTEX, SHADING_FRAGMENT, SHADING_VERTEX,
} from "./shaders.js";

const [POOL, CHOSEN, CHOSEN_BEFORE] = [0, 1, 2]; // passes
const [PALETTE, DENSITY] = [0, 1]; // texture units

let contexts = 0; // made in this page so far; a test watches it

export class NoWebGL2 extends Error {
  message =
    "This browser offers no WebGL2, which the map is drawn with. Switch on hardware " +
    "acceleration or open the page in a current browser.";
}

export class Renderer {
  // Throws NoWebGL2 where the browser has none. `onChange` is told after a loss and a restoration.
  constructor(canvas, onChange) {
    this.canvas = canvas;
    this.gl = canvas.getContext("webgl2", { alpha: true, antialias: false, depth: false });
    if (!this.gl) throw new NoWebGL2();
    contexts += 1;
    this.arrays = {}; // the typed arrays on the graphics card, for restoring
    this.picked = {}; // selection -> rows in pick order
    this.version = 0; // of everything that the pool's layer shows
    this.lost = false;
    this.onLost = (event) => {
      event.preventDefault(); // or it is never restored
      this.lost = true;
      onChange();
    };
    this.onRestored = () => {
      this.lost = false;
      this.build();
      onChange();
    };
    canvas.addEventListener("webglcontextlost", this.onLost);
    canvas.addEventListener("webglcontextrestored", this.onRestored);
    this.build();
  }

  static get contexts() {
    return contexts;
  }

  get count() {
    return (this.arrays.points?.length ?? 0) / 2;
  }

  // Replaces one channel; null takes it away.
  set(name, array) {
    if (this.arrays[name] === array) return;
    this.arrays[name] = array;
    if (RANKED.includes(name)) this.picked[name] = byRank(array);
    else this.version += 1;
    if (!this.lost) this.upload(name);
  }

  setPalette(categories, sequence) {
    this.palette = [categories, sequence];
    this.version += 1;
    if (!this.lost) this.uploadPalette();
  }

  // The cells of density.js, or others of the same map.
  setDensity(density) {
    if (this.density === density) return;
    this.density = density;
    this.version += 1;
    if (!this.lost) this.uploadDensity();
  }

  // In which order the pool is drawn: a function that makes all rows once, see sample.js.
  setRows(rows) {
    this.rows = rows;
    this.version += 1;
    if (!this.lost) this.buffers.putRows("pool", rows());
  }

  // How many rows a budget chooses.
  chosen(budget) {
    return Math.min(budget, this.picked.order?.length ?? 0);
  }

  build() {
    const { gl } = this;
    this.version += 1;
    this.points = new Program(gl, POINTS_VERTEX, POINTS_FRAGMENT);
    this.shading = new Program(gl, SHADING_VERTEX, SHADING_FRAGMENT);
    this.layer = new Layer(gl);
    this.textures = {
      palette: new Texture(gl, PALETTE, gl.NEAREST),
      density: new Texture(gl, DENSITY, gl.LINEAR),
    };
    this.buffers = new Buffers(gl);
    this.nothing = gl.createVertexArray(); // the shading reads no buffer
    for (const name of Object.keys(CHANNELS)) this.upload(name);
    if (this.rows) this.buffers.putRows("pool", this.rows());
    if (this.palette) this.uploadPalette();
    if (this.density) this.uploadDensity();
  }

  upload(name) {
    this.buffers.put(name, this.arrays[name]);
    // A budget is a prefix of the rows in pick order, and costs what it chooses.
    if (RANKED.includes(name)) this.buffers.putRows(`picked ${name}`, this.picked[name]);
  }

  uploadPalette() {
    const pixels = new Uint8Array(2 * SLOTS * 4);
    this.palette.forEach((colours, row) => {
      colours.forEach(([r, g, b, a = 1], i) => {
        pixels.set([255 * r, 255 * g, 255 * b, 255 * a], 4 * (row * SLOTS + i));
      });
    });
    this.textures.palette.fill(SLOTS, 2, pixels, 4);
  }

  uploadDensity() {
    const { columns, rows, levels } = this.density;
    this.textures.density.fill(columns, rows, levels, 1);
  }

  // One frame. `look` holds what the uniforms need; see Scene.draw().
  draw(camera, look) {
    const { gl, canvas } = this;
    if (this.lost) return;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const scale = [
      (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height,
    ];
    const place = { centre: [camera.x, camera.y], scale };
    this.layer.update(canvas.width, canvas.height, this.layerKey(place, look), () =>
      this.paintPool(place, look));
    this.layer.show();
    if (this.count) this.paintChosen(place, look);
  }

  // Whatever changes how the pool looks; the budget does not.
  layerKey(place, look) {
    const { canvas, version } = this;
    const { size, crowd, full, shade, alone, share, context, colouring, theme } = look;
    return JSON.stringify([
      version, canvas.width, canvas.height, place, size, crowd, full, shade, alone, share, context,
      colouring, theme,
    ]);
  }

  paintPool(place, look) {
    const { gl } = this;
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.count) return;
    if (look.shade > 0) this.paintShading(place, look);
    this.usePoints(place, look, POOL);
    this.buffers.draw("pool", look.stretches);
  }

  paintShading(place, look) {
    const { gl } = this;
    const at = this.shading.use();
    this.setPlace(at, place, look);
    gl.bindVertexArray(this.nothing);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindVertexArray(null);
  }

  paintChosen(place, look) {
    this.usePoints(place, look, CHOSEN);
    this.buffers.draw("picked order", [[0, this.chosen(look.budget)]]);
    if (look.fade >= 1) return;
    const before = Math.min(look.budgetBefore, this.picked.before?.length ?? 0);
    this.gl.uniform1i(this.points.at.u_pass, CHOSEN_BEFORE); // both selections, for 150 ms
    this.buffers.draw("picked before", [[0, before]]);
  }

  usePoints(place, look, pass) {
    const { gl } = this;
    const at = this.points.use();
    this.setPlace(at, place, look);
    gl.uniform1ui(at.u_budget, look.budget);
    gl.uniform1ui(at.u_budget_before, look.budgetBefore);
    gl.uniform1f(at.u_fade, look.fade);
    gl.uniform1i(at.u_pass, pass);
    gl.uniform1i(at.u_colouring, look.colouring);
    gl.uniform1i(at.u_masked, Number(Boolean(this.arrays.mask)));
    gl.uniform1f(at.u_size, look.size);
    gl.uniform1f(at.u_chosen_size, look.chosenSize);
    gl.uniform1f(at.u_by_pick, look.byPick ? Math.log2(1 + this.chosen(look.budget)) : 0);
    gl.uniform1f(at.u_rim, look.rim);
    gl.uniform1f(at.u_alone, look.alone);
    gl.uniform1f(at.u_share, look.share);
    gl.uniform1f(at.u_context, look.context);
    gl.uniform3fv(at.u_chosen, look.theme.chosen);
    gl.uniform3fv(at.u_surface, look.theme.surface);
    gl.uniform3fv(at.u_ink, look.theme.ink);
    gl.uniform1i(at.u_palette, PALETTE);
  }

  // Where the camera looks, and how crowded each place is: both programs need it.
  setPlace(at, place, look) {
    const { gl, density } = this;
    gl.uniform2fv(at.u_centre, place.centre);
    gl.uniform2fv(at.u_scale, place.scale);
    gl.uniform3fv(at.u_pool, look.theme.pool);
    gl.uniform1i(at.u_density, DENSITY);
    gl.uniform2fv(at.u_origin, density.origin);
    gl.uniform2f(at.u_extent, density.columns * density.side, density.rows * density.side);
    gl.uniform1f(at.u_span, density.span);
    gl.uniform1f(at.u_crowd, look.crowd);
    gl.uniform1f(at.u_full, look.full);
    gl.uniform1f(at.u_shade, look.shade);
  }

  // Waits until the frame is on the canvas: for measuring only, it stalls the pipeline.
  finish() {
    const { gl } = this;
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  destroy() {
    const { gl } = this;
    this.canvas.removeEventListener("webglcontextlost", this.onLost);
    this.canvas.removeEventListener("webglcontextrestored", this.onRestored);
    gl.deleteVertexArray(this.nothing);
    for (const texture of Object.values(this.textures)) texture.destroy();
    for (const made of [this.buffers, this.points, this.shading, this.layer]) made.destroy();
    gl.getExtension("WEBGL_lose_context")?.loseContext();
    this.arrays = {};
    this.picked = {};
    this.density = this.rows = null;
  }
}
