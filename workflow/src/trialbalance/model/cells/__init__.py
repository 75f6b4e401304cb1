"""One engine: what becomes of a participant is a row of cells in time order.

A cell is a utility at a visit, a death in an interval, a cost of a source group in a period, or a
total. The density of a person is a product of one density a cell given its parents, earlier cells
of the same person; a dropout then needs no imputed value. `table` makes the cells, `rows` lays out
the density, `declare` writes it in PyMC, `completing` fills what is not seen by draw, `anchoring`
averages it arm by arm, and `fitting` joins them.
"""
