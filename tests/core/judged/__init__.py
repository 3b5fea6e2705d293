"""What a search of the initial content should find: the queries, and which documents answer each.

Queries are such as facilitators, programme managers, member organizations and funders type: one word and whole
questions, names, acronyms, synonyms, phrases and slips of the keyboard. One person read the content from beginning to
end, thought of the queries, and went through the content for each, before any search was run over it; nothing was
changed after that. 2: what one wanted. 1: helps, or leads there. What is not named was not thought useful; with 329
documents nothing was left out for want of time, but somebody else would draw a line elsewhere here and there.

A document is a record of fixtures/, named by its kind and slug; a practice also by its phase and title, a learning
question by its network and its number there. tests.benchmarks.collection makes the documents.
"""
