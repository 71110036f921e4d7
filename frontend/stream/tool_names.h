#pragma once
// The tools whose stages a recipe may have.

namespace ear {

/// As they stand in RecipeStage::tool.
inline constexpr const char* kLyonTool = "ossicle-lyon";
inline constexpr const char* kEncodeTool = "ossicle-encode";
inline constexpr const char* kRebinTool = "ossicle-rebin";

}  // namespace ear
