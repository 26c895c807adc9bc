package simulator

// verbSay lets the caller hear words. Keys pressed meanwhile are nobody's.
func verbSay(l *leg, el *element) next {
	if len(el.words()) > maxSay {
		l.note(13520, "<Say> has more than 4096 characters")
	}
	l.prompts([]*element{el}, false)
	return goOn
}

// maxSay is how much one <Say> may hold.
const maxSay = 4096
