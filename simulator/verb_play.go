package simulator

// verbPlay names the recording that the caller would hear; it is not fetched.
func verbPlay(l *leg, el *element) next {
	l.prompts([]*element{el}, false)
	return goOn
}
