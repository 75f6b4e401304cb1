"""Stage audit: can it be trusted?"""
