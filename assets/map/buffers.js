// What the graphics card holds for each point, and the rows in the orders they are drawn in.

const NEVER = 0xffffffff; // the rank of a row that no budget reaches

// name -> attribute number, numbers a point, whether the shader reads whole numbers, and the
// value of all points where there is no array. Bytes of a score stand for 0 to 1.
export const CHANNELS = {
  points: { at: 0, size: 2, whole: false, absent: [0, 0, 0, 1] },
  category: { at: 1, size: 1, whole: false, absent: [0, 0, 0, 1] },
  score: { at: 2, size: 1, whole: false, absent: [0, 0, 0, 1] },
  order: { at: 3, size: 1, whole: true, absent: [NEVER, 0, 0, 0] },
  before: { at: 4, size: 1, whole: true, absent: [NEVER, 0, 0, 0] },
  mask: { at: 5, size: 1, whole: false, absent: [1, 0, 0, 1] },
};
export const RANKED = ["order", "before"]; // selections; each has its rows in pick order too

export class Buffers {
  constructor(gl) {
    this.gl = gl;
    this.made = {};
    this.shape = gl.createVertexArray();
  }

  // Puts the array of a channel on the card, or takes it away.
  put(name, array) {
    const { gl } = this;
    const { at, size, whole, absent } = CHANNELS[name];
    gl.bindVertexArray(this.shape);
    if (array?.length) {
      this.made[name] ??= gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, this.made[name]);
      gl.bufferData(gl.ARRAY_BUFFER, array, gl.STATIC_DRAW);
      gl.enableVertexAttribArray(at);
      const type = array instanceof Uint8Array ? gl.UNSIGNED_BYTE : gl.FLOAT;
      if (whole) gl.vertexAttribIPointer(at, size, gl.UNSIGNED_INT, 0, 0);
      else gl.vertexAttribPointer(at, size, type, name === "score", 0, 0);
    } else {
      gl.disableVertexAttribArray(at);
      this.free(name);
      // One value for all points; it belongs to the context, not to the vertex array.
      if (whole) gl.vertexAttribI4ui(at, ...absent);
      else gl.vertexAttrib4f(at, ...absent);
    }
    gl.bindVertexArray(null);
  }

  // Puts rows on the card in an order of their own; a stretch of it can be drawn.
  putRows(name, rows) {
    const { gl } = this;
    if (!rows?.length) return this.free(name);
    this.made[name] ??= gl.createBuffer();
    gl.bindVertexArray(this.shape);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.made[name]);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, rows, gl.STATIC_DRAW);
    gl.bindVertexArray(null);
  }

  // Draws stretches of an order, each [first, count].
  draw(name, stretches) {
    const { gl } = this;
    if (!this.made[name]) return;
    gl.bindVertexArray(this.shape);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.made[name]);
    for (const [first, count] of stretches) {
      if (count) gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, 4 * first);
    }
    gl.bindVertexArray(null);
  }

  free(name) {
    this.gl.deleteBuffer(this.made[name] ?? null);
    delete this.made[name];
  }

  destroy() {
    for (const name of Object.keys(this.made)) this.free(name);
    this.gl.deleteVertexArray(this.shape);
  }
}

// Rows in pick order. Ranks are 0, 1, 2 … for the chosen rows and beyond the pool for the rest.
export function byRank(order) {
  if (!order) return null;
  let picked = 0;
  for (let row = 0; row < order.length; row += 1) picked += Number(order[row] < order.length);
  const rows = new Uint32Array(picked);
  for (let row = 0; row < order.length; row += 1) {
    if (order[row] < picked) rows[order[row]] = row;
  }
  return rows;
}
