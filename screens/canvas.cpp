#include "screens/canvas.h"

#include <imgui/imgui.h>
#include <imgui/imgui_internal.h>

#include <cmath>
#include <numbers>

#include "screens/theme.h"

namespace pilotlight::screens {

namespace {

ImU32 packed(Colour c) { return IM_COL32(c.r, c.g, c.b, c.a); }

}  // namespace

Canvas::Canvas(ImDrawList& list, GlyphCache& glyphs, int width, int height, std::int64_t now_ms)
    : list_(list), glyphs_(glyphs), landscape_(width > height), now_ms_(now_ms) {
  const float reference_width = landscape_ ? 1920 : 1080;
  const float reference_height = landscape_ ? 1080 : 1920;
  scale_ = std::min(static_cast<float>(width) / reference_width, static_cast<float>(height) / reference_height);
  bounds_ = {0, 0, static_cast<float>(width) / scale_, static_cast<float>(height) / scale_};
}

float Canvas::cycle(std::int64_t period_ms) {
  moving_ = true;
  return static_cast<float>(now_ms_ % period_ms) / static_cast<float>(period_ms);
}

namespace {

struct Pixels {
  ImVec2 a, b;
};

// Edges on whole pixels: crisp, and cheap for the rasteriser.
Pixels snapped(const Rect& r, float scale) {
  return {{std::round(r.x * scale), std::round(r.y * scale)},
          {std::round(r.right() * scale), std::round(r.bottom() * scale)}};
}

}  // namespace

void Canvas::fill(const Rect& rect, Colour colour, float radius) {
  const Pixels p = snapped(rect, scale_);
  list_.AddRectFilled(p.a, p.b, packed(colour), radius * scale_);
}

void Canvas::gradient(const Rect& rect, Colour top, Colour bottom, float radius) {
  const Pixels p = snapped(rect, scale_);
  const int from = list_.VtxBuffer.Size;
  list_.AddRectFilled(p.a, p.b, packed(top), radius * scale_);
  ImGui::ShadeVertsLinearColorGradientKeepAlpha(&list_, from, list_.VtxBuffer.Size, p.a, ImVec2(p.a.x, p.b.y),
                                                packed(top), packed(bottom));
}

void Canvas::outline(const Rect& rect, Colour colour, float thickness, float radius) {
  const Pixels p = snapped(rect, scale_);
  const float half = thickness * scale_ / 2;
  list_.AddRect({p.a.x + half, p.a.y + half}, {p.b.x - half, p.b.y - half}, packed(colour),
                std::max(0.0F, radius * scale_ - half), 0, thickness * scale_);
}

void Canvas::shadow(const Rect& rect, float radius, std::uint8_t strength, float drop) {
  const ShadowTexture& t = glyphs_.shadow();
  const float spread = 25 * scale_;  // from the texture's rim to the box's edge
  const float edge = std::max(static_cast<float>(t.edge) * scale_, (radius + 27) * scale_);
  const Pixels p = snapped(rect.moved(0, drop), scale_);
  const float x[4] = {p.a.x - spread, std::min(p.a.x - spread + edge, (p.a.x + p.b.x) / 2),
                      std::max(p.b.x + spread - edge, (p.a.x + p.b.x) / 2), p.b.x + spread};
  const float y[4] = {p.a.y - spread, std::min(p.a.y - spread + edge, (p.a.y + p.b.y) / 2),
                      std::max(p.b.y + spread - edge, (p.a.y + p.b.y) / 2), p.b.y + spread};
  const auto stops = [&](int origin, float(&out)[4]) {
    out[0] = static_cast<float>(origin);
    out[1] = static_cast<float>(origin + t.edge);
    out[2] = static_cast<float>(origin + t.size - t.edge);
    out[3] = static_cast<float>(origin + t.size);
  };
  float u[4], v[4];
  stops(t.u, u);
  stops(t.v, v);
  const ImU32 colour = packed(theme::shade.with_alpha(strength));
  list_.PrimReserve(9 * 6, 9 * 4);
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 3; ++column)
      list_.PrimRectUV({x[column], y[row]}, {x[column + 1], y[row + 1]}, {u[column], v[row]},
                       {u[column + 1], v[row + 1]}, colour);
}

