"""What people write, as values: amounts of money and days, with how exactly they said them.

Pure: it knows no database and no area. One reader for a cell of a sheet and for running text, so
that a table and a message in a group chat mean the same. The words stand in `words.json`, because
code holds no Chinese.
"""
