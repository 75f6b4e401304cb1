"""What prices do to a decision without another fit."""
