"""The file ``mapping.yaml`` of a study that hands over exports: its words, blocks and checks."""
