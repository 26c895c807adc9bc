package simulator

// verbPause lets time pass. As the first verb it delays answering, so that a call may end unanswered.
func verbPause(l *leg, el *element) next {
	l.prompts([]*element{el}, false)
	return goOn
}
