"""What care people have: stays, use by period or date, contacts."""
