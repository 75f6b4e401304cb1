"""How a declared density becomes machine code, kept under our own key, and is sampled."""
