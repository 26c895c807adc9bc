package flows

// lint looks at the whole project.
func (l *loader) lint() {}
