"""Who answers, as people want to set it: models with what each does otherwise, in order, repeated, one setting swept.

Entries become contenders with names that say the difference. Knows the settings and the noun model; no engine.
"""
