// Put into each page before it begins: bytes on the websocket, and when a Plotly chart has drawn.
window.bytes = { sent: 0, got: 0 };
const size = (data) => data.byteLength ?? data.size ?? data.length;
window.WebSocket = class extends WebSocket {
  constructor(...how) {
    super(...how);
    this.addEventListener("message", (event) => { window.bytes.got += size(event.data); });
  }
  send(data) {
    window.bytes.sent += size(data);
    super.send(data);
  }
};

// The chart on show, once points are on its canvas; null before.
window.drawnChart = () => {
  const chart = document.querySelector(".js-plotly-plot");
  const canvas = chart?.querySelector("canvas.gl-canvas-context");
  const gl = canvas?.getContext("webgl");
  if (!gl || gl.isContextLost() || !chart._fullLayout?._plots?.xy?._scene) return null;
  const pixels = new Uint8Array(4 * canvas.width);
  for (const share of [0.35, 0.5, 0.65]) {
    gl.readPixels(0, Math.round(canvas.height * share), canvas.width, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    if (pixels.some((value) => value)) return chart;
  }
  return null;
};

// Resolves with the time at which `asked` first holds, looked at once a frame.
window.when = (asked) => new Promise((resolve) => {
  const look = () => (asked() ? resolve(performance.now()) : requestAnimationFrame(look));
  look();
});
