"""Following a reported number back, and making a report again from its pins.

Belongs here: ids of numbers, the chain behind one, reproduction. Does not: any number (results), what may be seen (reviewing).
"""
