-- Text blocks of a study: words, lists, tables, emphasis and links; nothing else.
-- Headings go below the section they stand in and skip no level; pictures and raw markup go.

local function headings_below(lowest)
  local before = lowest - 1
  local first = nil
  return function(element)
    if pandoc.utils.stringify(element.content) == "" then return {} end
    first = first or element.level
    local level = math.max(lowest, lowest + element.level - first)
    element.level = math.min(6, level, before + 1)
    element.attr = pandoc.Attr()
    before = element.level
    return element
  end
end

-- Quotes and lists deeper than a page can set stand where the deepest one does.
local DEEPEST = 6

local function shallow(blocks, depth)
  local out = pandoc.Blocks({})
  for _, block in ipairs(blocks) do
    local list = block.t == "BulletList" or block.t == "OrderedList"
    if list and depth < DEEPEST then
      for number, item in ipairs(block.content) do block.content[number] = shallow(item, depth + 1) end
      out:insert(block)
    elseif list then
      for _, item in ipairs(block.content) do out:extend(shallow(item, depth)) end
    elseif block.t == "BlockQuote" then
      local inner = shallow(block.content, depth + 1)
      if depth < DEEPEST then out:insert(pandoc.BlockQuote(inner)) else out:extend(inner) end
    else
      out:insert(block)
    end
  end
  return out
end

local function plain(element)
  element.attr = pandoc.Attr()
  return element
end

-- Read again as our Markdown, a fence of colons would open a division, and a brace attributes.
local function literal(element)
  if element.text:match("^:::") then return pandoc.RawInline("markdown", "\\" .. element.text) end
  if not element.text:find("{", 1, true) then return nil end
  local parts = {}
  for before, brace in element.text:gmatch("([^{]*)({?)") do
    if before ~= "" then table.insert(parts, pandoc.Str(before)) end
    if brace ~= "" then table.insert(parts, pandoc.RawInline("markdown", "\\{")) end
  end
  return parts
end

local FILTER = {
  Image = function(element) return element.caption end,
  Figure = function(element) return element.content end,
  RawBlock = function() return {} end,
  RawInline = function() return {} end,
  Note = function() return {} end,
  Div = function(element) return element.content end,
  Span = function(element) return element.content end,
  Str = literal,
  HorizontalRule = function() return pandoc.RawBlock("markdown", "* * *") end,
  Code = plain,
  CodeBlock = plain,
  Link = function(element)
    if element.target:match("^https?://") or element.target:match("^mailto:") then
      return plain(element)
    end
    return element.content
  end,
}

function Pandoc(document)
  local lowest = tonumber(pandoc.utils.stringify(document.meta.lowest))
  document.meta = {}
  FILTER.Header = headings_below(lowest)
  document = document:walk(FILTER)
  document.blocks = shallow(document.blocks, 0)
  return document
end
