// The two programs of the map in GLSL ES 3.00: its points, and the shading under them. Attribute
// numbers match CHANNELS in renderer.js.

// How dark a place is: by the logarithm of the points that would lie on one another there.
const TONE = `
uniform sampler2D u_density;   // log(1 + points) a cell, 1 = u_span
uniform vec2 u_origin;         // of the cells, data units
uniform vec2 u_extent;
uniform float u_span;
uniform float u_crowd;         // points on a pixel for each point in a cell
uniform float u_full;          // points on a pixel where it is as crowded as it gets
uniform float u_shade;         // the shading's share of the tone; the points bring the rest

const float TOP = 0.92;        // the pool's grey is never quite solid

// Points in the cell of a place, blended from cell to cell.
float count_at(vec2 place) {
  float level = textureLod(u_density, (place - u_origin) / u_extent, 0.0).r;
  return exp(level * u_span) - 1.0;
}

float tone_of(float crowd) {
  return TOP * pow(min(1.0, log(1.0 + crowd) / log(1.0 + u_full)), 0.65);
}

// The part of the tone that is shading; around a point of its own there is none.
float shading_of(float count) {
  return u_shade * smoothstep(1.0, 6.0, count) * tone_of(count * u_crowd);
}
`;

export const POINTS_VERTEX = `#version 300 es
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
uniform int u_pass;            // 0 pool, 1 chosen, 2 chosen before and no longer
uniform int u_colouring;       // 0 plain, 1 category, 2 score
uniform bool u_masked;         // some points are set aside by a mask
uniform float u_size;          // device px
uniform float u_chosen_size;
uniform float u_by_pick;       // log2 of how many are chosen where early picks are larger, else 0
uniform float u_rim;           // device px around a chosen point
uniform float u_alone;         // alpha of a point with none on it
uniform float u_share;         // share of the pool that is drawn as points
uniform float u_context;       // how far points outside the selection fade towards the pool's grey
uniform vec3 u_pool;
uniform vec3 u_chosen;
uniform vec3 u_surface;
uniform vec3 u_ink;
uniform sampler2D u_palette;   // row 0: categories (alpha = emphasised), row 1: sequence
${TONE}
flat out vec4 v_fill;
flat out vec3 v_ring;
flat out float v_size;
flat out float v_ring_width;

const float FAINTEST = 0.03;   // fewer steps than this in 8 bits, and colours would drift
const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);

vec4 data_colour() {
  if (u_colouring == 1) return texelFetch(u_palette, ivec2(int(a_category), 0), 0);
  if (u_colouring == 2) return texelFetch(u_palette, ivec2(int(a_score * 255.0 + 0.5), 1), 0);
  return vec4(u_masked ? mix(u_pool, u_ink, 0.75) : u_pool, 1.0);
}

// So much that all points here and the shading under them together give the tone of the place.
float pool_alpha() {
  float count = count_at(a_position);
  float crowd = count * u_crowd;
  float alone = u_alone * (1.0 - smoothstep(0.1, 2.0, crowd)); // or few points would not be seen
  float tone = max(alone, tone_of(crowd));
  float rest = (1.0 - tone) / (1.0 - shading_of(count));
  return max(FAINTEST, 1.0 - pow(rest, 1.0 / max(1.0, crowd * u_share)));
}

// Early picks are larger, by the logarithm of their number.
float pick_size() {
  if (u_by_pick <= 0.0) return u_chosen_size;
  return u_chosen_size * mix(2.4, 0.7, min(1.0, log2(1.0 + float(a_order)) / u_by_pick));
}

void paint_pool() {
  vec4 data = data_colour();
  float inside = data.a * a_mask; // 0 where the legend or the mask sets a point aside
  float grey = max(u_context, 1.0 - inside);
  v_fill = vec4(mix(data.rgb, u_pool, grey), pool_alpha() * mix(0.45, 1.0, inside));
  v_ring = u_pool;
  v_size = u_size;
  v_ring_width = 0.0;
}

void paint_chosen(float shown) {
  vec4 data = data_colour();
  vec3 fill = u_colouring == 0 ? u_chosen : mix(u_pool, data.rgb, data.a);
  v_fill = vec4(fill, shown * mix(0.35, 1.0, data.a * a_mask));
  // A rim in the surface's colour parts it from the pool; where colour says something else, a
  // ring in ink says chosen.
  v_ring = u_colouring == 0 ? u_surface : u_ink;
  v_size = mix(u_size, pick_size(), shown);
  v_ring_width = u_rim;
}

void main() {
  float now = a_order < u_budget ? 1.0 : 0.0;
  float before = a_before < u_budget_before ? 1.0 : 0.0;
  float shown = u_pass == 0 ? 1.0 : u_pass == 1 ? mix(before, now, u_fade)
    : (1.0 - u_fade) * before * (1.0 - now);
  gl_Position = shown > 0.0 ? vec4((a_position - u_centre) * u_scale, 0.0, 1.0) : NOWHERE;
  if (u_pass == 0) paint_pool();
  else paint_chosen(shown);
  gl_PointSize = v_size + 1.0;
}`;

export const POINTS_FRAGMENT = `#version 300 es
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

// One triangle over the whole canvas; it knows in data units where each pixel is.
export const SHADING_VERTEX = `#version 300 es
uniform vec2 u_centre;
uniform vec2 u_scale;
out vec2 v_place;

void main() {
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  v_place = corner / u_scale + u_centre;
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

export const SHADING_FRAGMENT = `#version 300 es
precision highp float;
in vec2 v_place;
uniform vec3 u_pool;
${TONE}
out vec4 colour;

void main() {
  vec2 inside = step(u_origin, v_place) * step(v_place, u_origin + u_extent);
  float count = inside.x * inside.y * count_at(v_place);
  if (count < 1.0) discard;
  float alpha = shading_of(count);
  colour = vec4(u_pool * alpha, alpha);
}`;
