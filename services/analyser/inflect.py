"""English word forms, generously: a form that does not exist does no harm in a lexicon."""

_VOWELS = "aeiou"

# Strong verbs that the lexicons use; the first word is the dictionary form.
_STRONG_VERBS = (
    "shoot shoots shot shooting shootin",
    "slay slays slew slain slayed slaying slayin slayeth",
    "hang hangs hung hanged hanging hangin",
    "drink drinks drank drunk drinking drinkin drinketh",
    "fight fights fought fighting fightin",
    "strike strikes struck stricken striking strikin",
    "hit hits hitting hittin",
    "cut cuts cutting cuttin",
    "slit slits slitting slittin",
    "break breaks broke broken breaking breakin",
    "bleed bleeds bled bleeding bleedin",
    "burn burns burned burnt burning burnin",
    "drown drowns drowned drownded drownd drowning drownin",
    "beat beats beaten beating beatin",
    "tear tears tore torn tearing tearin",
    "blow blows blew blown blowing blowin",
    "throw throws threw thrown throwing throwin",
    "lie lies lay lain lying lyin",
    "lay lays laid laying layin",
    "ride rides rode ridden riding ridin",
    "take takes took taken taking takin tuk",
    "die dies died dying dyin",
    "smite smites smote smitten smiting",
    "stick sticks stuck sticking stickin",
    "steal steals stole stolen stealing stealin",
    "lead leads led leading leadin",
    "sleep sleeps slept sleeping sleepin",
    "spread spreads spreading spreadin",
    "eat eats ate eaten eating eatin",
    "feel feels felt feeling feelin",
    "give gives gave given giving givin gimme",
    "get gets got gotten getting gettin",
    "make makes made making makin",
    "do does did done doing doin",
    "go goes went gone going goin",
    "come comes came coming comin",
    "say says said saying sayin",
    "swing swings swung swinging swingin",
    "rend rends rent rending",
    "thrust thrusts thrusting",
    "put puts putting puttin",
    "pull pulls pulled pulling pullin",
    "hurt hurts hurting hurtin",
    "hide hides hid hidden hiding hidin",
    "buy buys bought buying buyin",
    "sell sells sold selling sellin",
    "rip rips ripped ripping rippin",
    "run runs ran running runnin",
    "leave leaves left leaving leavin",
    "bite bites bit bitten biting bitin",
    "sink sinks sank sunk sinking sinkin",
    "swear swears swore sworn swearing",
    "grow grows grew grown growing growin",
    "choose chooses chose chosen choosing",
    "spill spills spilled spilt spilling spillin",
    "bury buries buried burying buryin",
    "fall falls fell fallen falling fallin",
    "lose loses lost losing losin",
    "know knows knew known knowing knowin",
    "pop pops popped popping poppin",
    "send sends sent sending sendin",
    "keep keeps kept keeping keepin",
    "breed breeds bred breeding",
    "have has had having havin",
    "be am is are was were been being",
    "bring brings brought bringing bringin",
    "tell tells told telling tellin",
    "want wants wanted wanting wantin wanna",
    "leap leaps leaped leapt leaping",
    "wring wrings wrung wringing",
    "see sees saw seen seeing seein",
    "think thinks thought thinking thinkin",
    "feed feeds fed feeding",
    "sweep sweeps swept sweeping",
    "swim swims swam swum swimming",
    "cast casts casting",
    "hold holds held holding holdin",
    "wake wakes woke waked woken waking wakin",
    "spit spits spat spitting spittin",
)  # fmt: skip
_STRONG = {line.split()[0]: frozenset(line.split()) for line in _STRONG_VERBS}


def verb_forms(verb: str) -> frozenset[str]:
    """Give a verb's forms, "killin" and the like among them."""
    return _STRONG.get(verb) or frozenset((verb, *_regular_endings(verb)))


def noun_forms(noun: str) -> frozenset[str]:
    """Give a noun and its plural."""
    if noun.endswith("man") and len(noun) > 4:
        return frozenset((noun, noun[:-3] + "men"))
    if noun in ("knife", "wife"):
        return frozenset((noun, noun[:-2] + "ves"))
    return frozenset((noun, _with_s(noun)))


def _with_s(word: str) -> str:
    if word.endswith(("s", "sh", "ch", "x", "z")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _regular_endings(verb: str) -> tuple[str, ...]:
    if verb.endswith("e"):
        stem = verb[:-1]
        return (verb + "s", verb + "d", stem + "ing", stem + "in")
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return (verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing", verb + "in")
    stem = verb + verb[-1] if _doubles(verb) else verb
    return (_with_s(verb), stem + "ed", stem + "ing", stem + "in")


def _doubles(verb: str) -> bool:
    """Say whether a verb of one syllable doubles its last letter: "stab", not "murder" nor "kick"."""
    one_syllable = sum(letter in _VOWELS for letter in verb) == 1
    return one_syllable and len(verb) >= 3 and verb[-1] not in _VOWELS + "wxy" and verb[-2] in _VOWELS
