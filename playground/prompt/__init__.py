"""What is asked: parts and messages, what they cost a model, whether it can take them, what one click can cure.

Knows what models take. Knows no engine: nobody answers here.
"""
