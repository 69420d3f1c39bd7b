"""English words that say nothing of what is spoken of, the fillers of speech among them."""

_WORDS = """
a about above actually after again against ago all almost already also although always am an and another any anybody
anyone anything are aren't around as ask asked at away back basically be became because been before began begin being
below better between big bit both but by call called came can can't cannot certain certainly come comes coming could
couldn't course day definitely did didn't different do does doesn't doing don't done down during each either else end
enough even ever every everybody everyone everything exactly far feel few find first for found from front gave get gets
getting give given go goes going gone gonna good got gotta great guess guys had hadn't happen happened hard has hasn't
have haven't having he he'd he'll he's hello hence her here here's hers herself hey hi him himself his hmm how however i
i'd i'll i'm i've idea if in indeed instead into is isn't it it'd it'll it's its itself just keep kind kinda know known
knows last later least less let let's like little long look looking lot lots made make makes making many may maybe me
mean means might mine more most mostly much must my myself need needs never new next nice no nobody none nor not nothing
now of off often oh ok okay old on once one ones only onto or other others our ours ourselves out over own part people
perhaps place point pretty probably put quite rather really right said same saw say saying says second see seem seems
seen several shall she she'd she'll she's should shouldn't show since so some somebody somehow someone something
sometimes soon sort still stuff such suppose sure take taken takes tell than thank thanks that that'd that'll that's the
their theirs them themselves then there there's these they they'd they'll they're they've thing things think this those
though thought three through thus time times to today together told too took toward towards tried true try trying turn
two uh um under until up upon us use used uses using usually very wanna want wanted wants was wasn't way we we'd we'll
we're we've welcome well went were weren't what what's whatever when where where's whether which while who who's whole
whom whose why will with within without won't word work would wouldn't yeah year years yes yet you you'd you'll you're
you've your yours yourself yourselves
"""
STOP_WORDS = frozenset(_WORDS.split())
