// The two programs of the map in GLSL ES 3.00. Attribute numbers match CHANNELS in renderer.js.

export const VERTEX = `#version 300 es
layout(location = 0) in vec2 a_position;
layout(location = 1) in float a_category; // a code, 0 to 255
layout(location = 2) in float a_score;    // 0 to 1
layout(location = 3) in uint a_order;     // rank in the selection; beyond any budget = not chosen
layout(location = 4) in uint a_before;    // the same, in the selection that is fading out
layout(location = 5) in float a_mask;     // 0 = greyed context, 1 = in view

uniform vec2 u_centre;
uniform vec2 u_scale;          // clip units per data unit
uniform uint u_budget;
uniform uint u_budget_before;
uniform float u_fade;          // 0 = the selection before, 1 = the present one
uniform bool u_chosen_pass;
uniform int u_colouring;       // 0 plain, 1 category, 2 score
uniform float u_size;          // device px
uniform float u_chosen_size;
uniform float u_rim;           // device px around a chosen point
uniform float u_alpha;
uniform float u_context;       // how far points outside the selection fade towards the pool's grey
uniform vec3 u_pool;
uniform vec3 u_chosen;
uniform vec3 u_surface;
uniform vec3 u_ink;
uniform sampler2D u_palette;   // row 0: categories (alpha = emphasised), row 1: sequence

flat out vec4 v_fill;
flat out vec3 v_ring;
flat out float v_size;
flat out float v_ring_width;

const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);

vec4 data_colour() {
  if (u_colouring == 1) return texelFetch(u_palette, ivec2(int(a_category), 0), 0);
  if (u_colouring == 2) return texelFetch(u_palette, ivec2(int(a_score * 255.0 + 0.5), 1), 0);
  return vec4(u_pool, 1.0);
}

void main() {
  float chosen = mix(
    a_before < u_budget_before ? 1.0 : 0.0, a_order < u_budget ? 1.0 : 0.0, u_fade);
  float shown = u_chosen_pass ? chosen : 1.0 - chosen;
  vec4 data = data_colour();
  float inside = data.a * a_mask; // 0 where the legend or the mask sets a point aside

  gl_Position = shown > 0.0 ? vec4((a_position - u_centre) * u_scale, 0.0, 1.0) : NOWHERE;
  if (u_chosen_pass) {
    vec3 fill = u_colouring == 0 ? u_chosen : mix(u_pool, data.rgb, max(data.a, 0.0));
    v_fill = vec4(fill, shown * mix(0.35, 1.0, inside));
    // A rim in the surface's colour parts it from the pool; where colour says something else, a
    // ring in ink says chosen.
    v_ring = u_colouring == 0 ? u_surface : u_ink;
    v_size = mix(u_size, u_chosen_size, chosen);
    v_ring_width = u_rim;
  } else {
    float grey = max(u_context, 1.0 - inside);
    v_fill = vec4(mix(data.rgb, u_pool, grey), shown * u_alpha * mix(0.45, 1.0, inside));
    v_ring = u_pool;
    v_size = u_size;
    v_ring_width = 0.0;
  }
  gl_PointSize = v_size + 1.0;
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
flat in vec4 v_fill;
flat in vec3 v_ring;
flat in float v_size;
flat in float v_ring_width;
out vec4 colour;

void main() {
  float away = length(gl_PointCoord - 0.5) * (v_size + 1.0);
  float edge = v_size * 0.5;
  float cover = clamp(edge - away + 0.5, 0.0, 1.0);
  if (cover <= 0.0) discard;
  float ring = v_ring_width > 0.0 ? clamp(away - edge + v_ring_width + 0.5, 0.0, 1.0) : 0.0;
  float alpha = v_fill.a * cover;
  colour = vec4(mix(v_fill.rgb, v_ring, ring) * alpha, alpha);
}`;
