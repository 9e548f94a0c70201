// WebGL2: buffers with one value a point, two passes over them (pool, then chosen).
import { SLOTS } from "./colours.js";
import { FRAGMENT, VERTEX } from "./shaders.js";

const NEVER = 0xffffffff; // the rank of a row that no budget reaches

// name -> attribute number, numbers a point, whether the shader reads whole numbers, and the
// value of all points where there is no array. Bytes of a score stand for 0 to 1.
const CHANNELS = {
  points: { at: 0, size: 2, whole: false, absent: [0, 0, 0, 1] },
  category: { at: 1, size: 1, whole: false, absent: [0, 0, 0, 1] },
  score: { at: 2, size: 1, whole: false, absent: [0, 0, 0, 1] },
  order: { at: 3, size: 1, whole: true, absent: [NEVER, 0, 0, 0] },
  before: { at: 4, size: 1, whole: true, absent: [NEVER, 0, 0, 0] },
  mask: { at: 5, size: 1, whole: false, absent: [1, 0, 0, 1] },
};

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
    if (name === "order") this.ranked = byRank(array);
    if (!this.lost) this.upload(name);
  }

  setPalette(categories, sequence) {
    this.palette = [categories, sequence];
    if (!this.lost) this.uploadPalette();
  }

  // How many rows a budget chooses.
  chosen(budget) {
    return Math.min(budget, this.ranked?.length ?? 0);
  }

  build() {
    const { gl } = this;
    this.program = linked(gl, VERTEX, FRAGMENT);
    this.uniforms = {};
    const active = gl.getProgramParameter(this.program, gl.ACTIVE_UNIFORMS);
    for (let i = 0; i < active; i += 1) {
      const { name } = gl.getActiveUniform(this.program, i);
      this.uniforms[name] = gl.getUniformLocation(this.program, name);
    }
    this.buffers = {};
    this.shape = gl.createVertexArray();
    this.texture = gl.createTexture();
    for (const name of Object.keys(CHANNELS)) this.upload(name);
    if (this.palette) this.uploadPalette();
  }

  upload(name) {
    const { gl } = this;
    const { at, size, whole, absent } = CHANNELS[name];
    const array = this.arrays[name];
    gl.bindVertexArray(this.shape);
    if (array?.length) {
      this.buffers[name] ??= gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
      gl.bufferData(gl.ARRAY_BUFFER, array, gl.STATIC_DRAW);
      gl.enableVertexAttribArray(at);
      const type = array instanceof Uint8Array ? gl.UNSIGNED_BYTE : gl.FLOAT;
      if (whole) gl.vertexAttribIPointer(at, size, gl.UNSIGNED_INT, 0, 0);
      else gl.vertexAttribPointer(at, size, type, name === "score", 0, 0);
    } else {
      gl.disableVertexAttribArray(at);
      gl.deleteBuffer(this.buffers[name] ?? null);
      delete this.buffers[name];
      // One value for all points; it belongs to the context, not to the vertex array.
      if (whole) gl.vertexAttribI4ui(at, ...absent);
      else gl.vertexAttrib4f(at, ...absent);
    }
    if (name === "order") this.uploadRanks();
    gl.bindVertexArray(null);
  }

  // Rows in pick order as an index buffer: a budget is a prefix of it, and costs what it chooses.
  uploadRanks() {
    const { gl } = this;
    this.buffers.ranks ??= gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.ranks);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, this.ranked ?? new Uint32Array(), gl.STATIC_DRAW);
  }

  uploadPalette() {
    const { gl } = this;
    const pixels = new Uint8Array(2 * SLOTS * 4);
    this.palette.forEach((colours, row) => {
      colours.forEach(([r, g, b, a = 1], i) => {
        pixels.set([255 * r, 255 * g, 255 * b, 255 * a], 4 * (row * SLOTS + i));
      });
    });
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, SLOTS, 2, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  // One frame. `look` holds what the uniforms need; see MapView.look().
  draw(camera, look) {
    const { gl, uniforms } = this;
    if (this.lost) return;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.count) return;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.useProgram(this.program);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.bindVertexArray(this.shape);
    gl.uniform2f(uniforms.u_centre, camera.x, camera.y);
    gl.uniform2f(
      uniforms.u_scale, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height);
    gl.uniform1ui(uniforms.u_budget, look.budget);
    gl.uniform1ui(uniforms.u_budget_before, look.budgetBefore);
    gl.uniform1f(uniforms.u_fade, look.fade);
    gl.uniform1i(uniforms.u_colouring, look.colouring);
    gl.uniform1f(uniforms.u_size, look.size);
    gl.uniform1f(uniforms.u_chosen_size, look.chosenSize);
    gl.uniform1f(uniforms.u_rim, look.rim);
    gl.uniform1f(uniforms.u_alpha, look.alpha);
    gl.uniform1f(uniforms.u_context, look.context);
    gl.uniform3fv(uniforms.u_pool, look.theme.pool);
    gl.uniform3fv(uniforms.u_chosen, look.theme.chosen);
    gl.uniform3fv(uniforms.u_surface, look.theme.surface);
    gl.uniform3fv(uniforms.u_ink, look.theme.ink);
    gl.uniform1i(uniforms.u_chosen_pass, 0);
    gl.drawArrays(gl.POINTS, 0, this.count);
    gl.uniform1i(uniforms.u_chosen_pass, 1);
    this.drawChosen(look);
    gl.bindVertexArray(null);
  }

  drawChosen(look) {
    const { gl } = this;
    if (look.fade < 1) gl.drawArrays(gl.POINTS, 0, this.count); // both selections, for 150 ms
    else gl.drawElements(gl.POINTS, this.chosen(look.budget), gl.UNSIGNED_INT, 0);
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
    for (const buffer of Object.values(this.buffers)) gl.deleteBuffer(buffer);
    gl.deleteVertexArray(this.shape);
    gl.deleteTexture(this.texture);
    gl.deleteProgram(this.program);
    gl.getExtension("WEBGL_lose_context")?.loseContext();
    this.arrays = {};
  }
}

// Rows in pick order. Ranks are 0, 1, 2 … for the chosen rows and beyond the pool for the rest.
function byRank(order) {
  if (!order) return null;
  const rows = new Uint32Array(order.length);
  let picked = 0;
  for (let row = 0; row < order.length; row += 1) {
    if (order[row] < order.length) {
      rows[order[row]] = row;
      picked += 1;
    }
  }
  return rows.subarray(0, picked);
}

function linked(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`the map's program does not link: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}
