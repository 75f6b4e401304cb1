"""Every defensible analysis of one fit, by algebra on its draws."""
