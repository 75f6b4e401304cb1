-- Divisions and figures of the report for paper (Typst) and for Word.

local typst = FORMAT:match("typst")

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function raw(text)
  return pandoc.RawBlock("typst", text)
end

-- A call with one content block an argument: #name([..], [..]).
local function call(name, contents)
  local out = pandoc.Blocks({ raw("#" .. name .. "(") })
  for _, content in ipairs(contents) do
    out:insert(raw("["))
    out:extend(content)
    out:insert(raw("],"))
  end
  out:insert(raw(")"))
  return out
end

local function styled(name, content)
  return pandoc.Div(content, pandoc.Attr("", {}, { ["custom-style"] = name }))
end

-- Cards stand in a row below the title before them.
local function glance(element)
  local out, cards = pandoc.Blocks({}), {}
  local function close()
    if #cards > 0 then out:extend(call("cards", cards)) end
    cards = {}
  end
  for _, block in ipairs(element.content) do
    if block.t == "Div" and block.classes:includes("card") then
      table.insert(cards, block.content)
    else
      close()
      out:insert(block)
    end
  end
  close()
  return out
end

-- The picture of page one stands beside its cards; what is inside has been turned into calls by now.
local function first(element)
  local cards, picture = pandoc.Blocks({}), pandoc.Blocks({})
  for _, block in ipairs(element.content) do
    local text = block.t == "RawBlock" and block.text or ""
    if text:match("^#figures%(") or #picture > 0 then
      picture:insert(text:match("^#figures%(") and raw("#alone(") or block)
    else
      cards:insert(text:match("^#cards%(") and raw("#stacked(") or block)
    end
  end
  if #picture == 0 or #cards == 0 then return element.content end
  return call("first", { picture, cards })
end

local function typst_div(element)
  local kinds = element.classes
  if kinds:includes("banner") then
    return call(kinds:includes("failed") and "failed" or "warned", { element.content })
  elseif kinds:includes("note") or kinds:includes("byline") or kinds:includes("glance-title") then
    return call("quiet", { element.content })
  elseif kinds:includes("lead") then
    return call("lead", { element.content })
  elseif kinds:includes("state") then
    return call("quiet", { element.content })
  elseif kinds:includes("first") then
    return first(element)
  elseif kinds:includes("glance") then
    return glance(element)
  elseif kinds:includes("figures") then
    local each = {}
    for _, block in ipairs(element.content) do table.insert(each, pandoc.Blocks({ block })) end
    return call(kinds:includes("whole") and "whole" or "figures", each)
  end
end

local STYLES = { banner = "Banner", note = "Note", byline = "Note", card = "Card", lead = "Lead" }

local function word_div(element)
  STYLES["glance-title"] = "Note"
  for _, kind in ipairs(element.classes) do
    if STYLES[kind] then return styled(STYLES[kind], element.content) end
  end
  if element.classes:includes("glance") then return element.content end
end

-- Screen-only parts never reach paper.
function Div(element)
  if element.classes:includes("screen") then return {} end
  if typst then return typst_div(element) end
  return word_div(element)
end

function Span(element)
  if not element.classes:includes("big") and not element.classes:includes("small") then return nil end
  local big = element.classes:includes("big")
  if typst then
    local out = pandoc.Inlines({ pandoc.RawInline("typst", big and "#big[" or "#small[") })
    out:extend(element.content)
    out:insert(pandoc.RawInline("typst", "]"))
    return out
  end
  return big and { pandoc.Strong(element.content) } or element.content
end

function Figure(element)
  local source, spoken = "", ""
  element.content:walk({ Image = function(image)
    source, spoken = image.src, pandoc.utils.stringify(image.caption)
  end })
  if typst then
    local out = pandoc.Blocks({ raw("#picture(" .. quoted(source) .. ", " .. quoted(spoken) .. ", [") })
    out:extend(element.caption.long)
    out:insert(raw("])" .. (element.identifier ~= "" and " <" .. element.identifier .. ">" or "")))
    return pandoc.Div(out)
  end
  -- Pandoc's Word writer speaks the image's text, so the alternative becomes it.
  local image = pandoc.Image({ pandoc.Str(spoken) }, source:gsub("%.svg$", ".png"), "", { width = "14cm" })
  return {
    styled("Captioned Figure", { pandoc.Para({ image }) }),
    styled("Image Caption", element.caption.long),
  }
end

-- Page one keeps to one sheet: smaller type between its heading and the next.
function Pandoc(doc)
  if not typst then return nil end
  local out, inside = pandoc.Blocks({}), false
  for _, block in ipairs(doc.blocks) do
    if block.t == "Header" and block.level == 2 then
      if inside then out:insert(raw("]")); out:insert(raw("#contents")); inside = false end
      if block.identifier == "brief" then out:insert(raw("#sheet[")); inside = true end
    end
    out:insert(block)
  end
  if inside then out:insert(raw("]")) end
  return pandoc.Pandoc(out, doc.meta)
end

-- The study's logo.
function Image(element)
  if not element.classes:includes("logo") then return nil end
  local spoken = element.attributes.alt or pandoc.utils.stringify(element.caption)
  if typst then
    return pandoc.RawInline(
      "typst", "#box(image(" .. quoted(element.src) .. ", alt: " .. quoted(spoken) .. ", height: 14mm))")
  end
  return pandoc.Image({ pandoc.Str(spoken) }, element.src:gsub("%.svg$", ".png"), "", { height = "1.4cm" })
end

-- Where a table or section stands on paper: its page.
function Link(element)
  if typst and element.target:match("^#") and element.classes:includes("place") then
    local label = element.target:sub(2)
    local out = pandoc.Inlines({ element })
    out:insert(pandoc.RawInline("typst", "#page-of(<" .. label .. ">)"))
    return out
  end
end
