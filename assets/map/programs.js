// Programs and textures of WebGL2, without what every use of them repeats.

// A linked program with its uniforms by name: program.at.u_size.
export class Program {
  constructor(gl, vertex, fragment) {
    this.gl = gl;
    this.handle = linked(gl, vertex, fragment);
    this.at = {};
    const active = gl.getProgramParameter(this.handle, gl.ACTIVE_UNIFORMS) ?? 0;
    for (let i = 0; i < active; i += 1) {
      const { name } = gl.getActiveUniform(this.handle, i);
      this.at[name] = gl.getUniformLocation(this.handle, name);
    }
  }

  use() {
    this.gl.useProgram(this.handle);
    return this.at;
  }

  destroy() {
    this.gl.deleteProgram(this.handle);
  }
}

// A texture of bytes, one (`channels` 1) or four a texel, in texture unit `unit` for good.
export class Texture {
  constructor(gl, unit, filter) {
    this.gl = gl;
    this.unit = unit;
    this.handle = gl.createTexture();
    this.bind();
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    this.fill(1, 1, new Uint8Array(1), 1);
  }

  bind() {
    this.gl.activeTexture(this.gl.TEXTURE0 + this.unit);
    this.gl.bindTexture(this.gl.TEXTURE_2D, this.handle);
  }

  fill(width, height, bytes, channels) {
    const { gl } = this;
    const [kept, format] = channels === 1 ? [gl.R8, gl.RED] : [gl.RGBA8, gl.RGBA];
    this.bind();
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(
      gl.TEXTURE_2D, 0, kept, width, height, 0, format, gl.UNSIGNED_BYTE, bytes);
  }

  destroy() {
    this.gl.deleteTexture(this.handle);
  }
}

// A picture beside the canvas: drawn once, shown as often as it is still true.
export class Layer {
  constructor(gl) {
    this.gl = gl;
    this.frame = gl.createFramebuffer();
    this.pixels = gl.createRenderbuffer();
    this.key = null;
  }

  // Makes it what `key` describes, by `paint()` where that has changed.
  update(width, height, key, paint) {
    const { gl } = this;
    if (key === this.key) return;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    if (width !== this.width || height !== this.height) this.resize(width, height);
    paint();
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    this.key = key;
  }

  resize(width, height) {
    const { gl } = this;
    gl.bindRenderbuffer(gl.RENDERBUFFER, this.pixels);
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, width, height);
    gl.framebufferRenderbuffer(
      gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, this.pixels);
    this.width = width;
    this.height = height;
  }

  // Copies it onto the canvas, which has its size.
  show() {
    const { gl, width, height } = this;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.frame);
    gl.blitFramebuffer(
      0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
  }

  destroy() {
    this.gl.deleteFramebuffer(this.frame);
    this.gl.deleteRenderbuffer(this.pixels);
  }
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
