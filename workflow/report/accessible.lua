-- Headers with scope, a frame that scrolls by keyboard, and no width that pandoc guesses.

local function header_cells(rows, scope)
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      cell.attributes["scope"] = scope
    end
  end
end

function Table(element)
  header_cells(element.head.rows, "col")
  for _, body in ipairs(element.bodies) do
    body.row_head_columns = 1
    for _, row in ipairs(body.body) do
      row.cells[1].attributes["scope"] = "row"
    end
  end
  return element
end

function Div(element)
  if element.classes:includes("table-frame") then
    element.attributes["tabindex"] = "0"
    element.attributes["role"] = "group"
    for _, block in ipairs(element.content) do
      if block.t == "Table" then
        element.attributes["aria-label"] = pandoc.utils.stringify(block.caption.long)
      end
    end
  end
  return element
end
