"""The trial balance: lines of people, records and pounds, and what must agree."""
