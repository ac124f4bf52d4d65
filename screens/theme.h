// The tokens of the design: every colour, size and time of the screens has its name here and its value nowhere else.
// Lengths in reference units (geometry.h).
#pragma once

#include <cstdint>

#include "screens/geometry.h"

namespace pilotlight::screens::theme {

// --- colour: the blue of a clean gas flame on paper white; amber only for "look", red only for danger ---
inline constexpr Colour paper = rgb(0xF2F5FA);     // behind everything
inline constexpr Colour card = rgb(0xFFFFFF);      // what lies on it
inline constexpr Colour sunken = rgb(0xE8EEF7);    // fields, quiet keys
inline constexpr Colour line = rgb(0xD3DCEA);      // hairlines
inline constexpr Colour ink = rgb(0x0C1A33);       // text
inline constexpr Colour ink_soft = rgb(0x3C4A63);  // second text
inline constexpr Colour on_dark = rgb(0xFFFFFF);   // text on blue, red, green
inline constexpr Colour on_dark_soft = rgb(0xE3EDFF);
inline constexpr Colour blue = rgb(0x0B4BBF);  // what can be touched now
inline constexpr Colour blue_bright = rgb(0x0D50C6);
inline constexpr Colour blue_deep = rgb(0x062F80);
inline constexpr Colour blue_night = rgb(0x041E57);
inline constexpr Colour blue_mist = rgb(0xE4EEFF);  // tinted ground
inline constexpr Colour flame = rgb(0x37B6FF);      // light of the logo, guidance
inline constexpr Colour flame_core = rgb(0xC9F0FF);
inline constexpr Colour ember = rgb(0xFFB53D);
inline constexpr Colour green = rgb(0x0A6434);
inline constexpr Colour green_bright = rgb(0x12A15A);
inline constexpr Colour green_mist = rgb(0xE2F5EA);
inline constexpr Colour amber = rgb(0x6E3C00);
inline constexpr Colour amber_bright = rgb(0xF09A0C);
inline constexpr Colour amber_mist = rgb(0xFFF1D6);
inline constexpr Colour red = rgb(0xAE1418);
inline constexpr Colour red_mist = rgb(0xFDE7E6);
inline constexpr Colour off = rgb(0xC6D0DF);      // cannot be touched now
inline constexpr Colour veil = {4, 18, 48, 178};  // over a page that waits under an overlay
inline constexpr Colour shade = rgb(0x123063);    // of shadows
inline constexpr Colour steel = rgb(0x24344F);    // the cabinet in illustrations
inline constexpr Colour steel_dark = rgb(0x0F1B30);
inline constexpr Colour steel_light = rgb(0x4A5F82);
inline constexpr Colour note_red = rgb(0xE98A92);
inline constexpr Colour note_red_dark = rgb(0xB84A57);

// --- type: em sizes ---
inline constexpr float caption = 32;
inline constexpr float body = 36;
inline constexpr float lead = 40;
inline constexpr float label = 44;
inline constexpr float heading = 52;
inline constexpr float title = 68;
inline constexpr float display = 88;
inline constexpr float amount = 132;
inline constexpr float line_height = 1.36F;       // of the em
inline constexpr float line_height_tight = 1.2F;  // two lines in a narrow strip

// --- space ---
inline constexpr float gap_s = 12;
inline constexpr float gap = 24;
inline constexpr float gap_l = 40;
inline constexpr float margin = 48;
inline constexpr float target_minimum = 88;   // smallest side of anything to touch
inline constexpr float target_distance = 16;  // least distance of two of them
inline constexpr float button = 132;
inline constexpr float header_portrait = 148;
inline constexpr float header_landscape = 112;
inline constexpr float bar_portrait = 176;
inline constexpr float bar_landscape = 128;

// --- shape and elevation ---
inline constexpr float radius_s = 16;
inline constexpr float radius = 28;
inline constexpr float radius_l = 40;
inline constexpr std::uint8_t shadow_low = 26;  // strength of the shadow
inline constexpr std::uint8_t shadow_high = 64;

// --- motion, milliseconds ---
inline constexpr std::int64_t page_slide = 220;
inline constexpr std::int64_t guide_cycle = 1800;  // one movement of an arrow that points to a slot
inline constexpr std::int64_t guide_frame = 66;    // between two pictures of it
inline constexpr std::int64_t slide_show = 9000;   // one safety slide
inline constexpr float slide_distance = 72;

}  // namespace pilotlight::screens::theme