void Canvas::circle(Point centre, float radius, Colour colour) {
  list_.AddCircleFilled({centre.x * scale_, centre.y * scale_}, radius * scale_, packed(colour), 0);
}

void Canvas::ring(Point centre, float radius, float thickness, float fraction, Colour colour, float start) {
  constexpr float pi = std::numbers::pi_v<float>;
  const float angle = std::clamp(fraction, 0.0F, 1.0F) * 2 * pi;
  if (angle <= 0) return;
  const ImVec2 c(centre.x * scale_, centre.y * scale_);
  const int segments = std::max(8, static_cast<int>(angle * 14));
  const float from = -pi / 2 + start * 2 * pi;
  list_.PathArcTo(c, radius * scale_, from, from + angle, segments);
  list_.PathStroke(packed(colour), 0, thickness * scale_);
  if (fraction >= 1) return;
  for (const float end : {from, from + angle})
    circle({centre.x + radius * std::cos(end), centre.y + radius * std::sin(end)}, thickness / 2, colour);
}

void Canvas::line(Point from, Point to, float thickness, Colour colour) {
  list_.AddLine({from.x * scale_, from.y * scale_}, {to.x * scale_, to.y * scale_}, packed(colour), thickness * scale_);
}

void Canvas::shape(const Shape& shape, const Rect& box, Colour colour) {
  const float side = std::min(box.w, box.h);
  const Rect square = box.middle(side, side);
  const Glyph& g = glyphs_.shape(shape, static_cast<int>(std::lround(side * scale_)));
  if (g.width == 0) return;
  const ImVec2 a(std::round(square.x * scale_) + static_cast<float>(g.left),
                 std::round(square.y * scale_) - static_cast<float>(g.top));
  const ImVec2 b(a.x + static_cast<float>(g.width), a.y + static_cast<float>(g.height));
  list_.PrimReserve(6, 4);
  list_.PrimRectUV(a, b, {static_cast<float>(g.u), static_cast<float>(g.v)},
                   {static_cast<float>(g.u + g.width), static_cast<float>(g.v + g.height)}, packed(colour));
}

void Canvas::clip(const Rect& rect) {
  const Pixels p = snapped(rect, scale_);
  list_.PushClipRect(p.a, p.b, true);
}

void Canvas::unclip() { list_.PopClipRect(); }

bool Canvas::target(const std::string& id, const std::string& label, const Rect& rect) {
  if (!touchable_) return false;
  targets_.push_back({id, label, rect});
  const Pixels p = snapped(rect, scale_);
  ImGui::SetCursorScreenPos(p.a);
  return ImGui::InvisibleButton(id.c_str(), {p.b.x - p.a.x, p.b.y - p.a.y});
}

bool Canvas::pressed(const std::string& id) const {
  return touchable_ && ImGui::GetActiveID() != 0 && ImGui::GetActiveID() == ImGui::GetID(id.c_str());
}

int Canvas::mark() const { return list_.VtxBuffer.Size; }

void Canvas::slide(int from, float dx, float opacity) {
  const float pixels_moved = std::round(dx * scale_);
  for (int i = from; i < list_.VtxBuffer.Size; ++i) {
    ImDrawVert& v = list_.VtxBuffer[i];
    v.pos.x += pixels_moved;
    const auto alpha = static_cast<ImU32>(static_cast<float>(v.col >> 24) * opacity);
    v.col = (v.col & 0x00FFFFFF) | alpha << 24;
  }
  moving_ = true;
}

}  // namespace pilotlight::screens
