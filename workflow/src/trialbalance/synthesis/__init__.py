"""Stage synthesis: does the answer survive?"""
