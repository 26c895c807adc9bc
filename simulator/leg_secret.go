package simulator

// secret reports whether the keys that the person on this leg presses now are card or bank digits. Nothing of such a
// key is kept: no event, no log and no sound has it.
func (l *leg) secret() bool { return l.masked }
