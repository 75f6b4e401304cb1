"""What more research is worth: perfect, partial and sample information."""
