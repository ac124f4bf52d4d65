#include "screens/painter.h"

#include <imgui/imgui.h>

namespace pilotlight::screens {

Result<std::unique_ptr<Painter>, Message> Painter::open(const FontFiles& fonts, int width, int height) {
  auto glyphs = GlyphCache::open(fonts);
  if (!glyphs) return fail(glyphs.error());
  std::unique_ptr<Painter> painter(new Painter);
  painter->glyphs_ = std::move(*glyphs);
  painter->context_ = ImGui::CreateContext();
  ImGui::SetCurrentContext(painter->context_);
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  // ImGui wants a font of its own before it draws anything; its atlas is never shown, ours is: fills sample our white
  // texel.
  io.Fonts->Flags |= ImFontAtlasFlags_NoBakedLines | ImFontAtlasFlags_NoMouseCursors;
  io.Fonts->AddFontDefault();
  unsigned char* pixels = nullptr;
  int font_width = 0, font_height = 0;
  io.Fonts->GetTexDataAsAlpha8(&pixels, &font_width, &font_height);
  io.Fonts->TexUvWhitePixel = ImVec2(1.5F, 1.5F);
  ImGuiStyle& style = ImGui::GetStyle();
  style.WindowPadding = ImVec2(0, 0);
  style.WindowBorderSize = 0;
  style.WindowRounding = 0;
  style.AntiAliasedLinesUseTex = false;
  style.CircleTessellationMaxError = 0.15F;
  painter->resize(width, height);
  return painter;
}

Painter::~Painter() {
  if (context_ != nullptr) ImGui::DestroyContext(context_);
}

void Painter::resize(int width, int height) {
  picture_ = Picture(width, height);
  rasteriser_.forget();
}

Pass Painter::lay_out(const View& view, const Pointer& pointer, std::int64_t now_ms, float slide, bool forward) {
  ImGui::SetCurrentContext(context_);
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(static_cast<float>(picture_.width), static_cast<float>(picture_.height));
  io.DeltaTime = 1.0F / 60;
  io.MousePos = ImVec2(pointer.x, pointer.y);
  io.MouseDown[0] = pointer.down;
  ImGui::NewFrame();
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(io.DisplaySize);
  ImGui::Begin("screen", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoBringToFrontOnFocus);
  Canvas canvas(*ImGui::GetWindowDrawList(), *glyphs_, picture_.width, picture_.height, now_ms);
  Pass pass;
  pass.touch = draw(canvas, view, slide, forward);
  pass.texts = canvas.texts();
  pass.targets = canvas.targets();
  pass.scale = canvas.scale();
  pass.moving = canvas.moving();
  ImGui::End();
  ImGui::Render();
  return pass;
}

Pass Painter::pass(const View& view, const Pointer& pointer, std::int64_t now_ms, float slide, bool forward) {
  Pass pass = lay_out(view, pointer, now_ms, slide, forward);
  if (!glyphs_->full()) return pass;
  // The atlas has reached its bound: empty it and lay the same view out again, with the pointer as it is now.
  glyphs_->empty();
  rasteriser_.forget();
  const Touch touch = pass.touch;
  pass = lay_out(view, pointer, now_ms, slide, forward);
  pass.touch = touch;
  return pass;
}

std::vector<PixelRect> Painter::paint() {
  ImGui::SetCurrentContext(context_);
  return rasteriser_.paint(*ImGui::GetDrawData(), glyphs_->atlas(), picture_);
}

}  // namespace pilotlight::screens
